// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { HandsetError } from '../src/handset-error.ts';
import { FakePeerConnection } from './fakes/fake-peer-connection.ts';
import { settle } from './fakes/fake-server.ts';
import { handsetOf, incoming, inReturnCall, useFakes } from './fakes/handset.ts';

/* What goes wrong: each promise settles with the right code, and the next call works. */

useFakes();

/** A promise that is expected to reject; attached at once, so that nothing is unhandled. */
function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof HandsetError ? error.code : error),
  );
}

test.each([
  ['NotAllowedError', 'microphone-refused'],
  ['NotFoundError', 'no-microphone'],
  ['NotReadableError', 'device-busy'],
])('%s before a call: %s, and the server hears nothing of it', async (name, code) => {
  const { handset, server, devices, heard } = await handsetOf();
  devices.fault = () => name;

  expect(await codeOf(handset.newcall('6001'))).toBe(code);

  await server.hearsNothing();
  expect([heard(), handset.talking, handset.callId]).toEqual([[], false, undefined]);
});

test('a page that is not secure is told so at once, and at each call', async () => {
  const { handset, heardAll } = await handsetOf({}, () => {
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
  });

  expect(heardAll.find(([event]) => event === 'error')?.[1]).toEqual({
    code: 'not-secure',
    message: 'Please open the secure address.',
  });
  expect(await codeOf(handset.newcall('6001'))).toBe('not-secure');
  expect(await codeOf(handset.listDevices())).toBe('not-secure');
});

test.each([
  ['NotAllowedError', 'camera-refused'],
  ['NotFoundError', 'no-camera'],
  ['NotReadableError', 'device-busy'],
])('%s of the camera alone: %s is told and the call goes on with sound', async (name, code) => {
  const { handset, server, devices, heard } = await handsetOf();
  devices.fault = (asked) => (asked.video === false ? undefined : name);

  const placed = handset.newcall('6001', { video: true });
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;

  expect(asked.body).toMatchObject({ video: true });
  expect(heard().map(([event, payload]) => [event, 'code' in payload ? payload.code : ''])).toEqual([
    ['error', code],
    ['callingResult', ''],
  ]);
  expect(devices.live.map(({ kind }) => kind)).toEqual(['audio']);
});

test('without a microphone it rings on, and can be answered again', async () => {
  const { handset, server, devices, sound, offer } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  devices.fault = () => 'NotAllowedError';

  expect(await codeOf(handset.answer())).toBe('microphone-refused');
  expect([sound.tones.size, handset.talking]).toEqual([1, false]);
  devices.fault = undefined;
  const answered = handset.answer();
  await server.hears('accept');
  await server.says('accept_reply', {}, { callId: 'c1' });
  await answered;

  expect(handset.talking).toBe(true);
});

test('hung up while the browser still asks for the microphone: nothing is sent, nothing stays open', async () => {
  const { handset, server, devices, heard } = await handsetOf();
  let allow: () => void = () => undefined;
  devices.hold = new Promise((resolve) => (allow = resolve));
  const placed = codeOf(handset.newcall('6001'));
  await settle();

  await handset.hangup();
  allow();

  expect(await placed).toBe(487);
  expect([devices.live, handset.callId]).toEqual([[], undefined]);
  expect(heard()).toEqual([['hangupResult', { callId: '' }]]);
  await server.hearsNothing();
});

test('a browser whose question is never answered is not waited for longer than a minute', async () => {
  const { handset, devices } = await handsetOf();
  devices.hold = new Promise(() => undefined);
  const placed = codeOf(handset.newcall('6001'));

  await vi.advanceTimersByTimeAsync(60_000);

  expect(await placed).toBe('timeout');
  expect(handset.talking).toBe(false);
});

test('a refused request rejects with the code of the server, and the handset is free again', async () => {
  const { handset, server, devices, heard } = await handsetOf();
  const placed = codeOf(handset.newcall('not a number'));
  const asked = await server.hears('new_call');

  await server.refuses(asked, 446, 'Invalid address');

  expect(await placed).toBe(446);
  expect([devices.live, handset.callId, heard()]).toEqual([[], undefined, []]);
});

