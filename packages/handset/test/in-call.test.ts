// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { Call } from '../src/call-types.ts';
import type { CallEvents } from '../src/call-types.ts';
// Loaded before the clock is a fake one: it does not wait for files.
import '../src/screen.ts';
import '../src/stats.ts';
import { settle } from './fakes/fake-server.ts';
import { FakeTrack } from './fakes/fake-media.ts';
import { incoming } from './fakes/handset.ts';
import { callsOut, manyCalls, offer, rings, useHandsets, type ManyCalls } from './fakes/many-calls.ts';

/* What a page may do in a call, and what it hears of it. */

useHandsets();

function listens<N extends keyof CallEvents>(call: Call, event: N): CallEvents[N][] {
  const heard: CallEvents[N][] = [];
  call.on(event, (payload) => heard.push(payload));
  return heard;
}

async function holds({ server }: ManyCalls, callId: string): Promise<void> {
  await server.says('holding', {}, { callId, to: await server.hears('hold') });
}

/** Seconds of the tones that sound. */
function tones({ sound }: ManyCalls): number[] {
  return [...sound.tones].map((seconds) => Math.round(seconds * 10) / 10);
}

test('who talks hears a short tone, and the ring when the call is over and the other still rings', async () => {
  const bench = await manyCalls();
  await rings(bench, 'c0', '6000', 7);
  expect(tones(bench)).toEqual([3]);
  await bench.server.says('hangup', { code: 487, reason: 'Cancelled' }, { callId: 'c0', on: 7 });
  const [call] = await callsOut(bench, '6001', 'c1');

  await rings(bench, 'c2', '6002', 8);
  expect(tones(bench)).toEqual([4.4]);
  const ended = call.hangup();
  const asked = await bench.server.hears('hangup');
  expect(tones(bench)).toEqual([3]);
  await bench.server.says('hangingup', {}, { callId: 'c1', to: asked });
  await ended;
});

test('it rings at the device that was chosen, from the next call on and under way', async () => {
  const bench = await manyCalls();
  const { handset, sound } = bench;

  await handset.devices.setRingDevice('out-1');
  await rings(bench, 'c1', '6001', 7);
  expect(sound.sinks).toEqual(['out-1']);
  await handset.devices.setRingDevice('');

  expect(sound.sinks).toEqual(['out-1', '']);
});

test('a call that would answer itself rings while another runs', async () => {
  const bench = await manyCalls();
  await callsOut(bench, '6001', 'c1');

  await bench.server.says(
    'incomingcall',
    { ...incoming, type: 'self_call_handle' },
    { callId: 'c2', jsep: offer, on: 8 },
  );

  expect(bench.handset.calls.map(({ state }) => state)).toEqual(['active', 'ringing-in']);
  await bench.server.hearsNothing();
});

test('of two that were dialled the one that is answered last runs', async () => {
  const bench = await manyCalls();
  const { handset, server } = bench;
  const placed = handset.call('6001');
  const first = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: first });
  await placed;
  await callsOut(bench, '6002', 'c2');

  await server.says('new_accepted', {}, { callId: 'c1', jsep: offer, to: first });
  await server.says('accept_reply', {}, { callId: 'c1', to: await server.hears('new_accept') });
  await holds(bench, 'c2');

  expect(handset.calls.map(({ state }) => state)).toEqual(['active', 'held-locally']);
});

test('a held peer hears nothing of what is said here; muted before, we are so afterwards', async () => {
  const bench = await manyCalls();
  const { server, devices } = bench;
  const [call] = await callsOut(bench, '6001', 'c1');
  const [microphone] = devices.tracks;
  const muted = listens(call, 'muted');

  const held = call.hold();
  expect(microphone!.enabled).toBe(false);
  await holds(bench, 'c1');
  await held;
  call.mute();
  const resumed = call.resume();
  await server.says('resuming', {}, { callId: 'c1', to: await server.hears('unhold') });
  await resumed;

  expect([call.state, microphone!.enabled]).toEqual(['active', false]);
  call.unmute();
  expect([microphone!.enabled, muted]).toEqual([true, [{ isMuted: true }, { isMuted: false }]]);
});

