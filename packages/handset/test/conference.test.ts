// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { Call } from '../src/call-types.ts';
import type { Conference } from '../src/conference-types.ts';
// Loaded before the clock is a fake one: it does not wait for files.
import '../src/conference.ts';
import type { FakeTrack } from './fakes/fake-media.ts';
import type { FakePeerConnection } from './fakes/fake-peer-connection.ts';
import { settle } from './fakes/fake-server.ts';
import { heardIn } from './fakes/fake-web-audio.ts';
import { callsOut, manyCalls, useHandsets, type ManyCalls } from './fakes/many-calls.ts';

/* Who hears whom in a conference that is mixed here. */

useHandsets();

/** Calls with these numbers, none of them held. */
async function inCallsWith(bench: ManyCalls, ...numbers: string[]): Promise<Call[]> {
  const calls: Call[] = [];
  for (const number of numbers) calls.push((await callsOut(bench, number, `c${number}`))[0]);
  return calls;
}

/** Undefined once it is over. */
function connectionOf(call: Call): FakePeerConnection | undefined {
  return call.peerConnection as unknown as FakePeerConnection | undefined;
}

/** Whose sound a peer is sent: `us`, or the numbers of other peers. */
function heardBy(call: Call, all: readonly Call[]): string[] {
  const names = new Map<FakeTrack, string>();
  for (const one of all) {
    const [ours] = one.localStream?.getAudioTracks() ?? [];
    names.set(ours as unknown as FakeTrack, one === call ? 'us' : `us as to ${one.remote.number}`);
    const theirs = connectionOf(one)?.getTransceivers()[0]?.receiver.track;
    if (theirs) names.set(theirs, one.remote.number);
  }
  const [sound] = connectionOf(call)?.getTransceivers() ?? [];
  return heardIn(sound?.sender.track)
    .map((track) => names.get(track) ?? 'somebody else')
    .sort();
}

async function conferenceOf(...numbers: string[]): Promise<[ManyCalls, Call[], Conference]> {
  const bench = await manyCalls({ autoHold: false });
  const calls = await inCallsWith(bench, ...numbers);
  return [bench, calls, await bench.handset.conference(calls)];
}

test.each([[['1', '2']], [['1', '2', '3']], [['1', '2', '3', '4']]])(
  'everybody of %s hears us and all the others, and nobody himself',
  async (numbers) => {
    const [bench, calls, conference] = await conferenceOf(...numbers);

    for (const call of calls) {
      const others = numbers.filter((number) => number !== call.remote.number);
      expect(heardBy(call, calls)).toEqual([...others, 'us']);
    }
    expect(bench.handset.conferenceNow).toBe(conference);
    expect(bench.events.conference).toEqual([{ conference }]);
  },
);

test('one who leaves is heard no more; of two it is a call again', async () => {
  const [bench, calls] = await conferenceOf('1', '2', '3');
  const [first, second, third] = calls as [Call, Call, Call];

  await bench.server.says('hangup', { code: 200, reason: 'Bye' }, { callId: 'c3', on: 9 });
  expect([third.state, heardBy(first, [first, second])]).toEqual(['ended', ['2', 'us']]);
  await bench.server.says('hangup', { code: 200, reason: 'Bye' }, { callId: 'c2', on: 8 });
  await settle();

  expect(heardBy(first, [first])).toEqual(['us']);
  expect([bench.handset.conferenceNow, bench.events.conference?.length]).toEqual([undefined, 2]);
});

test('one who is held is out of it, and hears nothing', async () => {
  const [bench, calls] = await conferenceOf('1', '2', '3');
  const [first, second] = calls as [Call, Call];

  const held = second.hold();
  await bench.server.says('holding', {}, { callId: 'c2', to: await bench.server.hears('hold') });
  await held;
  await settle();

  expect(heardBy(first, calls)).toEqual(['3', 'us']);
  expect(heardBy(second, calls)).toEqual(['us']);
  expect(second.localStream?.getAudioTracks()[0]?.enabled).toBe(false);
});

test('another microphone under way goes into the mix', async () => {
  const [bench, calls] = await conferenceOf('1', '2');

  await bench.handset.devices.selectDevice('microphone', 'mic-2');

  for (const call of calls) expect(heardBy(call, calls)).toContain('us');
  expect(bench.devices.live).toHaveLength(2);
});

test('split: the first goes on alone, the others are held', async () => {
  const [bench, calls, conference] = await conferenceOf('1', '2', '3');
  const { server } = bench;

  const split = conference.split();
  for (const callId of ['c2', 'c3'])
    await server.says('holding', {}, { callId, to: await server.hears('hold') });
  await split;

  expect(calls.map(({ state }) => state)).toEqual(['active', 'held-locally', 'held-locally']);
  for (const call of calls) expect(heardBy(call, calls)).toEqual(['us']);
});

test('a mute is for all, and a hang-up too', async () => {
  const [bench, calls, conference] = await conferenceOf('1', '2');
  conference.mute();
  expect([conference.isMuted, ...calls.map(({ isMuted }) => isMuted)]).toEqual([true, true, true]);
  conference.unmute();
  expect(conference.isMuted).toBe(false);

  const ended = conference.hangup();
  for (const callId of ['c1', 'c2'])
    await bench.server.says('hangingup', {}, { callId, to: await bench.server.hears('hangup') });
  await ended;

  expect(bench.handset.calls).toEqual([]);
});

test('one call is no conference, and there is one at a time', async () => {
  const [bench, calls] = await conferenceOf('1', '2');

  await expect(bench.handset.conference(calls)).rejects.toMatchObject({ code: 'wrong-state' });
  await expect(bench.handset.conference(calls.slice(1))).rejects.toMatchObject({ code: 'wrong-state' });
});

test('a browser that lets nothing sound says so, and the calls stay as they were', async () => {
  const bench = await manyCalls({ autoHold: false });
  const calls = await inCallsWith(bench, '1', '2');
  const { contexts } = bench.sound;
  const before = contexts.length;
  bench.sound.waitsForGesture = true;

  const refused = expect(bench.handset.conference(calls)).rejects.toMatchObject({ code: 'sound-blocked' });
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;

  expect(contexts.slice(before).map(({ state }) => state)).toEqual(['closed']);
  for (const call of calls) expect(heardBy(call, calls)).toEqual(['us']);
});