test('a server that does not answer is not waited for longer than ten seconds', async () => {
  const { handset, server, devices } = await handsetOf();
  const placed = codeOf(handset.newcall('6001'));
  await server.hears('new_call');

  await vi.advanceTimersByTimeAsync(10_000);

  expect(await placed).toBe('timeout');
  expect([devices.live, handset.talking]).toEqual([[], false]);
});

test.each([
  [404, 'There is no such number.'],
  [486, 'They are busy.'],
  [480, 'Nobody answered.'],
  [503, 'The line does not get through now.'],
  [420, 'Bad Extension'],
])('the peer refuses with %i: "%s"', async (code, reason) => {
  const { handset, server, heard, devices } = await handsetOf();
  const placed = handset.newcall('6001');
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;
  heard();

  await server.says('hangup', { code, reason: 'Bad Extension' }, { callId: 'c1' });

  expect(heard()).toEqual([['hangup', { callId: 'c1', code, reason }]]);
  expect([devices.live, handset.callId]).toEqual([[], undefined]);
});

test('hung up while the answer is on its way: answering ends with 487, not with its time limit', async () => {
  const { handset, server, offer } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  const answering = codeOf(handset.answer());
  await server.hears('accept');

  const ended = handset.hangup();
  await server.says('hangingup', {}, { callId: 'c1', to: await server.hears('hangup') });

  await ended;
  expect(await answering).toBe(487);
});

test('an old hangup does not end the call that is being placed', async () => {
  const { handset, server } = await handsetOf();
  const placed = handset.newcall('6001');
  const asked = await server.hears('new_call');

  await server.says('hangup', { code: 487, reason: 'old' }, { callId: 'old' });
  await server.says('calling', {}, { callId: 'c1', to: asked });

  expect(await placed).toEqual({ callId: 'c1' });
});

test('the caller gives up while the answer is on its way', async () => {
  const { handset, server, heard, offer, devices } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  const answered = codeOf(handset.answer());
  await server.hears('accept');
  heard();

  await server.says('hangup', { code: 487, reason: 'Request Terminated' }, { callId: 'c1' });

  expect(await answered).toBe(487);
  expect(heard()).toEqual([['hangup', { callId: 'c1', code: 487, reason: 'Cancelled.' }]]);
  expect(devices.live).toEqual([]);
  await server.hearsNothing();
});

test('a call that another tab has answered ends here with its reason', async () => {
  const { server, heard, offer, sound } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  heard();

  await server.says('hangup', { code: 487, reason: 'Answered elsewhere' }, { callId: 'c1' });

  expect(heard().map(([event]) => event)).toEqual(['hangup']);
  expect(sound.tones.size).toBe(0);
});

test('a call that another phone of the PBX has answered was not missed', async () => {
  const { server, heard, offer } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  heard();

  const ends = {
    code: 487,
    reason: 'Request Terminated',
    reason_header: 'SIP ;cause=200 ;text="Call completed elsewhere"',
  };
  await server.says('hangup', ends, { callId: 'c1' });

  expect(heard()).toEqual([['hangup', { callId: 'c1', code: 200, reason: 'Request Terminated' }]]);
});

test('what ends a running call is said in the words of the server', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  await bench.server.says('hangup', { code: 480, reason: 'Handset gone' }, { callId: 'c1' });

  expect(bench.heard()).toEqual([['hangup', { callId: 'c1', code: 480, reason: 'Handset gone' }]]);
});

test('a second incoming call is declined as busy and the running one goes on', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard, offer, devices } = bench;

  await server.says('incomingcall', incoming, { callId: 'c2', jsep: offer('audio') });
  const decline = await server.hears('decline');
  await server.says('declining', { code: 486 }, { callId: 'c2', to: decline });
  await server.says('hangup', { code: 486, reason: 'Busy' }, { callId: 'c2' });

  expect(decline.body).toEqual({ request: 'decline', code: 486, call_id: 'c2' });
  expect([heard(), handset.callId, handset.talking, devices.live.length]).toEqual([[], 'c1', true, 1]);
});

