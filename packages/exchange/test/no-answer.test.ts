import { systemClock, type Clock } from '@soft-handset/sip';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endOf, World } from './world.ts';

/** Real time, but for what is to happen in seven seconds: that happens when the test says so. */
let ringOut: (() => void)[] = [];
const clock: Clock = {
  now: () => systemClock.now(),
  setTimeout: (run, delayMs) => {
    if (delayMs !== 7_000) return systemClock.setTimeout(run, delayMs);
    ringOut.push(run);
    return () => (ringOut = ringOut.filter((other) => other !== run));
  },
};

let world: World;
beforeEach(async () => {
  ringOut = [];
  world = await World.open(clock, { noAnswerSeconds: 7 });
});
afterEach(() => world.close());

test('phones that ring too long stop, and the caller hears 480', async () => {
  const caller = await world.registeredPhone('1001');
  const desk = await world.registeredPhone('1002');
  const mobile = await world.registeredPhone('1002', { protocol: 'tcp' });
  const call = caller.call('sip:1002@127.0.0.1', 'offer');
  const ringing = [await desk.incoming.next(), await mobile.incoming.next()];
  for (const one of ringing) one.ring();
  await call.ringing.next();

  for (const run of ringOut) run();

  expect(await call.ended.next()).toMatchObject({ by: 'peer', status: 480, reason: 'No Answer' });
  for (const one of ringing) expect(await endOf(one)).toMatchObject({ status: 487 });
});

test('one that was busy is what the caller hears, though another rang too long', async () => {
  const caller = await world.registeredPhone('1001');
  const desk = await world.registeredPhone('1002');
  const mobile = await world.registeredPhone('1002', { protocol: 'tcp' });
  const call = caller.call('sip:1002@127.0.0.1', 'offer');
  (await desk.incoming.next()).reject(486);
  (await mobile.incoming.next()).ring();
  await call.ringing.next();

  for (const run of ringOut) run();

  expect(await call.ended.next()).toMatchObject({ status: 486 });
});

test('an answer in time ends the waiting', async () => {
  const caller = await world.registeredPhone('1001');
  const desk = await world.registeredPhone('1002');
  const call = caller.call('sip:1002@127.0.0.1', 'offer');
  (await desk.incoming.next()).accept('answer');
  await call.answered.next();

  expect(ringOut).toEqual([]);
});
