import { afterEach, beforeEach, expect, test } from 'vitest';
import { ackOf, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const hello = { body: 'hello', contentType: 'text/plain' };

test('RFC 3428 §6: a MESSAGE goes to each phone of the number, and its sender hears what became of it', async () => {
  const sender = await world.registeredPhone('1001');
  const phones = [
    await world.registeredPhone('1002'),
    await world.registeredPhone('1002', { protocol: 'tcp' }),
  ];

  const { status } = await sender.userAgent.request('MESSAGE', 'sip:1002@127.0.0.1', hello);

  expect(status).toBe(200);
  for (const { notes } of phones) {
    const { method, body, headers } = await notes.next();
    expect([method, body, headers.get('Content-Type')]).toEqual(['MESSAGE', 'hello', 'text/plain']);
    expect(headers.get('Proxy-Authorization')).toBeUndefined();
  }
  expect(world.exchange.counts()).toMatchObject({ dialogs: 0, calls: 0 });
});

test.each([
  ['a number that is offline', '1003', 480],
  ['a number that nobody has', '4711', 404],
  ['the echo', '600', 405],
])('a MESSAGE to %s', async (_, number, status) => {
  const sender = await world.registeredPhone('1001');

  const response = await sender.userAgent.request('MESSAGE', `sip:${number}@127.0.0.1`, hello);

  expect(response.status).toBe(status);
});

test('RFC 3261 §22.3: a MESSAGE is for accounts only, and under their own number', async () => {
  const receiver = await world.registeredPhone('1002');
  const stranger = await world.phone('1999', { password: 'guessed' });

  const { status } = await stranger.userAgent.request('MESSAGE', 'sip:1002@127.0.0.1', hello);

  expect(status).toBe(403);
  expect(receiver.notes.isEmpty).toBe(true);
});

test('INFO and MESSAGE go through in a call, both ways and in their order', async () => {
  const caller = await world.registeredPhone('1001');
  const callee = await world.registeredPhone('1002', { protocol: 'tcp' });
  const call = caller.call('sip:1002@127.0.0.1', 'offer');
  const incoming = await callee.incoming.next();
  incoming.accept('answer');
  await call.answered.next();
  await ackOf(incoming);

  for (const body of ['Signal=1', 'Signal=2'])
    expect(
      (await call.session.requestInDialog('INFO', { body, contentType: 'application/dtmf-relay' })).status,
    ).toBe(200);
  await incoming.requestInDialog('MESSAGE', hello);

  expect([(await callee.notes.next()).body, (await callee.notes.next()).body]).toEqual([
    'Signal=1',
    'Signal=2',
  ]);
  call.session.end();
});