test('a second call that the server has refused by itself does no harm', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard, offer } = bench;

  await server.says('incomingcall', incoming, { callId: 'c2', jsep: offer('audio') });
  await server.refuses(await server.hears('decline'), 454, 'No such call');

  expect([heard(), handset.talking]).toEqual([[], true]);
});

test('the same incoming call told twice rings once', async () => {
  const { server, heard, offer } = await handsetOf();
  const jsep = offer('audio');

  await server.says('incomingcall', incoming, { callId: 'c1', jsep });
  await server.says('incomingcall', incoming, { callId: 'c1', jsep });

  expect(heard()).toHaveLength(1);
  await server.hearsNothing();
});

test('a description that the browser cannot take: an incoming call is declined with 488', async () => {
  const { handset, server, heard, offer, devices } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  FakePeerConnection.isBroken = true;
  heard();

  const answered = codeOf(handset.answer());
  const decline = await server.hears('decline');
  await server.says('declining', { code: 488 }, { callId: 'c1', to: decline });

  expect(decline.body).toEqual({ request: 'decline', code: 488, call_id: 'c1' });
  expect(await answered).toBe('media-failed');
  expect(heard()).toEqual([['hangup', { callId: 'c1', code: 488, reason: expect.any(String) as string }]]);
  expect(devices.live).toEqual([]);
});

test('the same in a return call: the page hears of it and the call is hung up', async () => {
  const { handset, server, heard, offer } = await handsetOf();
  const placed = handset.newcall('6001');
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;
  heard();
  FakePeerConnection.isBroken = true;

  await server.says('new_accepted', {}, { callId: 'c1', jsep: offer('audio'), to: asked });
  const hangup = await server.hears('hangup');
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });

  expect(heard().map(([event]) => event)).toEqual(['error', 'hangup']);
  expect(handset.callId).toBeUndefined();
});

test('a hang-up that the server does not confirm has ended the call all the same', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard, devices } = bench;
  const ended = codeOf(handset.hangup());
  await server.hears('hangup');

  await vi.advanceTimersByTimeAsync(5_000);

  expect(await ended).toBe('timeout');
  expect(heard()).toEqual([['hangupResult', { callId: 'c1' }]]);
  expect([handset.talking, devices.live]).toEqual([false, []]);
});

test('a hang-up of a call that is gone on the server has worked', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server } = bench;

  const ended = handset.hangup();
  await server.refuses(await server.hears('hangup'), 447, 'Wrong state');

  await expect(ended).resolves.toBeUndefined();
});

test('a call may come while the last one still ends; it is answered when that is over', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, offer, devices, sound } = bench;
  const ended = handset.hangup();
  const hangup = await server.hears('hangup');

  await server.says('incomingcall', incoming, { callId: 'c2', jsep: offer('audio') });
  const answered = handset.answer();
  await server.hearsNothing();
  expect(sound.tones.size).toBe(1);
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });
  await server.hears('accept');
  await server.says('accept_reply', {}, { callId: 'c2' });
  await Promise.all([ended, answered]);

  expect([handset.callId, handset.talking, devices.live.length]).toEqual(['c2', true, 1]);
  expect(FakePeerConnection.all.map(({ signalingState }) => signalingState)).toEqual(['closed', 'stable']);
});

test('hung up, it is silent at once; the peer connection closes when the server has confirmed', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, devices } = bench;

  const ended = handset.hangup();
  const hangup = await server.hears('hangup');
  expect([devices.live, handset.remoteStream, document.querySelector('audio')]).toEqual([[], null, null]);
  expect(FakePeerConnection.all.at(-1)?.signalingState).toBe('stable');
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });
  await ended;

  expect(FakePeerConnection.all.at(-1)?.signalingState).toBe('closed');
});

