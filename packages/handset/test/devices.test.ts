// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { FakePeerConnection, type FakeTransceiver } from './fakes/fake-peer-connection.ts';
import { settle } from './fakes/fake-server.ts';
import { handsetOf, incoming, inReturnCall, type Bench, useFakes } from './fakes/handset.ts';

/* Devices, mutes, pictures and tones, before and in a call. */

useFakes();

function transceiver(kind: 'audio' | 'video'): FakeTransceiver | undefined {
  return FakePeerConnection.all.at(-1)?.transceivers.find(({ receiver }) => receiver.track.kind === kind);
}

async function called({ handset, server }: Bench, video = false): Promise<void> {
  const placed = handset.newcall('6001', { video });
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;
}

test('the microphones are known once it is connected, and the next one is taken in turn', async () => {
  const bench = await handsetOf();
  const { deviceControl } = bench.handset;
  expect([deviceControl.hasMultiVoiceDevice, deviceControl.hasMultiVideoDevice]).toEqual([true, true]);
  expect([deviceControl.currentVoiceIndex, deviceControl.currentVoiceDevId]).toEqual([0, 'mic-1']);
  expect([deviceControl.voiceHeadphoneIndex, deviceControl.voiceSpeakerIndex]).toEqual([1, -1]);

  expect(await deviceControl.toggleVoiceDevice()).toEqual([1, 'mic-2', 'USB headset']);
  await called(bench);

  expect(bench.devices.asked).toMatchObject([{ audio: { deviceId: { exact: 'mic-2' } }, video: false }]);
});

test('in a call another microphone is taken without a word to the server, and a mute stays', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, devices } = bench;
  handset.audioInputMuted = true;
  const [before] = devices.live;

  await handset.deviceControl.selectDevice('microphone', 'mic-2');

  const [after] = devices.live;
  expect(devices.live).toHaveLength(1);
  expect([after!.id, after!.enabled, before!.readyState]).not.toContain(before!.id);
  expect([after!.enabled, before!.readyState]).toEqual([false, 'ended']);
  expect(transceiver('audio')?.sender.track).toBe(after);
  expect(handset.localStream?.getAudioTracks()).toEqual([after]);
  await server.hearsNothing();
  handset.audioInputMuted = false;
  expect(after!.enabled).toBe(true);
});

test('a microphone that cannot be taken leaves the old one in place and chosen', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, devices } = bench;
  devices.fault = () => 'NotAllowedError';

  await expect(handset.deviceControl.selectDevice('microphone', 'mic-2')).rejects.toMatchObject({
    code: 'microphone-refused',
  });

  expect([handset.deviceControl.currentVoiceDevId, devices.live.length]).toEqual(['mic-1', 1]);
});

test('a device that opens once only: the old microphone goes first', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, devices } = bench;
  devices.fault = () => (devices.live.length > 0 ? 'NotReadableError' : undefined);

  await handset.deviceControl.selectDevice('microphone', 'mic-2');

  expect(transceiver('audio')?.sender.track).toBe(devices.live[0]);
});

test('an unplugged microphone is replaced by the one that is left', async () => {
  const bench = await handsetOf();
  await bench.handset.deviceControl.selectDevice('microphone', 'mic-2');
  await inReturnCall(bench);
  const { devices, heard } = bench;
  devices.fault = ({ audio }) => (audio !== false && audio.deviceId ? 'OverconstrainedError' : undefined);

  devices.live[0]!.unplug();
  await settle();

  expect(devices.live).toHaveLength(1);
  expect(transceiver('audio')?.sender.track).toBe(devices.live[0]);
  expect(heard()).toEqual([]);
});

test('without any microphone left the page is told and the call goes on', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { devices, heard, handset } = bench;
  devices.fault = () => 'NotFoundError';

  devices.live[0]!.unplug();
  await settle();

  expect(heard()).toEqual([['error', { code: 'no-microphone', message: expect.any(String) as string }]]);
  expect(handset.talking).toBe(true);
});

test('a microphone that is plugged in again is taken for the call that lost it', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { devices } = bench;
  devices.fault = () => 'NotFoundError';
  devices.live[0]!.unplug();
  await settle();

  devices.fault = undefined;
  devices.list = [{ kind: 'audioinput', deviceId: 'usb', label: 'USB' }];
  devices.dispatchEvent(new Event('devicechange'));
  await settle();

  expect(devices.live).toHaveLength(1);
  expect(transceiver('audio')?.sender.track).toBe(devices.live[0]);
});

