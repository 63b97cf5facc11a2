import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaEngine, MediaSession, MediaSessionHandler } from '../src/engine.ts';
import { createNosipEngine, type NosipEngineOptions } from '../src/nosip-engine.ts';
import { browserAnswer, browserOffer } from './browser.ts';
import { mediaEngineContract } from './engine-contract.ts';
import { type Asked, FakeJanus } from './fake-janus.ts';
import { FakeClock } from './fake-clock.ts';
import { audio, phoneSdp } from './peer.ts';
import { folderOfThisTest, tempFolder } from './temp-folder.ts';

mediaEngineContract(
  'the NoSIP engine before a fake Janus',
  async () => {
    const janus = await FakeJanus.start();
    const recordings = tempFolder();
    const engine = createNosipEngine({ url: janus.url, recordingDir: recordings.path });
    await isUp(engine);
    await expect.poll(() => janus.handles.size).toBe(4);
    return {
      engine,
      recordingDir: recordings.path,
      kill: () => janus.cut(),
      stop: async () => {
        await janus.close();
        recordings.remove();
      },
      resources: () => Promise.resolve({ handles: janus.handles.size }),
    };
  },
  { records: true },
);

const offer = { type: 'offer', sdp: phoneSdp(...audio) } as const;
const isProcess = ({ body }: Asked): boolean => body?.request === 'process';
let janus: FakeJanus;
let clock: FakeClock;
let engine: MediaEngine;

beforeEach(async () => {
  janus = await FakeJanus.start();
  clock = new FakeClock();
  engine = await engineAt(janus);
});

afterEach(async () => {
  await engine.close();
  await janus.close();
});

async function engineAt({ url }: FakeJanus, options: Partial<NosipEngineOptions> = {}): Promise<MediaEngine> {
  const made = createNosipEngine({ url, clock, random: () => 1, spareHandles: 1, ...options });
  await isUp(made);
  return made;
}

async function isUp(made: MediaEngine, wanted = true): Promise<void> {
  await expect.poll(() => made.isUp, { interval: 5 }).toBe(wanted);
}

test('each call has a fresh handle, and all are detached', async () => {
  const used = new Set<number>();
  for (let call = 0; call < 5; call += 1) {
    const session = await engine.open();
    await session.toHandset(offer);
    used.add(janus.usedHandle());
    session.close();
  }

  expect(used.size).toBe(5);
  await expect.poll(() => [...used].filter((handle) => janus.handles.has(handle))).toEqual([]);
});

test('an answer that never comes is a timeout, and the session can still be closed', async () => {
  janus.fault = (asked) => (isProcess(asked) ? 'lost' : undefined);
  const session = await engine.open();
  const asked = session.toHandset(offer);
  void asked.catch(() => undefined);
  await expect.poll(() => janus.count('message')).toBe(1);
  const handle = janus.usedHandle();

  clock.advance(10_000);

  await expect(asked).rejects.toMatchObject({ code: 'timeout' });
  session.close();
  expect(await session.ended).toBe('closed');
  await expect.poll(() => janus.handles.has(handle)).toBe(false);
});

for (const [what, text] of [
  ['no JSON', '{"janus":'],
  ['no message of the API', '{"janus":"event","session_id":"x"}'],
  ['a list', '[1,2]'],
  ['null', 'null'],
] as const) {
  test(`Janus may send ${what}, and the next call is served`, async () => {
    janus.saysText(text);
    const session = await engine.open();

    expect((await session.toHandset(offer)).type).toBe('offer');
  });
}

test('an error of the plugin or of the core is a refused SDP, and the session is still good', async () => {
  const session = await engine.open();
  const plugin = { nosip: 'event', error_code: 446, error: 'no' };
  janus.fault = (asked) => {
    if (!isProcess(asked)) return undefined;
    const { transaction, session_id, handle_id } = asked;
    const plugindata = { plugin: 'janus.plugin.nosip', data: plugin };
    return {
      text: JSON.stringify({ janus: 'event', transaction, session_id, sender: handle_id, plugindata }),
    };
  };
  await expect(session.toHandset(offer)).rejects.toMatchObject({
    code: 'sdp-refused',
    message: 'NoSIP 446: no',
  });
  janus.fault = (asked) => (isProcess(asked) ? { code: 465, reason: 'bad JSEP' } : undefined);
  await expect(session.toHandset(offer)).rejects.toMatchObject({ code: 'sdp-refused' });
  janus.fault = () => undefined;

  expect((await session.toHandset(offer)).type).toBe('offer');
});

