// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { callsOut, manyCalls, offer, rings, useHandsets } from './fakes/many-calls.ts';
import { FakePeerConnection } from './fakes/fake-peer-connection.ts';
import { settle } from './fakes/fake-server.ts';

/* The modern surface: several calls, each on a handle of its own. */

useHandsets();

test('it registers, and keeps a second handle of the account to spare', async () => {
  const { handset, server, events } = await manyCalls();

  expect([handset.connection, handset.registration, handset.username]).toEqual(['up', 'registered', '1001']);
  expect(server.verbs.filter((verb) => verb === 'attach')).toHaveLength(2);
  // What the second handle hears of its registration is nobody's business.
  expect(events.registration).toEqual([{ state: 'registering', byItself: true }, { state: 'registered' }]);
});

test('further handles help the first one: no secret is shown again', async () => {
  const { server } = await manyCalls();

  expect(server.letInAs).toEqual([
    { request: 'register', username: '1001', display_name: '1001', secret: 'page-secret' },
    { request: 'register', username: '1001', display_name: '1001', type: 'helper', master_id: 42 },
  ]);
});

test('a helper that the server lets go takes its call along, and another takes its place', async () => {
  const bench = await manyCalls();
  const { handset, server } = bench;
  await rings(bench, 'c1', '6001', 8);
  const [call] = handset.calls;

  server.raw(JSON.stringify({ janus: 'detached', session_id: 1, sender: 8 }));
  await settle();

  expect([call!.state, handset.calls, handset.connection]).toEqual(['ended', [], 'up']);
  expect(server.verbs.filter((verb) => verb === 'create')).toHaveLength(1);
  await rings(bench, 'c2', '6002', 9);
  expect(handset.calls).toHaveLength(1);
});

test('a call that rings on both handles is one call; answered on one, the other is free again', async () => {
  const bench = await manyCalls();
  const { handset, server, log } = bench;

  await rings(bench, 'c1', '6001', 7, 8);
  expect(handset.calls.map(({ callId, state, direction }) => [callId, state, direction])).toEqual([
    ['c1', 'ringing-in', 'in'],
  ]);
  const answered = handset.calls[0]!.answer();
  const accept = await server.hears('accept');
  await server.says('accept_reply', {}, { callId: 'c1', to: accept });
  await answered;
  await server.says('hangup', { code: 200, reason: 'Answered elsewhere' }, { callId: 'c1', on: 8 });

  expect(log).toEqual(['6001 ringing-in', 'incoming 6001', '6001 connecting', '6001 active']);
  await rings(bench, 'c2', '6002', 8);
  expect(handset.calls.map(({ remote, state }) => [remote.number, state])).toEqual([
    ['6001', 'active'],
    ['6002', 'ringing-in'],
  ]);
});

test('a second call waits; answering it holds the first, and a third handle is kept to spare', async () => {
  const bench = await manyCalls();
  const { handset, server, log } = bench;
  const [first] = await callsOut(bench, '6001', 'c1');

  await rings(bench, 'c2', '6002', 8);
  const [, second] = handset.calls;
  const answered = second!.answer();
  const hold = await server.hears('hold');
  expect([hold.handle, hold.body]).toEqual([7, { request: 'hold', direction: 'sendonly', call_id: 'c1' }]);
  await server.says('holding', {}, { callId: 'c1', to: hold });
  const accept = await server.hears('accept');
  expect(accept.handle).toBe(8);
  await server.says('accept_reply', {}, { callId: 'c2', to: accept });
  await answered;

  expect([first.state, second!.state]).toEqual(['held-locally', 'active']);
  expect(log.slice(-4)).toEqual(['incoming 6002', '6001 held-locally', '6002 connecting', '6002 active']);
  await server.hearsNothing();
  expect(server.verbs.filter((verb) => verb === 'attach')).toHaveLength(3);
});

test('a peer that does not let itself be held hears nothing of the other call all the same', async () => {
  const bench = await manyCalls();
  const { server, devices, events } = bench;
  const [first] = await callsOut(bench, '6001', 'c1');

  const placed = bench.handset.call('6002');
  const hold = await server.hears('hold');
  await server.refuses(hold, 449);
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c2', to: asked });
  await placed;

  expect([first.state, first.isMuted, devices.tracks[0]!.enabled]).toEqual(['active', true, false]);
  expect(events.error).toMatchObject([{ code: 449 }]);
});

