// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { createSoftHandler } from '../src/soft-handler.ts';
import { fakeBrowser } from './fakes/browser.ts';
import { FakePeerConnection } from './fakes/fake-peer-connection.ts';
import { settle } from './fakes/fake-server.ts';
import {
  handsetOf,
  incoming,
  inReturnCall,
  openHandset,
  options,
  type Bench,
  useFakes,
} from './fakes/handset.ts';
import { freshJanus } from './fakes/janus-js.ts';

/* The signalling: lost, claimed, renewed, ended. */

useFakes();

function states({ heardAll }: Bench): string[] {
  return heardAll.flatMap(([event, payload]) => (event === 'connection' ? [payload.state] : []));
}

test('it attaches janus.plugin.sipserver over the janus-protocol, and asks no stranger for its address', async () => {
  const { server } = await handsetOf();

  expect(server.verbs.slice(0, 2)).toEqual(['create', 'attach']);
  expect(server.sent[1]).toMatchObject({ plugin: 'janus.plugin.sipserver' });
  expect(server.socket.url).toBe('wss://gateway/janus');
});

test('the second server is taken when the first does not answer', async () => {
  const { server } = fakeBrowser();
  const arrived = server.arrived.bind(server);
  server.arrived = (socket) => {
    server.isUp = socket.url !== 'wss://first/janus';
    arrived(socket);
  };

  const handset = await openHandset(
    options({ janusUrl: ['wss://first/janus', 'wss://second/janus'], autoRegister: false }),
  );

  expect(handset.connection).toBe('up');
  expect(server.sockets.map(({ url }) => url)).toEqual(['wss://first/janus', 'wss://second/janus']);
});

test.each([
  ['no server is there', 'not-connected', (server: { isUp: boolean }) => (server.isUp = false)],
  ['the server is silent', 'timeout', (server: { isSilent: boolean }) => (server.isSilent = true)],
  [
    'the token is wrong',
    1004,
    (server: { refusal: unknown }) => (server.refusal = { code: 405, reason: 'Unauthorized' }),
  ],
])('%s: creating rejects with %s and leaves nothing behind', async (_, code, prepare) => {
  const { server, windowListeners, devices } = fakeBrowser();
  prepare(server);

  const created = createSoftHandler(options(), freshJanus().api).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);

  expect(await created).toMatchObject({ code });
  expect([vi.getTimerCount(), windowListeners(), devices.listeners]).toEqual([0, 0, 0]);
  expect(server.sockets.every(({ readyState }) => readyState === 3)).toBe(true);
});

test('a lost socket is claimed back within half a second or so, and the call goes on', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard } = bench;

  server.socket.drops();
  expect(handset.connection).toBe('lost');
  await vi.advanceTimersByTimeAsync(750);

  expect(server.verbs.filter((verb) => verb === 'create' || verb === 'claim')).toEqual(['create', 'claim']);
  expect([states(bench).slice(-2), handset.talking, handset.registered]).toEqual([
    ['lost', 'up'],
    true,
    true,
  ]);
  expect(heard()).toEqual([]);
  await server.says('hangup', { code: 200, reason: 'Bye' }, { callId: 'c1' });
  expect(heard().map(([event]) => event)).toEqual(['hangup']);
});

test('the back-off grows to ten seconds and the session is claimed while the server may still have it', async () => {
  const { server, handset } = await handsetOf();
  server.isUp = false;
  server.socket.drops();
  const before = server.sockets.length;

  await vi.advanceTimersByTimeAsync(60_000);
  const tries = server.sockets.length - before;
  server.isUp = true;
  await vi.advanceTimersByTimeAsync(10_000);

  expect(tries).toBeGreaterThanOrEqual(7);
  expect(tries).toBeLessThanOrEqual(11);
  expect([handset.connection, server.verbs.includes('claim')]).toEqual(['up', true]);
  expect(server.verbs.filter((verb) => verb === 'create')).toHaveLength(1);
});

test('the server has forgotten the session: a fresh one, registered again, and the call is over', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard, devices } = bench;

  server.hasForgotten = true;
  server.socket.drops();
  await vi.advanceTimersByTimeAsync(1_000);
  const asked = await server.hears('register');
  await server.says('registered', { username: 'sip:1001@pbx', register_sent: true }, { to: asked });

  expect(heard().map(([event]) => event)).toEqual(['hangup', 'register/autoRegister', 'registerResult']);
  expect([handset.connection, handset.registered, handset.callId]).toEqual(['up', true, undefined]);
  expect([devices.live, FakePeerConnection.all.every((pc) => pc.signalingState === 'closed')]).toEqual([
    [],
    true,
  ]);
});

test('away for longer than the server waits: a fresh session at once', async () => {
  const { server, handset } = await handsetOf();
  server.isUp = false;
  server.socket.drops();
  await vi.advanceTimersByTimeAsync(200_000);

  server.isUp = true;
  await vi.advanceTimersByTimeAsync(15_000);

  expect(server.verbs.filter((verb) => verb === 'create')).toHaveLength(2);
  expect(handset.connection).toBe('up');
});

