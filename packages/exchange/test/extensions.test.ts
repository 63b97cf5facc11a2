import { ExtensionList } from '@soft-handset/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Activity } from '../src/activity.ts';
import { ackOf, World, type Phone } from './world.ts';

let world: World;
beforeEach(async () => {
  const names = new Map([['1001', 'Alice']]);
  world = await World.open(undefined, { names });
});
afterEach(() => world.close());

const sdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

async function listAt(phone: Phone): Promise<unknown> {
  const { status, body, headers } = await phone.userAgent.request('OPTIONS', 'sip:extensions@127.0.0.1');
  if (status !== 200) return status;
  expect(headers.get('Content-Type')).toBe('application/json');
  // The gateway reads it by this very schema.
  return v.parse(ExtensionList, JSON.parse(body)).extensions;
}

const states = async (phone: Phone) =>
  ((await listAt(phone)) as { number: string; state: string }[]).map(
    ({ number, state }) => `${number} ${state}`,
  );

describe('the list of extensions', () => {
  test('has all numbers in their order, whose they are, and who is registered', async () => {
    const phone = await world.registeredPhone('1001');

    expect(await listAt(phone)).toEqual([
      { number: '1001', display_name: 'Alice', state: 'online' },
      { number: '1002', state: 'offline' },
      { number: '1003', state: 'offline' },
    ]);
  });

  test('is for the accounts only', async () => {
    expect(await listAt(await world.phone('1001', { password: 'wrong' }))).toBe(403);
    expect(await listAt(await world.phone('1999'))).toBe(407);
  });

  test('says who rings, who is in a call, and who is free again', async () => {
    const caller = await world.registeredPhone('1001');
    const callee = await world.registeredPhone('1002');
    const call = caller.call('sip:1002@127.0.0.1', 'offer');
    const incoming = await callee.incoming.next();
    expect(await states(caller)).toEqual(['1001 busy', '1002 ringing', '1003 offline']);

    incoming.accept('answer');
    await call.answered.next();
    await ackOf(incoming);
    expect(await states(caller)).toEqual(['1001 busy', '1002 busy', '1003 offline']);

    call.session.end();
    await expect
      .poll(() => states(caller), { timeout: 20_000 })
      .toEqual(['1001 online', '1002 online', '1003 offline']);
  });

  for (const [what, end] of [
    ['was refused', (call: { reject(status: number): void }) => call.reject(486)],
    ['was declined', (call: { reject(status: number): void }) => call.reject(603)],
  ] as const) {
    test(`forgets a call that ${what}`, async () => {
      const caller = await world.registeredPhone('1001');
      const callee = await world.registeredPhone('1002');
      const call = caller.call('sip:1002@127.0.0.1', 'offer');

      end(await callee.incoming.next());
      await call.ended.next();

      expect(world.exchange.counts().calls).toBe(0);
    });
  }

  test('forgets a call that was cancelled', async () => {
    const caller = await world.registeredPhone('1001');
    const callee = await world.registeredPhone('1002');
    const call = caller.call('sip:1002@127.0.0.1', 'offer');
    (await callee.incoming.next()).ring();
    await call.ringing.next();

    call.session.end();

    await expect.poll(() => world.exchange.counts().calls, { timeout: 20_000 }).toBe(0);
  });

  test('says that who talks to the echo is busy', async () => {
    const caller = await world.registeredPhone('1001');
    const call = caller.call('sip:600@127.0.0.1', sdp);
    await call.answered.next();
    expect(await states(caller)).toContain('1001 busy');

    call.session.end();

    await expect.poll(() => states(caller), { timeout: 20_000 }).toContain('1001 online');
  });
});

test('a call whose end nobody told is forgotten after half a day', () => {
  let now = 0;
  const activity = new Activity({ now: () => now });
  activity.begins('lost', '1001', '1002');
  now = 13 * 3600 * 1000;

  activity.begins('new', '1003', '1004');

  expect([activity.of('1001'), activity.of('1003'), activity.size]).toEqual(['idle', 'busy', 1]);
});
