// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { fakeBrowser } from './fakes/browser.ts';
import { settle } from './fakes/fake-server.ts';
import { handsetOf, incoming, inReturnCall, openHandset, options, useFakes } from './fakes/handset.ts';

/* The flows of the founding document, as ladders: what the handset sends, what it receives, what the page hears. */

useFakes();

test('it registers by itself and says so', async () => {
  const { handset, server, heard } = await handsetOf({ autoRegister: false });

  const registered = handset.register('1001');
  const asked = await server.hears('register');
  await server.says('registering', {}, { to: asked });
  await server.says('registered', { username: 'sip:1001@pbx', register_sent: true }, { to: asked });
  await registered;

  expect(asked.body).toEqual({
    request: 'register',
    username: '1001',
    display_name: 'One',
    proxy: 'sip:127.0.0.1:5060',
    secret: 'page-secret',
  });
  expect(heard()).toEqual([['registerResult', { event: 'succ', telNumber: '1001' }]]);
  expect([handset.registed, handset.registered, handset.username]).toEqual([true, true, '1001']);
});

test('a call that is asked for while it still registers waits for that', async () => {
  const { handset, server, heard } = await handsetOf({ autoRegister: false });
  const registered = handset.register('1001');
  const asked = await server.hears('register');

  const placed = handset.newcall('6001');
  await settle();
  await server.hearsNothing();
  await server.says('registered', { username: 'sip:1001@pbx', register_sent: true }, { to: asked });
  await registered;
  const call = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: call });

  expect(await placed).toEqual({ callId: 'c1' });
  expect(heard().map(([event]) => event)).toEqual(['registerResult', 'callingResult']);
});

test('a call that is asked for at once waits for the registration that begins by itself', async () => {
  const { server } = fakeBrowser();
  const handset = await openHandset(options());
  const placed = handset.newcall('6001').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1);
  const asked = await server.hears('register');

  await server.says('registration_failed', { code: 1001, reason: 'wrong' }, { to: asked });

  expect(await placed).toMatchObject({ code: 'not-registered' });
  await handset.destroy();
});

test('in, answered: incomingcall, accept, accept_reply', async () => {
  const { handset, server, heard, offer, sound } = await handsetOf();

  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio', 'video') });
  expect(heard()).toEqual([
    [
      'incomingcall',
      {
        callId: 'c1',
        telNumber: '6001',
        displayName: 'Six',
        audio: true,
        video: false,
        notifyType: 'user_call_user',
      },
    ],
  ]);
  expect([sound.tones.size, handset.talking]).toEqual([1, false]);
  const answered = handset.answer({ video: true });
  const accept = await server.hears('accept');
  expect(accept.body).toEqual({ request: 'accept', call_id: 'c1' });
  expect(accept.jsep).toMatchObject({ type: 'answer' });
  expect(accept.jsep!.sdp).toBe(
    'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=sendrecv\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=sendrecv\r\n',
  );
  expect(heard()).toEqual([]);
  await server.says('accept_reply', {}, { callId: 'c1' });
  await answered;

  expect(heard()).toEqual([['answerResult', { callId: 'c1' }]]);
  expect([sound.tones.size, handset.talking, handset.callId]).toEqual([0, true, 'c1']);
});

test('in, refused: incomingcall, hangup, hangingup', async () => {
  const { handset, server, heard, offer, devices, sound } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  heard();

  const refused = handset.hangup();
  const hangup = await server.hears('hangup');
  expect(hangup.body).toEqual({ request: 'hangup', call_id: 'c1' });
  expect(hangup.jsep).toBeUndefined();
  expect(heard()).toEqual([]);
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });
  await refused;

  expect(heard()).toEqual([['hangupResult', { callId: 'c1' }]]);
  expect([devices.asked, sound.tones.size, handset.callId]).toEqual([[], 0, undefined]);
});

test('out, answered: new_call, calling, new_accepted, new_accept, accept_reply', async () => {
  const { handset, server, heard, offer, devices, sound } = await handsetOf();

  const placed = handset.newcall('6001');
  const newCall = await server.hears('new_call');
  expect(devices.asked).toHaveLength(1);
  expect(newCall.body).toEqual({ request: 'new_call', uri: '6001', video: false });
  expect(newCall.jsep).toBeUndefined();
  await server.says('calling', {}, { callId: 'c1', to: newCall });
  expect(await placed).toEqual({ callId: 'c1' });
  expect(heard()).toEqual([['callingResult', { callId: 'c1' }]]);

  await server.says('ringing', {}, { callId: 'c1' });
  expect([heard(), sound.tones.size]).toEqual([[['ringing', { callId: 'c1' }]], 1]);

  await server.says('new_accepted', {}, { callId: 'c1', jsep: offer('audio'), to: newCall });
  const accept = await server.hears('new_accept');
  expect(accept.body).toEqual({ request: 'new_accept', call_id: 'c1' });
  expect(accept.jsep).toEqual({
    type: 'answer',
    sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=sendrecv\r\n',
  });
  expect(heard()).toEqual([]);
  await server.says('accept_reply', {}, { callId: 'c1', to: accept });

  expect(heard()).toEqual([['accepted', { callId: 'c1', telNumber: '6001' }]]);
  expect([devices.asked.length, devices.live.length, sound.tones.size]).toEqual([1, 1, 0]);
});