test('a peer that refuses to be held hears us again', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');

  const held = expect(call.hold()).rejects.toMatchObject({ code: 449 });
  await bench.server.refuses(await bench.server.hears('hold'), 449);
  await held;

  expect([call.state, bench.devices.tracks[0]!.enabled]).toEqual(['active', true]);
});

test('a transfer that the peer asks for is followed on another handle, or refused', async () => {
  const bench = await manyCalls({ autoHold: false });
  const { server, handset } = bench;
  const [call] = await callsOut(bench, '6001', 'c1');
  const requests = listens(call, 'transferRequest');
  const transfer = { refer_to: 'sip:1003@pbx', referred_by: 'sip:6001@pbx' };

  await server.says('transfer', { ...transfer, refer_id: 5 }, { callId: 'c1', on: 7 });
  const followed = requests[0]!.accept();
  const asked = await server.hears('new_call');
  expect([asked.handle, asked.body]).toMatchObject([8, { uri: 'sip:1003@pbx', refer_id: 5 }]);
  await server.says('calling', {}, { callId: 'c2', to: asked });
  expect((await followed).remote.number).toBe('1003');
  expect(handset.calls).toHaveLength(2);

  await server.says('transfer', { ...transfer, refer_id: 6 }, { callId: 'c1', on: 7 });
  const refused = requests[1]!.decline(486);
  const declined = await server.hears('decline');
  expect(declined.body).toEqual({ request: 'decline', refer_id: 6, code: 486 });
  await server.says('declining', { refer_id: 6 }, { to: declined });
  await refused;
});

test('digits go out as INFO one after the other, and what is no digit is refused', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');

  const sent = call.dtmf('1a', { by: 'info' });
  for (const digit of ['1', 'A']) {
    const asked = await bench.server.hears('dtmf_info');
    expect(asked.body).toEqual({ request: 'dtmf_info', digit, call_id: 'c1' });
    await bench.server.says('dtmfsent', {}, { callId: 'c1', to: asked });
  }
  await sent;

  await expect(call.dtmf('x', { by: 'info' })).rejects.toMatchObject({ code: 'wrong-state' });
});

test('a microphone that is chosen is taken under all calls, and each says so', async () => {
  const bench = await manyCalls({ autoHold: false });
  const [first] = await callsOut(bench, '6001', 'c1');
  const [second] = await callsOut(bench, '6002', 'c2');
  const told = [listens(first, 'device'), listens(second, 'device')];

  await first.switchDevice('microphone', 'mic-2');

  const chosen = { kind: 'microphone', because: 'chosen' };
  expect(told).toMatchObject([[chosen], [chosen]]);
  await bench.server.hearsNothing();
});

test('a headset that is pulled out: the call goes on with the next microphone, and says so', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');
  const told = listens(call, 'device');

  bench.devices.tracks[0]!.unplug();
  await settle();

  expect(told).toEqual([{ kind: 'microphone', label: 'audio-2', because: 'lost' }]);
  expect([call.state, bench.devices.live.length]).toEqual(['active', 1]);
});

test('a loudspeaker that is chosen in a call is that of the calls to come', async () => {
  const bench = await manyCalls({ autoHold: false });
  const [call] = await callsOut(bench, '6001', 'c1');
  await call.switchDevice('speaker', 'out-1');
  expect(bench.sound.outputs).toEqual(['out-1']);

  await callsOut(bench, '6002', 'c2');
  await callsOut(bench, '6003', 'c3');

  expect(bench.sound.outputs).toEqual(['out-1', 'out-1', 'out-1']);
});