test('on Android the loudspeaker is a microphone', async () => {
  const bench = await handsetOf({}, ({ devices }) => {
    devices.list = [
      { kind: 'audioinput', deviceId: 'default', label: 'Default' },
      { kind: 'audioinput', deviceId: 'spk', label: 'Speakerphone' },
      { kind: 'audioinput', deviceId: 'ear', label: 'Headset earpiece' },
    ];
  });
  await inReturnCall(bench);
  const { deviceControl } = bench.handset;
  expect([deviceControl.voiceSpeakerIndex, deviceControl.voiceHeadphoneIndex]).toEqual([1, 2]);
  expect(deviceControl.hasSpeakerSwitch).toBe(true);

  await deviceControl.updateVoiceSpeaker(true);
  await deviceControl.updateVoiceSpeaker(false);

  expect(bench.devices.asked.slice(1)).toMatchObject([
    { audio: { deviceId: { exact: 'spk' } } },
    { audio: { deviceId: { exact: 'ear' } } },
  ]);
  expect(deviceControl.currentVoiceIndex).toBe(2);
});

test('elsewhere the output is chosen, also for the calls to come', async () => {
  const bench = await handsetOf();
  const sinks: string[] = [];
  Object.defineProperty(HTMLMediaElement.prototype, 'setSinkId', {
    configurable: true,
    value: async (id: string) => sinks.push(id),
  });

  await bench.handset.deviceControl.updateVoiceSpeaker(true);
  await inReturnCall(bench);
  await bench.handset.deviceControl.selectDevice('speaker', 'out-2');

  expect(sinks).toEqual(['out-1', 'out-2']);
});

test('a device without any such choice says so', async () => {
  const { handset } = await handsetOf({}, ({ devices }) => {
    devices.list = [{ kind: 'audioinput', deviceId: 'm', label: 'iPhone Microphone' }];
  });

  await expect(handset.deviceControl.updateVoiceSpeaker(true)).rejects.toMatchObject({ code: 'wrong-state' });
  expect(handset.deviceControl.hasSpeakerSwitch).toBe(false);
});

test('the back camera before the call, the front camera in it', async () => {
  const bench = await handsetOf();
  const { deviceControl } = bench.handset;
  await deviceControl.updateFrontCamera(false);
  expect(deviceControl.currentFrontCamera).toBe(false);
  await inReturnCall(bench, true);

  await deviceControl.updateFrontCamera(true);

  const cameras = bench.devices.asked.map(({ video }) => video !== false && video.deviceId);
  expect(cameras).toEqual([{ exact: 'cam-2' }, { exact: 'cam-1' }]);
  expect(bench.devices.live.map(({ kind }) => kind)).toEqual(['audio', 'video']);
});

test('without labels the camera is asked for by its direction', async () => {
  const bench = await handsetOf({}, ({ devices }) => {
    devices.list = [{ kind: 'videoinput', deviceId: '', label: '' }];
  });
  await bench.handset.deviceControl.updateFrontCamera(false);

  await called(bench, true);

  expect(bench.devices.asked).toMatchObject([{ video: { facingMode: { ideal: 'environment' } } }]);
});

test('a camera wished for before the call is there in it', async () => {
  const bench = await handsetOf();
  await bench.handset.deviceControl.enableCamera(true);

  const placed = bench.handset.newcall('6001');
  const asked = await bench.server.hears('new_call');
  await bench.server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;

  expect(asked.body).toMatchObject({ video: true });
  expect(bench.devices.live.map(({ kind }) => kind)).toEqual(['audio', 'video']);
});

test('a camera in a call without video is offered, and H.264 comes first in the offer', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, answer, devices } = bench;

  const enabled = handset.deviceControl.enableCamera(true);
  const update = await server.hears('update');
  expect(update.body).toEqual({ request: 'update', call_id: 'c1' });
  expect(update.jsep).toMatchObject({ type: 'offer' });
  expect(update.jsep!.sdp).toMatch(/m=audio[^]*m=video/);
  expect(transceiver('video')?.codecs?.map(({ mimeType, sdpFmtpLine }) => sdpFmtpLine ?? mimeType)).toEqual([
    'packetization-mode=1;profile-level-id=42e01f',
    'video/VP8',
  ]);
  await server.says('updating', {}, { callId: 'c1', to: update });
  await server.says('updated', {}, { callId: 'c1', to: update, jsep: answer('audio', 'video') });
  await enabled;

  expect(FakePeerConnection.all.at(-1)?.signalingState).toBe('stable');
  expect(handset.localStream?.getVideoTracks()).toHaveLength(1);

  await handset.deviceControl.enableCamera(false);
  expect(devices.live.map(({ enabled: isOn }) => isOn)).toEqual([true, false]);
  await handset.deviceControl.enableCamera(true);
  expect(devices.live.map(({ enabled: isOn }) => isOn)).toEqual([true, true]);
  await server.hearsNothing();
});