test('out, the peer ends: hangup after accept_reply', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard, devices } = bench;

  await server.says('hangup', { code: 200, reason: 'Session terminated' }, { callId: 'c1' });

  expect(heard()).toEqual([['hangup', { callId: 'c1', code: 200, reason: 'Session terminated' }]]);
  expect([handset.talking, handset.callId, devices.live]).toEqual([false, undefined, []]);
  await server.hearsNothing();
});

test('out, the handset ends before the answer: calling, hangup, hangingup', async () => {
  const { handset, server, heard, devices } = await handsetOf();
  const placed = handset.newcall('6001');
  const newCall = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: newCall });
  await placed;
  heard();

  const ended = handset.hangup();
  const hangup = await server.hears('hangup');
  expect(devices.live).toEqual([]);
  await server.says('hangingup', {}, { callId: 'c1', to: hangup });
  await ended;

  expect(heard()).toEqual([['hangupResult', { callId: 'c1' }]]);
});

test.each(['hangingup', 'haningup'])('in the call the handset ends it, and hears %s', async (spelling) => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, heard } = bench;

  const ended = handset.hangup();
  const hangup = await server.hears('hangup');
  await server.says(spelling, {}, { callId: 'c1', to: hangup });
  await ended;

  expect(heard()).toEqual([['hangupResult', { callId: 'c1' }]]);
  expect(bench.handset.callId).toBeUndefined();
});

test('out, classic: call with our offer, progress, accepted, accept_reply', async () => {
  const { handset, server, heard, answer, sound } = await handsetOf();

  const placed = handset.call('6001', { video: true });
  const call = await server.hears('call');
  expect(call.body).toEqual({ request: 'call', uri: '6001', video: true });
  expect(call.jsep).toMatchObject({ type: 'offer' });
  await server.says('calling', {}, { callId: 'c1', to: call });
  await placed;
  await server.says('ringing', {}, { callId: 'c1' });
  expect(sound.tones.size).toBe(1);
  await server.says('progress', {}, { callId: 'c1', jsep: answer('audio', 'video') });
  expect(sound.tones.size).toBe(0);
  await server.says('accepted', {}, { callId: 'c1', jsep: answer('audio', 'video') });
  await server.says('accept_reply', {}, { callId: 'c1' });

  expect(heard()).toEqual([
    ['callingResult', { callId: 'c1' }],
    ['ringing', { callId: 'c1' }],
    ['accepted', { callId: 'c1', telNumber: '6001' }],
  ]);
  expect(handset.talking).toBe(true);
});

test('an INVITE without an offer is answered with ours', async () => {
  const { handset, server, answer } = await handsetOf();
  await server.says('incomingcall', incoming, { callId: 'c1' });

  const answered = handset.answer();
  const accept = await server.hears('accept');
  expect(accept.jsep).toMatchObject({ type: 'offer' });
  await server.says('accept_reply', {}, { callId: 'c1', jsep: answer('audio') });
  await answered;

  expect(handset.talking).toBe(true);
});

test.each([
  [false, ['audio']],
  [true, ['audio', 'video']],
])('an INVITE without an offer that asks for video: %s is answered with %s', async (video, kinds) => {
  const { handset, server, heard } = await handsetOf({ videoEnable: true });
  await server.says('incomingcall', { ...incoming, video, type: 'self_call_handle' }, { callId: 'c1' });

  const accept = await server.hears('accept');

  expect([...accept.jsep!.sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind)).toEqual(kinds);
  expect(handset.localStream?.getVideoTracks()).toHaveLength(kinds.length - 1);
  expect(heard().map(([event]) => event)).toEqual(['incomingcall/autoAnswer']);
});

test('media: candidates go out and end with completed, and the page hears when it flows', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { server, heardAll, handset } = bench;
  const trickled = server.sent.filter(({ janus }) => janus === 'trickle').map(({ candidate }) => candidate);
  expect(trickled).toEqual([
    { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 },
    { completed: true },
  ]);

  await server.core('webrtcup');
  await server.core('media', { type: 'audio', receiving: true, mid: '0' });
  await server.core('media', { type: 'video', receiving: true, mid: '1' });
  await settle();

  const states = heardAll.filter(([event]) => event === 'mediaState').map(([, payload]) => payload);
  expect(states).toEqual([
    { callId: 'c1', webrtcUp: true, receivingAudio: false, receivingVideo: false },
    { callId: 'c1', webrtcUp: true, receivingAudio: true, receivingVideo: false },
    { callId: 'c1', webrtcUp: true, receivingAudio: true, receivingVideo: true },
  ]);
  expect(handset.localStream?.getAudioTracks()).toHaveLength(1);
  expect(handset.remoteStream?.getAudioTracks()).toHaveLength(1);
  expect(await handset.stats()).toBeDefined();
});

test('self_call_handle is answered by itself, without a ring', async () => {
  const { server, heard, offer, sound } = await handsetOf();

  await server.says(
    'incomingcall',
    { ...incoming, type: 'self_call_handle' },
    { callId: 'c1', jsep: offer('audio') },
  );
  await server.hears('accept');
  await server.says('accept_reply', {}, { callId: 'c1' });

  expect(heard().map(([event]) => event)).toEqual(['incomingcall/autoAnswer', 'answerResult']);
  expect(sound.tones.size).toBe(0);
});