test('a new call waits for the end of the last one', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server } = bench;

  void handset.hangup();
  const placed = handset.newcall('6002');
  const hangup = await server.hears('hangup');
  await server.hearsNothing();
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c2', to: asked });

  expect(await placed).toEqual({ callId: 'c2' });
});

test.each(['answer', 'hangup'] as const)('%s without a call is a wrong state', async (method) => {
  const { handset } = await handsetOf();

  expect(await codeOf(handset[method]())).toBe('wrong-state');
  expect(await codeOf(handset.dtmf('1'))).toBe('wrong-state');
});

test('two calls at once are a wrong state, and so is an empty number', async () => {
  const bench = await handsetOf();

  expect(await codeOf(bench.handset.newcall('  '))).toBe('wrong-state');
  await inReturnCall(bench);
  expect(await codeOf(bench.handset.newcall('6002'))).toBe('wrong-state');
});

test('a handset that is not registered does not call', async () => {
  const { handset, server } = await handsetOf({ autoRegister: false });

  expect(await codeOf(handset.newcall('6001'))).toBe('not-registered');
  await server.hearsNothing();
});

test('the page is told why the registration failed, in its language', async () => {
  const { handset, server, heard } = await handsetOf({ autoRegister: false, language: 'zh-CN' });
  const registered = handset.register({ username: '1002', secret: 'wrong' }).catch((error: unknown) => error);
  const asked = await server.hears('register');

  await server.says('registration_failed', { code: 1001, reason: 'bad secret' }, { to: asked });

  expect(await registered).toMatchObject({ code: 1001, message: '号码或密码不对。请再输一次。' });
  expect(heard()).toEqual([
    [
      'registerResult',
      { event: 'fail', code: 1001, reason: '号码或密码不对。请再输一次。', telNumber: '1002' },
    ],
  ]);
  expect(handset.registed).toBe(false);
});

test('a number that was taken over is not registered any more', async () => {
  const { handset, server, heard } = await handsetOf();

  await server.says('registration_failed', { code: 1002, reason: 'connected elsewhere' });

  expect(heard().map(([event]) => event)).toEqual(['registerResult']);
  expect(handset.registered).toBe(false);
});

test('unregister settles when the server has confirmed', async () => {
  const { handset, server, heard } = await handsetOf();

  const unregistered = handset.unregister();
  const asked = await server.hears('unregister');
  await server.says('unregistering', {}, { to: asked });
  await server.says('unregistered', {}, { to: asked });
  await unregistered;

  expect(heard()).toEqual([['unregisterResult', { event: 'succ' }]]);
  expect(handset.registered).toBe(false);
});

test('what a newer server says, and what is no message at all, is passed over', async () => {
  const { server, handset, heard } = await handsetOf();

  await server.says('a_new_event', { anything: 1 });
  await server.saysData({ sip: 'event', result: { event: 'hangup', code: 'not a number' } });
  await server.saysData('text');
  server.raw('{not json');
  server.raw('[]');
  await server.core('unheard_of');

  expect([heard(), handset.connection]).toEqual([[], 'up']);
});

test('media that Janus has closed ends the call when the server says nothing of it', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { server, heard, handset } = bench;

  await server.core('hangup', { reason: 'ICE failed' });
  await server.hearsNothing();
  await vi.advanceTimersByTimeAsync(3_000);
  const hangup = await server.hears('hangup');
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });

  expect(heard().map(([event, payload]) => [event, 'code' in payload && payload.code])).toEqual([
    ['error', 'media-failed'],
    ['hangupResult', false],
  ]);
  expect(handset.talking).toBe(false);
});

test('a page whose listener throws harms no other listener', async () => {
  const { handset, server, heard, offer } = await handsetOf();
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  handset.on('incomingcall', () => {
    throw new Error('of the page');
  });
  const second = vi.fn();
  handset.on('incomingcall', second);

  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });

  expect([reported.length, second.mock.calls.length, heard().length]).toEqual([1, 1, 1]);
});