test('a plugin that answers nonsense is a refused SDP', async () => {
  const session = await engine.open();
  for (const data of [
    {},
    { nosip: 'event', result: { event: 'generated', sdp: 'x' } },
    { nosip: 'event', result: { event: 'processed' } },
  ]) {
    janus.fault = (asked) => {
      if (!isProcess(asked)) return undefined;
      const { transaction, session_id, handle_id: sender } = asked;
      return {
        text: JSON.stringify({
          janus: 'event',
          transaction,
          session_id,
          sender,
          plugindata: { plugin: 'x', data },
        }),
      };
    };

    await expect(session.toHandset(offer)).rejects.toMatchObject({ code: 'sdp-refused' });
  }
});

test('a handle that Janus does not know any more is a lost engine for that call only', async () => {
  const [session, other] = await Promise.all([engine.open(), engine.open()]);
  janus.fault = (asked) => (isProcess(asked) ? { code: 459, reason: 'No such handle' } : undefined);

  await expect(session.toHandset(offer)).rejects.toMatchObject({ code: 'closed' });

  expect(await session.ended).toBe('engine-lost');
  janus.fault = () => undefined;
  expect((await other.toHandset(offer)).type).toBe('offer');
});

for (const [reason, end] of [
  ['ICE failed', 'ice-failed'],
  ['DTLS alert', 'closed'],
  ['Close PC', 'ice-failed'],
] as const) {
  test(`a hangup of the core with "${reason}" ends the session as ${end}, and the handle is detached`, async () => {
    const session = await engine.open();
    await session.toHandset(offer);
    const handle = janus.usedHandle();

    janus.says({ janus: 'hangup', reason });

    expect(await session.ended).toBe(end);
    await expect.poll(() => janus.handles.has(handle)).toBe(false);
    expect(engine.sessionCount).toBe(0);
  });
}

test('what the media does is told to the handler, whatever the handler does with it', async () => {
  const heard: unknown[] = [];
  const handler: MediaSessionHandler = {
    webrtcUp() {
      heard.push('up');
      throw new Error('not my day');
    },
    media: (facts) => void heard.push(facts),
    slowLink: (facts) => void heard.push(facts),
  };
  const session = await engine.open(handler);
  await session.toHandset(offer);

  janus.says({ janus: 'webrtcup' });
  janus.says({ janus: 'media', type: 'video', mid: '1', receiving: true });
  janus.says({ janus: 'media', type: 'audio', receiving: false });
  janus.says({ janus: 'slowlink', media: 'video', mid: '1', uplink: true, lost: 10 });

  await expect.poll(() => heard).toHaveLength(4);
  expect(heard).toEqual([
    'up',
    { type: 'video', mid: '1', receiving: true },
    { type: 'audio', mid: '0', receiving: false },
    { media: 'video', mid: '1', uplink: true, lost: 10 },
  ]);
});

test('candidates wait until Janus knows the SDP they belong to, and go in their order', async () => {
  const session = await engine.open();
  const named = (candidate: string) => ({ candidate, sdpMid: '0' });
  session.addCandidate(named('1'));
  const jsep = await session.toHandset(offer);
  session.addCandidate(named('2'));
  await session.toPeer(browserAnswer(jsep));
  session.addCandidate({ completed: true });
  await expect.poll(() => janus.count('trickle')).toBe(2);

  const verbs = janus.asked.map((each) => each.body?.request ?? each.janus);
  expect(verbs.indexOf('generate')).toBeLessThan(verbs.indexOf('trickle'));
  expect(janus.asked.filter((each) => each.janus === 'trickle')).toMatchObject([
    { candidates: [named('1'), named('2')] },
    { candidate: { completed: true } },
  ]);
});

test('candidates of a renegotiation wait for it, and go on when it is refused', async () => {
  const session = await engine.open();
  const answer = browserAnswer(await session.toHandset(offer));
  await session.toPeer(answer);
  janus.fault = (asked) => (asked.body?.request === 'generate' ? { code: 465, reason: 'no' } : undefined);
  const refused = session.toPeer(browserOffer('audio'));
  const outcome = expect(refused).rejects.toMatchObject({ code: 'sdp-refused' });
  await expect.poll(() => janus.count('message')).toBe(3);

  session.addCandidate({ completed: true });
  await outcome;
  session.addCandidate({ candidate: 'late', sdpMid: '0' });

  await expect.poll(() => janus.count('trickle')).toBe(2);
});