test('a loudspeaker that is pulled out: the sound comes out where the system says, and the call says so', async () => {
  const bench = await manyCalls();
  const { handset, devices } = bench;
  const [call] = await callsOut(bench, '6001', 'c1');
  const told = listens(call, 'device');
  devices.list = [...devices.list, { kind: 'audiooutput', deviceId: 'out-2', label: 'Headset' }];
  await handset.devices.list();
  await handset.devices.selectDevice('speaker', 'out-2');

  devices.list = devices.list.filter(({ deviceId }) => deviceId !== 'out-2');
  devices.dispatchEvent(new Event('devicechange'));
  await settle();

  expect(told).toEqual([{ kind: 'speaker', label: '', because: 'lost' }]);
});

test.each([
  ['does it under way', true, 1],
  ['cannot under way: it is taken anew', false, 2],
])('noise suppression off: the browser %s', async (_, canProcess, taken) => {
  const bench = await manyCalls();
  await callsOut(bench, '6001', 'c1');
  bench.devices.tracks[0]!.canProcess = canProcess;

  await bench.handset.devices.setProcessing({ noiseSuppression: false });

  expect(bench.devices.asked).toHaveLength(taken);
  expect(bench.devices.live[0]!.constraints).toMatchObject({
    noiseSuppression: false,
    echoCancellation: true,
  });
});

async function sharing(bench: ManyCalls, call: Call): Promise<FakeTrack> {
  const screen = new FakeTrack('video', 'screen');
  bench.devices.screen = screen;
  const shared = call.shareScreen();
  await settle();
  const update = await bench.server.hears('update');
  expect(update.jsep?.sdp).toContain('m=video');
  await bench.server.says('updated', {}, { callId: 'c1', to: update, jsep: { ...offer, type: 'answer' } });
  await shared;
  return screen;
}

test("the screen is shown, until the browser's own button ends it", async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');
  const told = listens(call, 'screen');
  const screen = await sharing(bench, call);
  expect(call.isSharingScreen).toBe(true);
  expect(bench.devices.asked).toHaveLength(1);

  screen.unplug();
  await settle();
  const update = await bench.server.hears('update');
  await bench.server.says('updated', {}, { callId: 'c1', to: update, jsep: { ...offer, type: 'answer' } });
  await settle();

  expect([call.isSharingScreen, told]).toEqual([false, [{ isShared: true }, { isShared: false }]]);
});

test('a user who thinks better of it shows nothing', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');

  await expect(call.shareScreen()).rejects.toMatchObject({ code: 'screen-refused' });

  expect(call.isSharingScreen).toBe(false);
  await bench.server.hearsNothing();
});

test('a peer that wants no pictures: the screen is let go, and the call goes on', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');
  const screen = new FakeTrack('video', 'screen');
  bench.devices.screen = screen;

  const shared = expect(call.shareScreen()).rejects.toMatchObject({ code: 449 });
  await settle();
  await bench.server.refuses(await bench.server.hears('update'), 449);
  await shared;

  expect([call.state, call.isSharingScreen, screen.readyState]).toEqual(['active', false, 'ended']);
});

test('a recording is told with its files, and its end', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');
  const told = listens(call, 'recording');

  const recorded = call.record();
  const asked = await bench.server.hears('recording');
  await bench.server.says('recordingupdated', { files: ['a.opus'] }, { callId: 'c1', to: asked });
  expect(await recorded).toEqual(['a.opus']);
  expect(call.isRecording).toBe(true);
  const stopped = call.stopRecording();
  await bench.server.says(
    'recordingupdated',
    {},
    { callId: 'c1', to: await bench.server.hears('recording') },
  );
  await stopped;

  expect(told).toEqual([
    { isOn: true, files: ['a.opus'] },
    { isOn: false, files: [] },
  ]);
});

test('the statistics come as long as somebody listens', async () => {
  const bench = await manyCalls();
  const [call] = await callsOut(bench, '6001', 'c1');
  const heard: unknown[] = [];
  const stop = call.on('stats', (stats) => heard.push(stats));
  await settle();

  await vi.advanceTimersByTimeAsync(4_100);
  stop();
  await vi.advanceTimersByTimeAsync(10_000);

  expect(heard).toHaveLength(2);
});
