import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaEngine } from '../src/engine.ts';
import { createNosipEngine } from '../src/nosip-engine.ts';
import { browserAnswer, browserOffer } from './browser.ts';
import { mediaEngineContract } from './engine-contract.ts';
import { janusHandles, settled, udpSockets } from './janus-counts.ts';
import { audio, mediaAt, phoneSdp, phoneSdpAt, video } from './peer.ts';
import { describeWithJanus, type RealJanus, realJanus } from './real-janus.ts';
import { tempFolder } from './temp-folder.ts';

const adminSecret = 'for the counts';
const spareHandles = 4;

async function isUp(engine: MediaEngine): Promise<void> {
  await expect.poll(() => engine.isUp, { interval: 10 }).toBe(true);
}

const counts = (janus: RealJanus) => async () => ({
  ports: await udpSockets(janus.pid),
  handles: await janusHandles(janus.adminUrl ?? '', adminSecret),
});

describeWithJanus('real Janus', () => {
  mediaEngineContract(
    'the NoSIP engine',
    async () => {
      const janus = await realJanus({ adminSecret });
      const recordings = tempFolder();
      const engine = createNosipEngine({ url: janus.url, spareHandles, recordingDir: recordings.path });
      await isUp(engine);
      await settled(counts(janus));
      return {
        engine,
        recordingDir: recordings.path,
        kill: () => janus.kill(),
        stop: async () => {
          await janus.dispose();
          recordings.remove();
        },
        resources: counts(janus),
      };
    },
    { records: true },
  );

  let janus: RealJanus;
  let engine: MediaEngine;

  beforeEach(async () => {
    janus = await realJanus({ adminSecret });
    engine = createNosipEngine({ url: janus.url, spareHandles, firstRetryMs: 20 });
    await isUp(engine);
  });

  afterEach(async () => {
    await engine.close();
    await janus.dispose();
  });

  test('60 calls whose ICE never comes up give back every UDP port and every handle', async () => {
    const before = await settled(counts(janus));
    const sessions = await Promise.all(Array.from({ length: 60 }, () => engine.open()));
    for (const session of sessions) {
      const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp(...audio) });
      await session.toPeer(browserAnswer(jsep));
    }
    const during = await counts(janus)();

    for (const session of sessions) session.close();

    expect(during.handles).toBeGreaterThanOrEqual(60);
    expect(during.ports - before.ports).toBeGreaterThanOrEqual(120);
    await expect.poll(counts(janus)).toEqual(before);
  });

  test('sessions that failed, were refused or closed half-way leave nothing either', async () => {
    const before = await settled(counts(janus));
    for (let round = 0; round < 10; round += 1) {
      const [refused, offered, halfway, aborted] = await Promise.all([1, 2, 3, 4].map(() => engine.open()));
      await refused!.toHandset({ type: 'offer', sdp: 'garbage' }).catch(() => undefined);
      await offered!.toPeer(browserOffer('audio-video'));
      await halfway!.toHandset({ type: 'offer', sdp: phoneSdp(...audio, ...video) });
      void aborted!.toHandset({ type: 'offer', sdp: phoneSdp(...audio) }).catch(() => undefined);
      for (const session of [refused, offered, halfway, aborted]) session!.close();
    }

    await expect.poll(counts(janus)).toEqual(before);
  });

  test('ICE that fails ends the session and gives the handle back', { timeout: 40_000 }, async () => {
    const before = await settled(counts(janus));
    const session = await engine.open();
    const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp(...audio) });
    await session.toPeer(browserAnswer(jsep));
    // Nobody answers there; a .local name is nobody's here, and must not keep Janus busy.
    session.addCandidate({ candidate: 'candidate:1 1 udp 2122265343 127.0.0.1 9 typ host', sdpMid: '0' });
    session.addCandidate({
      candidate: 'candidate:2 1 udp 2122265342 5c1a2b.local 9999 typ host',
      sdpMid: '0',
    });
    session.addCandidate({ completed: true });

    expect(await session.ended).toBe('ice-failed');
    await expect.poll(counts(janus)).toEqual(before);
  });

  test('Janus killed and started again on its port serves new calls', async () => {
    const lost = await engine.open();
    const wsPort = Number(new URL(janus.url).port);
    const changes: boolean[] = [];
    engine.onUpChange = (now) => void changes.push(now);
    janus.kill();
    await janus.exited;
    expect(await lost.ended).toBe('engine-lost');

    await janus.dispose();
    janus = await realJanus({ adminSecret, wsPort });
    await isUp(engine);
    const session = await engine.open();

    expect((await session.toHandset({ type: 'offer', sdp: phoneSdp(...audio) })).type).toBe('offer');
    expect(changes).toEqual([false, true]);
  });

  test('without Janus at its start the engine refuses at once, and comes up when Janus does', async () => {
    const wsPort = Number(new URL(janus.url).port);
    await janus.dispose();
    const early = createNosipEngine({ url: janus.url, firstRetryMs: 20, longestRetryMs: 200 });
    try {
      await expect(early.open()).rejects.toMatchObject({ code: 'engine-down' });

      janus = await realJanus({ adminSecret, wsPort });
      await isUp(early);

      expect((await early.open()).ended).toBeInstanceOf(Promise);
    } finally {
      await early.close();
    }
  });

  test('a phone that holds, switches video off and on again is followed on one handle', async () => {
    const session = await engine.open();
    const says = async (sdp: string) => {
      const jsep = await session.toHandset({ type: 'offer', sdp });
      return (await session.toPeer(browserAnswer(jsep))).sdp;
    };

    const first = await says(phoneSdp(...audio, ...video));
    const held = await says(phoneSdpAt('c=IN IP4 0.0.0.0', ...audio, ...video));
    const off = await says(phoneSdp(...audio, 'm=video 0 RTP/AVP 96'));
    const on = await says(phoneSdp(...audio, ...video));

    expect(mediaAt(held, 0)).toContain('a=recvonly');
    expect(mediaAt(off, 1)).toEqual(['m=video 0 RTP/AVP 96']);
    expect(mediaAt(on, 1)).toEqual(mediaAt(first, 1));
  });

  test('a name in c= is resolved before Janus sees it', async () => {
    const session = await engine.open();

    const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdpAt('c=IN IP4 localhost', ...audio) });

    expect((await session.toPeer(browserAnswer(jsep))).type).toBe('answer');
  });

  test('what the handset offers fits into a UDP packet', async () => {
    const session = await engine.open();

    const { sdp } = await session.toPeer(browserOffer('audio-video'));

    expect(sdp.length).toBeLessThan(900);
  });
});