test('a peer that refuses video: the camera is off again and the call goes on', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { handset, server, devices } = bench;

  const enabled = handset.deviceControl.enableCamera(true).catch((error: unknown) => error);
  await server.refuses(await server.hears('update'), 488, 'Not Acceptable Here');

  expect(await enabled).toMatchObject({ code: 488 });
  expect(devices.live.map(({ kind }) => kind)).toEqual(['audio']);
  expect([FakePeerConnection.all.at(-1)?.signalingState, handset.talking]).toEqual(['stable', true]);
});

test('video off by answer() in the call stops the camera and says so to the peer', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench, true);
  const { handset, server, answer, devices } = bench;

  const changed = handset.answer({ video: false });
  const update = await server.hears('update');
  expect(update.jsep!.sdp).toMatch(/m=video[^]*a=inactive/);
  await server.says('updated', {}, { callId: 'c1', to: update, jsep: answer('audio', 'video') });
  await changed;
  expect(devices.live.map(({ kind }) => kind)).toEqual(['audio']);

  const again = handset.answer({ video: true });
  const second = await server.hears('update');
  expect(second.jsep!.sdp).toMatch(/m=video[^]*a=sendrecv/);
  await server.says('updated', {}, { callId: 'c1', to: second, jsep: answer('audio', 'video') });
  await again;
  expect(devices.live.map(({ kind }) => kind)).toEqual(['audio', 'video']);
});

test('answer() in the call takes the microphone anew', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  await bench.handset.answer({ replaceAudio: true });

  expect([bench.devices.asked.length, bench.devices.live.length]).toEqual([2, 1]);
  await bench.server.hearsNothing();
});

test("the peer's change of the call is answered, one after the other", async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const { server, offer, heard } = bench;

  await server.says('updatingcall', {}, { callId: 'c1', jsep: offer('audio', 'video') });
  const first = await server.hears('update');
  await server.says('updatingcall', {}, { callId: 'c1', jsep: offer('audio') });
  await server.hearsNothing();
  await server.says('updated', {}, { callId: 'c1', to: first });
  const second = await server.hears('update');
  await server.says('updated', {}, { callId: 'c1', to: second });

  expect([first.jsep?.type, second.jsep?.type, heard()]).toEqual(['answer', 'answer', []]);
  expect(transceiver('video')?.direction).toBe('recvonly');
});

test('the offer has no video: the camera that was taken for it goes off', async () => {
  const bench = await handsetOf();
  await called(bench, true);
  expect(bench.devices.live).toHaveLength(2);

  await bench.server.says('new_accepted', {}, { callId: 'c1', jsep: bench.offer('audio') });

  expect(bench.devices.live.map(({ kind }) => kind)).toEqual(['audio']);
});

test('tones go out over the running call', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  const sent = bench.handset.dtmf('12#');
  await vi.advanceTimersByTimeAsync(600);
  await sent;

  expect(transceiver('audio')?.sender.sent).toEqual(['12#']);
});

test('a device that comes or goes is told to the page', async () => {
  const { devices, heardAll } = await handsetOf();
  const before = heardAll.filter(([event]) => event === 'devices').length;

  devices.list = devices.list.slice(1);
  devices.dispatchEvent(new Event('devicechange'));
  await settle();

  expect(heardAll.filter(([event]) => event === 'devices')).toHaveLength(before + 1);
});