test('a request that is refused because the session is gone brings a fresh session', async () => {
  const { server, handset } = await handsetOf();
  server.hasForgotten = true;

  await expect(handset.unregister()).rejects.toMatchObject({ code: 'not-connected' });
  await vi.advanceTimersByTimeAsync(2_000);

  expect(handset.connection).toBe('up');
  expect(server.verbs.filter((verb) => verb === 'create')).toHaveLength(2);
});

test('a socket that is dead without a word is found out and replaced', async () => {
  const bench = await handsetOf();
  const { server, handset } = bench;
  server.isSilent = true;

  await vi.advanceTimersByTimeAsync(45_000);
  expect(handset.connection).toBe('lost');
  server.isSilent = false;
  await vi.advanceTimersByTimeAsync(20_000);

  expect(states(bench).slice(-2)).toEqual(['lost', 'up']);
});

test('a quiet line with a server that answers stays up for an hour', async () => {
  const bench = await handsetOf();

  await vi.advanceTimersByTimeAsync(3_600_000);

  expect(states(bench)).toEqual([]);
  expect(bench.server.sockets).toHaveLength(1);
});

test('the late end of an old socket is not the end of the new one', async () => {
  const { server, handset } = await handsetOf();
  const old = server.socket;
  old.drops();
  await vi.advanceTimersByTimeAsync(1_000);

  old.drops();
  old.fails();

  expect(handset.connection).toBe('up');
});

test('back online it is tried at once', async () => {
  const { server, handset } = await handsetOf();
  server.isUp = false;
  server.socket.drops();
  await vi.advanceTimersByTimeAsync(30_000);

  server.isUp = true;
  window.dispatchEvent(new Event('online'));
  await settle();

  expect(handset.connection).toBe('up');
});

test('hung up while the socket is lost: over here at once, and the server is told when it is back', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard, devices } = bench;
  server.socket.drops();

  await handset.hangup();
  expect([heard(), devices.live]).toEqual([[['hangupResult', { callId: 'c1' }]], []]);
  await vi.advanceTimersByTimeAsync(1_000);

  expect((await server.hears('hangup')).body).toEqual({ request: 'hangup', call_id: 'c1' });
});

test('while the socket is lost a call cannot be placed, and a ringing one rings on', async () => {
  const { handset, server, offer, sound } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  server.socket.drops();

  await expect(handset.answer()).rejects.toMatchObject({ code: 'signalling-lost' });
  await expect(handset.newcall('6001')).rejects.toMatchObject({ code: 'not-connected' });
  expect([sound.tones.size, handset.callId]).toEqual([1, 'c1']);
});

test('destroy in a call ends call, registration and session, and leaves nothing behind', async () => {
  const bench = await handsetOf({
    localVideo: document.createElement('div'),
    remoteVideo: document.createElement('div'),
  });
  await inReturnCall(bench, true);
  const { handset, server, devices, windowListeners, sound } = bench;

  const destroyed = handset.destroy();
  const hangup = await server.hears('hangup');
  const unregister = await server.hears('unregister');
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });
  await server.says('unregistered', {}, { to: unregister });
  await destroyed;
  await handset.destroy();

  expect(server.verbs.at(-1)).toBe('destroy');
  expect(handset.connection).toBe('closed');
  expect(devices.live).toEqual([]);
  expect([vi.getTimerCount(), windowListeners(), devices.listeners]).toEqual([0, 0, 0]);
  expect(FakePeerConnection.all.map(({ signalingState }) => signalingState)).toEqual(['closed']);
  expect(document.querySelectorAll('audio, video')).toHaveLength(0);
  expect([server.socket.readyState, sound.contexts.every(({ state }) => state === 'closed')]).toEqual([
    3,
    true,
  ]);
  await expect(handset.newcall('6001')).rejects.toMatchObject({ code: 'closed' });
});

test('destroy does not wait long for a server that is silent', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  bench.server.isSilent = true;

  let isDestroyed = false;
  void bench.handset.destroy().then(() => (isDestroyed = true));
  await vi.advanceTimersByTimeAsync(4_000);

  expect([isDestroyed, vi.getTimerCount(), bench.windowListeners()]).toEqual([true, 0, 0]);
});

test('destroy while the socket is lost leaves nothing behind either', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  bench.server.isUp = false;
  bench.server.socket.drops();
  await vi.advanceTimersByTimeAsync(5_000);

  await bench.handset.destroy();
  await vi.advanceTimersByTimeAsync(1_000);

  expect([vi.getTimerCount(), bench.windowListeners(), bench.devices.live]).toEqual([0, 0, []]);
});

test('a page that closes ends its session; one that is kept for the back button does not', async () => {
  const { server } = await handsetOf();
  const hide = (persisted: boolean) =>
    window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));

  hide(true);
  expect(server.verbs.at(-1)).not.toBe('destroy');
  hide(false);

  expect(server.verbs.at(-1)).toBe('destroy');
});