test('nobody who rings waits long for a peer that is silent about its hold', async () => {
  const bench = await manyCalls();
  const { handset, server, devices } = bench;
  const [first] = await callsOut(bench, '6001', 'c1');
  await rings(bench, 'c2', '6002', 8);

  void handset.calls[1]!.answer();
  const hold = await server.hears('hold');
  expect(devices.tracks[0]!.enabled).toBe(false);
  await server.hearsNothing();
  await vi.advanceTimersByTimeAsync(2_000);
  await server.says('accept_reply', {}, { callId: 'c2', to: await server.hears('accept') });
  expect(handset.calls.map(({ state }) => state)).toEqual(['active', 'active']);
  await server.says('holding', {}, { callId: 'c1', to: hold });

  expect([first.state, first.isMuted]).toEqual(['held-locally', false]);
});

test('swap holds the one that runs and resumes the other', async () => {
  const bench = await manyCalls();
  const { handset, server } = bench;
  const [first] = await callsOut(bench, '6001', 'c1');
  const placed = handset.call('6002');
  await server.says('holding', {}, { callId: 'c1', to: await server.hears('hold') });
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c2', to: asked });
  const second = await placed;
  await server.says('new_accepted', {}, { callId: 'c2', jsep: offer, to: asked });
  await server.says('accept_reply', {}, { callId: 'c2', to: await server.hears('new_accept') });

  const swapped = handset.swap(first, second);
  const hold = await server.hears('hold');
  await server.says('holding', {}, { callId: 'c2', to: hold });
  const unhold = await server.hears('unhold');
  await server.says('resuming', {}, { callId: 'c1', to: unhold });
  await swapped;

  expect([hold.handle, unhold.handle]).toEqual([8, 7]);
  expect([first.state, second.state]).toEqual(['active', 'held-locally']);
});

test('an attended transfer names the other call; its progress and its end are told', async () => {
  const bench = await manyCalls({ autoHold: false });
  const { server } = bench;
  const [first] = await callsOut(bench, '6001', 'c1');
  const [second] = await callsOut(bench, '6002', 'c2');
  const told: unknown[] = [];
  first.on('transferProgress', (progress) => told.push(progress));
  first.on('ended', ({ by, code }) => told.push([by, code]));

  const transferred = first.transfer(second);
  const asked = await server.hears('transfer');
  expect(asked.body).toEqual({ request: 'transfer', replace: 'c2', call_id: 'c1' });
  await server.says('transferring', {}, { callId: 'c1', to: asked });
  await transferred;
  const notify = { notify: 'refer', substate: 'active', 'content-type': 'message/sipfrag' };
  await server.says('notify', { ...notify, content: 'SIP/2.0 180 Ringing' }, { callId: 'c1', on: 7 });
  await server.says('hangup', { code: 200, reason: 'Transferred' }, { callId: 'c1', on: 7 });

  expect(told).toEqual([{ code: 180, reason: 'Ringing' }, ['peer', 200]]);
});

test('the peer holds us and resumes: its offers say so', async () => {
  const bench = await manyCalls();
  const { server } = bench;
  const [call] = await callsOut(bench, '6001', 'c1');
  const offers = async (direction: string): Promise<void> => {
    const jsep = { type: 'offer', sdp: offer.sdp.replace('sendrecv', direction) };
    await server.says('updatingcall', {}, { callId: 'c1', jsep, on: 7 });
    const update = await server.hears('update');
    await server.says('updated', {}, { callId: 'c1', to: update });
    await settle();
  };

  await offers('sendonly');
  expect(call.state).toBe('held-remotely');
  await offers('sendrecv');
  expect(call.state).toBe('active');
});

test('without call waiting a second caller is busy, and the handset may still call itself', async () => {
  const bench = await manyCalls({ callWaiting: false });
  const { handset, server } = bench;
  await callsOut(bench, '6001', 'c1');

  const refused = expect(handset.call('6002')).rejects.toMatchObject({ code: 486 });
  await server.says('holding', {}, { callId: 'c1', to: await server.hears('hold') });
  const asked = await server.hears('new_call');
  expect(asked.handle).toBe(8);
  await server.says('hangup', { code: 486, reason: 'Busy Here' }, { callId: 'c2', to: asked });
  await refused;

  expect(server.verbs.filter((verb) => verb === 'detach')).toHaveLength(1);
  await rings(bench, 'c3', '6003', 7);
  expect((await server.hears('decline')).body).toEqual({ request: 'decline', code: 486, call_id: 'c3' });
  expect(handset.calls).toHaveLength(1);
});