test('the far end is heard through an element of ours; pictures are where the page wants them', async () => {
  const [local, remote, elsewhere] = [0, 1, 2].map(() => document.createElement('div'));
  const bench = await handsetOf({ localVideo: local!, remoteVideo: remote! });
  await inReturnCall(bench, true);
  const { handset, server } = bench;
  const video = remote!.querySelector('video')!;
  const audio = remote!.querySelector('audio')!;
  expect([local!.querySelectorAll('video').length, video.muted, video.hasAttribute('playsinline')]).toEqual([
    1,
    true,
    true,
  ]);
  expect(video.getAttribute('x5-video-player-type')).toBe('h5-page');
  expect([audio.hidden, audio.muted, audio.hasAttribute('playsinline')]).toEqual([true, false, true]);

  handset.audioOutputMuted = true;
  expect([audio.muted, handset.audioOutputMuted]).toEqual([true, true]);
  handset.setVideoContainer({ remoteVideo: elsewhere! });
  expect([elsewhere!.querySelector('video'), local!.querySelectorAll('video').length]).toEqual([video, 1]);
  handset.setVideoContainer({ localVideo: null });
  expect(local!.querySelectorAll('video')).toHaveLength(0);

  await server.says('hangup', { code: 200, reason: 'Bye' }, { callId: 'c1' });
  expect([remote, elsewhere, local].map((place) => place!.childElementCount)).toEqual([0, 0, 0]);
  expect(handset.audioOutputMuted).toBe(false);
});

test('a picture that stops leaves its place, sound that pauses does not', async () => {
  const remote = document.createElement('div');
  const bench = await handsetOf({ remoteVideo: remote });
  await inReturnCall(bench, true);
  const [audio, video] = (['audio', 'video'] as const).map((kind) => transceiver(kind)!.receiver.track);

  for (const track of [audio!, video!]) track.onmute?.({ target: track });
  await vi.advanceTimersByTimeAsync(3_000);
  expect([bench.handset.remoteStream?.getTracks(), remote.querySelectorAll('video').length]).toEqual([
    [audio],
    0,
  ]);
  video!.onunmute?.({ target: video! });

  expect(remote.querySelectorAll('video')).toHaveLength(1);
});

test('a picture that the peer offers and we do not take leaves no place for one', async () => {
  const bench = await handsetOf();
  const placed = bench.handset.newcall('6001');
  const asked = await bench.server.hears('new_call');
  await bench.server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;

  const jsep = bench.offer('audio', 'video');
  await bench.server.says('new_accepted', {}, { callId: 'c1', jsep, to: asked });
  const accept = await bench.server.hears('new_accept');
  await bench.server.says('accept_reply', {}, { callId: 'c1', to: accept });
  await settle();

  expect(accept.jsep!.sdp).toContain('m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=inactive');
  expect(bench.handset.remoteStream?.getTracks().map(({ kind }) => kind)).toEqual(['audio']);
});

test('a ring that the browser keeps silent is told once, and starts with the first touch', async () => {
  const { server, heard, offer, sound } = await handsetOf({}, (browser) => (browser.sound.isBlocked = true));

  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  await vi.advanceTimersByTimeAsync(500);
  expect(heard().map(([event, payload]) => ('code' in payload ? payload.code : event))).toEqual([
    'incomingcall',
    'sound-blocked',
  ]);
  sound.isBlocked = false;
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  await settle();

  expect(sound.contexts.map(({ state }) => state)).toEqual(['running']);
});

test('a ring that takes its time to start is not called silent, and the sound rests after it', async () => {
  const { server, heard, offer, sound, handset } = await handsetOf();

  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(heard().map(([event]) => event)).toEqual(['incomingcall']);
  expect(sound.contexts.map(({ state }) => state)).toEqual(['running']);
  void handset.hangup().catch(() => undefined);
  await settle();

  expect(sound.contexts.map(({ state }) => state)).toEqual(['suspended']);
});

test('sound of the far end that the browser keeps silent is told too', async () => {
  const bench = await handsetOf();
  bench.sound.isBlocked = true;
  const heardBefore = bench.heardAll.length;

  await inReturnCall(bench);

  const faults = bench.heardAll.slice(heardBefore).filter(([event]) => event === 'error');
  expect(faults.map(([, payload]) => 'code' in payload && payload.code)).toEqual(['sound-blocked']);
});

test.each<[string, string | false | undefined, number, string[]]>([
  ['a file of the page', 'ring.mp3', 0, ['ring.mp3']],
  ['silence', false, 0, []],
  ['the tone of the SDK', undefined, 1, []],
])('an incoming call rings with %s', async (_, ringFile, tones, files) => {
  const { server, offer, sound } = await handsetOf(ringFile === undefined ? {} : { ringFile });

  await server.says('incomingcall', incoming, { callId: 'c1', jsep: offer('audio') });

  expect([sound.tones.size, sound.files]).toEqual([tones, files]);
});