test('candidates that come while an offer is worked on go after it', async () => {
  const session = await engine.open();
  await session.toPeer(browserAnswer(await session.toHandset(offer)));
  janus.fault = (asked) => (asked.body?.request === 'generate' ? 'lost' : undefined);
  const asked = session.toPeer(browserOffer('audio'));
  await expect.poll(() => janus.count('message')).toBe(3);

  session.addCandidate({ completed: true });
  // One socket: had the candidate gone out, Janus would have it before this.
  await (await engine.open()).toHandset(offer);
  const before = janus.count('trickle');
  clock.advance(10_000);
  await expect(asked).rejects.toMatchObject({ code: 'timeout' });

  await expect.poll(() => janus.count('trickle')).toBe(1);
  expect(before).toBe(0);
});

test('with a secret and a token, each request carries them', async () => {
  const secret = await engineAt(janus, { apiSecret: 's', token: 't' });
  await secret.close();

  const [first, ...others] = janus.asked.slice(janus.asked.findLastIndex((each) => each.janus === 'create'));
  for (const asked of [first!, ...others]) expect(asked).toMatchObject({ apisecret: 's', token: 't' });
});

const agreed = async (made: MediaEngine): Promise<MediaSession> => {
  const session = await made.open();
  await session.toPeer(browserAnswer(await session.toHandset(offer)));
  return session;
};

test('a recording is a request to Janus, in its words, under a name that is new each time', async () => {
  const folder = folderOfThisTest();
  const recorder = await engineAt(janus, { recordingDir: folder });
  const session = await agreed(recorder);

  const files = await session.record({ audio: true, peerAudio: true, filename: 'talk.wav' });
  await session.stopRecording({ audio: true, peerAudio: true, video: true });

  const asked = janus.asked.flatMap(({ body }) => (body?.request === 'recording' ? [body] : []));
  const filename = expect.stringMatching(/\/talk-\d{8}-\d{6}-\d{3}$/) as string;
  const sound = { audio: true, video: false, peer_audio: true, peer_video: false };
  expect(asked).toEqual([
    { request: 'recording', action: 'start', ...sound, filename },
    { request: 'recording', action: 'stop', ...sound },
  ]);
  expect(files.map((file) => file.replace(/^.*-\d{3}-/, ''))).toEqual(['user-audio.mjr', 'peer-audio.mjr']);
  await recorder.close();
});

test('without a folder for it recording is unsupported, and Janus is not asked', async () => {
  const session = await agreed(engine);

  await expect(session.record({ audio: true })).rejects.toMatchObject({ code: 'unsupported' });

  expect(janus.asked.some(({ body }) => body?.request === 'recording')).toBe(false);
});

test('Janus, which learns codecs from answers of the peer only, is told those of an answer of ours', async () => {
  const recorder = await engineAt(janus, { recordingDir: folderOfThisTest() });
  const session = await agreed(recorder);
  const lastAsked = (count: number) =>
    janus.asked
      .flatMap(({ body }) => (body ? [[body.request, body.type, body['action']]] : []))
      .slice(-count);

  await session.record({ audio: true });
  const first = lastAsked(2);
  const told = janus.asked.findLast(isProcess)!.body;
  await session.record({ peerAudio: true });
  const second = lastAsked(2);
  await session.toPeer(browserOffer('audio'));
  await session.toHandset({ type: 'answer', sdp: phoneSdp(...audio) });
  await session.stopRecording({ audio: true, peerAudio: true });
  await session.record({ audio: true });

  expect(first).toEqual([
    ['process', 'answer', undefined],
    ['recording', undefined, 'start'],
  ]);
  expect(told).toMatchObject({
    update: true,
    sdp: expect.stringContaining('m=audio 36000 RTP/AVP 0 8 101') as string,
  });
  expect(second).toEqual([first[1], first[1]]);
  expect(lastAsked(3)).toEqual([
    ['process', 'answer', undefined],
    ['recording', undefined, 'stop'],
    ['recording', undefined, 'start'],
  ]);
  await recorder.close();
});

test('a recording that Janus refuses is a recording that failed', async () => {
  const recorder = await engineAt(janus, { recordingDir: folderOfThisTest() });
  const session = await agreed(recorder);
  janus.fault = ({ body }) =>
    body?.request === 'recording' ? { code: 490, reason: 'no recording today' } : undefined;

  await expect(session.record({ audio: true })).rejects.toMatchObject({ code: 'recording-failed' });
  janus.fault = () => undefined;

  expect(await session.record({ audio: true })).toHaveLength(1);
  await recorder.close();
});