test('two calls that are placed at once go out on two handles', async () => {
  const bench = await manyCalls({ autoHold: false });
  const { handset, server } = bench;

  const placed = [handset.call('6001'), handset.call('6002')];
  const asked = [await server.hears('new_call'), await server.hears('new_call')];

  expect(asked.map(({ handle, body }) => [handle, body['uri']])).toEqual([
    [7, '6001'],
    [8, '6002'],
  ]);
  for (const [at, to] of asked.entries()) await server.says('calling', {}, { callId: `c${at}`, to });
  expect((await Promise.all(placed)).map(({ state }) => state)).toEqual(['calling', 'calling']);
});

test('whoever hears that a call is over can read why', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');
  const read: unknown[] = [];
  bench.handset.on('calls', ({ changed }) => read.push(changed.end));
  call.on('state', () => read.push(call.end));

  await bench.server.says('hangup', { code: 200, reason: 'Bye' }, { callId: 'c1', on: 7 });

  const end = { by: 'peer', code: 200, reason: 'Bye' };
  expect(read).toEqual([end, end]);
});

test('more calls than there may be are a wrong state', async () => {
  const bench = await manyCalls({ maxCalls: 1 });
  await callsOut(bench, '6001', 'c1');

  await expect(bench.handset.call('6002')).rejects.toMatchObject({ code: 'wrong-state' });
});

test('a fresh session of the server: calls are over, and both handles register again', async () => {
  const bench = await manyCalls();
  const { handset, server } = bench;
  const [call] = await callsOut(bench, '6001', 'c1');

  server.hasForgotten = true;
  server.socket.drops();
  await vi.advanceTimersByTimeAsync(1_000);

  expect(call.end).toMatchObject({ by: 'peer', code: 503 });
  expect([handset.connection, handset.registration, handset.calls]).toEqual(['up', 'registered', []]);
  await rings(bench, 'c2', '6002', 7, 8);
  expect(handset.calls).toHaveLength(1);
});

test('declining says which status, hanging up ends whatever state', async () => {
  const bench = await manyCalls();
  const { handset, server } = bench;

  await rings(bench, 'c1', '6001', 7);
  const [call] = handset.calls;
  const declined = call!.decline(603);
  const asked = await server.hears('decline');
  expect(asked.body).toEqual({ request: 'decline', code: 603, call_id: 'c1' });
  await server.says('declining', {}, { callId: 'c1', to: asked });
  await declined;

  expect([call!.state, call!.end?.by, handset.calls]).toEqual(['ended', 'us', []]);
});

test('destroyed with two calls and one that rings, it leaves nothing behind', async () => {
  const bench = await manyCalls();
  const { handset, server, devices, windowListeners } = bench;
  await callsOut(bench, '6001', 'c1');
  await rings(bench, 'c2', '6002', 8);
  await rings(bench, 'c3', '6003', 9);

  const destroyed = handset.destroy();
  for (const callId of ['c1', 'c2', 'c3'])
    await server.says('hangingup', {}, { callId, to: await server.hears('hangup') });
  await server.says('unregistered', {}, { to: await server.hears('unregister') });
  await destroyed;

  expect([handset.connection, handset.calls, devices.live]).toEqual(['closed', [], []]);
  expect([vi.getTimerCount(), windowListeners(), devices.listeners]).toEqual([0, 0, 0]);
  await expect(handset.call('6001')).rejects.toMatchObject({ code: 'closed' });
});

test('a hundred times two calls at once: handles, tracks and connections are given back', async () => {
  const bench = await manyCalls({ autoHold: false });
  const { handset, server, devices } = bench;

  for (let round = 0; round < 100; round += 1) {
    const calls = [await callsOut(bench, '6001', `a${round}`), await callsOut(bench, '6002', `b${round}`)];
    for (const [{ callId }, { handle }] of calls)
      await server.says('hangup', { code: 200, reason: 'Bye' }, { callId: callId!, on: handle });
  }
  const count = (verb: string): number => server.verbs.filter((one) => one === verb).length;

  expect(handset.calls).toEqual([]);
  expect(devices.live).toEqual([]);
  expect(count('attach') - count('detach')).toBe(2);
  expect(FakePeerConnection.all.filter(({ signalingState }) => signalingState !== 'closed')).toEqual([]);
});
