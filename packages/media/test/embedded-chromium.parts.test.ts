import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Chromium,
  connectionFacts,
  hearsTone,
  type RtpPeer,
  seesPictures,
  startChromium,
  startRtpPeer,
  until,
} from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';
import type { Candidate, Jsep } from '@soft-handset/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import type { MediaSession, MediaSessionHandler } from '../src/engine.ts';
import { startEngine } from './embedded-world.ts';
import { mLines, phoneSdp } from './peer.ts';

type Page = Awaited<ReturnType<Chromium['open']>>;

/** Runs in the page: one connection, which trickles. */
const handsetScript = `
  window.handset = {
    async connection(video) {
      if (this.made) return this.made;
      this.made = new RTCPeerConnection();
      this.made.onicecandidate = ({ candidate }) =>
        void window.trickle(candidate ? candidate.toJSON() : { completed: true });
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
      for (const track of stream.getTracks()) this.made.addTrack(track, stream);
      return this.made;
    },
    async answers(offer) {
      const made = await this.connection(/^m=video [1-9]/m.test(offer.sdp));
      await made.setRemoteDescription(offer);
      await made.setLocalDescription();
      return made.localDescription.toJSON();
    },
    async offers({ video, restart }) {
      const made = await this.connection(video);
      if (restart) made.restartIce();
      await made.setLocalDescription();
      return made.localDescription.toJSON();
    },
    async addsVideo() {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      this.made.addTrack(stream.getTracks()[0], stream);
    },
    hears(answer) { return this.made.setRemoteDescription(answer); },
    presses(tones) { this.made.getSenders().find(({ dtmf }) => dtmf).dtmf.insertDTMF(tones, 100); },
    close() { this.made.close(); },
  };
`;

describeWithParts(['chromium'], 'the embedded engine with real Chromium', () => {
  let engine: EmbeddedEngine;
  let chromium: Chromium;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,">');
  });

  beforeAll(async () => {
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    engine = await startEngine();
    chromium = await startChromium({ frequency: 620 });
  });

  afterAll(async () => {
    await chromium.close();
    await engine.close();
    server.closeAllConnections();
    server.close();
  });

  async function handset(session: MediaSession): Promise<Page> {
    const parts = partsOfThisTest();
    const page = await chromium.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await parts.use(Promise.resolve({ close: () => page.close() }));
    await page.exposeFunction('trickle', (candidate: Candidate) => session.addCandidate(candidate));
    await page.addScriptTag({ content: handsetScript });
    return page;
  }

  const asks = <T>(page: Page, call: string, argument?: unknown): Promise<T> =>
    page.evaluate<T>(`window.handset.${call}(${argument === undefined ? '' : JSON.stringify(argument)})`);

  async function rtpPeer(options?: Parameters<typeof startRtpPeer>[0]): Promise<RtpPeer> {
    return partsOfThisTest().use(startRtpPeer(options));
  }

  async function opened(handler?: MediaSessionHandler): Promise<MediaSession> {
    const session = await engine.open(handler);
    await partsOfThisTest().use(Promise.resolve({ close: async () => session.close() }));
    return session;
  }

  const portOf = (sdp: string, kind = 'audio'): number =>
    Number(new RegExp(`^m=${kind} (\\d+)`, 'm').exec(sdp)?.[1]);

  async function peerHears(peer: RtpPeer, frequency: number): Promise<void> {
    await until(`the peer hears ${frequency} Hz`, async () => {
      const heard = peer.hears();
      return heard !== undefined && Math.abs(heard.frequency - frequency) < 15 && heard.share > 0.8;
    });
  }

  for (const [codec, payload] of [
    ['PCMU', 0],
    ['PCMA', 8],
  ] as const) {
    test(`a call from a phone with ${codec}: each hears the other's tone`, async () => {
      const session = await opened();
      const page = await handset(session);
      const peer = await rtpPeer({ says: { frequency: 440, codec } });

      const jsep = await session.toHandset({
        type: 'offer',
        sdp: phoneSdp(`m=audio ${peer.port} RTP/AVP ${payload}`),
      });
      const answer = await session.toPeer(await asks<Jsep>(page, 'answers', jsep));
      peer.sendTo(portOf(answer.sdp));

      await hearsTone(page, 440);
      await peerHears(peer, 620);
      const facts = await connectionFacts(page);
      expect(facts.received.audio).toMatchObject({ codec, lost: 0 });
      await until('a sender report', async () => peer.rtcpTypes.includes(200));
    });
  }

  for (const codec of ['VP8', 'H264'] as const) {
    test(`a video call of the handset: its ${codec} pictures come back, after a key frame was asked for`, async () => {
      const heard: unknown[] = [];
      const session = await opened({ media: (facts) => heard.push(facts) });
      const page = await handset(session);
      const sound = await rtpPeer({ says: { frequency: 440 } });
      const pictures = await rtpPeer({ echo: true });

      const offer = await session.toPeer(await asks<Jsep>(page, 'offers', { video: true }));
      const payload = new RegExp(`^a=rtpmap:(\\d+) ${codec}/`, 'm').exec(offer.sdp)?.[1] ?? '';
      const parameters = new RegExp(`^a=fmtp:${payload} .*$`, 'm').exec(offer.sdp)?.[0].trim();
      const sdp = phoneSdp(
        `m=audio ${sound.port} RTP/AVP 0`,
        `m=video ${pictures.port} RTP/AVP ${payload}`,
        `a=rtpmap:${payload} ${codec}/90000`,
        ...(parameters === undefined ? [] : [parameters]),
      );
      await asks(page, 'hears', await session.toHandset({ type: 'answer', sdp }));
      sound.sendTo(portOf(offer.sdp));

      const facts = await seesPictures(page, 30);
      await hearsTone(page, 440);
      expect(facts.received.video).toMatchObject({ codec, lost: 0 });
      expect(pictures.rtcpTypes).toContain(201);
      expect(heard).toContainEqual({ type: 'audio', mid: '0', receiving: true });
      expect(heard).toContainEqual({ type: 'video', mid: '1', receiving: true });
    });
  }

  test('the handset adds video and restarts ICE in the call: sound goes on, on the same ports', async () => {
    const session = await opened();
    const page = await handset(session);
    const sound = await rtpPeer({ says: { frequency: 440 } });
    const pictures = await rtpPeer({ echo: true });
    const audio = `m=audio ${sound.port} RTP/AVP 0`;
    const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp(audio) });
    const answer = await session.toPeer(await asks<Jsep>(page, 'answers', jsep));
    sound.sendTo(portOf(answer.sdp));
    await hearsTone(page, 440);
    const reoffers = async (options: object): Promise<string> => {
      const offer = await session.toPeer(await asks<Jsep>(page, 'offers', options));
      const payload = /^a=rtpmap:(\d+) VP8/m.exec(offer.sdp)?.[1] ?? '';
      const video = [`m=video ${pictures.port} RTP/AVP ${payload}`, `a=rtpmap:${payload} VP8/90000`];
      const sdp = phoneSdp(audio, ...video);
      await asks(page, 'hears', await session.toHandset({ type: 'answer', sdp }));
      return offer.sdp;
    };

    await asks(page, 'addsVideo');
    const withVideo = await reoffers({});
    await seesPictures(page, 20);
    const restarted = await reoffers({ restart: true });
    // Chromium stays on a path that works for two seconds or three, while its DTLS is already for the other.
    await until('the new path is up', async () => (await connectionFacts(page)).state === 'connected', {
      timeoutMs: 10_000,
    });
    const before = sound.packets;
    await until('sound goes on', async () => sound.packets > before + 50);
    await seesPictures(page, 20);

    await hearsTone(page, 440);
    await peerHears(sound, 620);
    expect([withVideo, restarted].map((sdp) => portOf(sdp))).toEqual([
      portOf(answer.sdp),
      portOf(answer.sdp),
    ]);
    expect(mLines(restarted)).toHaveLength(2);
  });

  test('keys that are pressed reach the phone as telephone-events', async () => {
    const session = await opened();
    const page = await handset(session);
    const peer = await rtpPeer({ says: { frequency: 440 } });
    const sdp = phoneSdp(`m=audio ${peer.port} RTP/AVP 0 101`, 'a=rtpmap:101 telephone-event/8000');
    const answer = await session.toPeer(
      await asks<Jsep>(page, 'answers', await session.toHandset({ type: 'offer', sdp })),
    );
    peer.sendTo(portOf(answer.sdp));
    await hearsTone(page, 440);
    const { packets, bytes } = peer;

    await asks(page, 'presses', '12#');

    // An event has 4 bytes where sound has 160.
    await until('packets of events', async () => {
      const sounds = peer.packets - packets;
      return sounds > 50 && peer.bytes - bytes < sounds * 172 - 15 * 156;
    });
  });

  test('a page that closes its connection ends the session', async () => {
    const session = await opened();
    const page = await handset(session);
    const peer = await rtpPeer({ says: { frequency: 440 } });
    const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp(`m=audio ${peer.port} RTP/AVP 0`) });
    const answer = await session.toPeer(await asks<Jsep>(page, 'answers', jsep));
    peer.sendTo(portOf(answer.sdp));
    await hearsTone(page, 440);

    await asks(page, 'close');

    expect(await session.ended).toBe('closed');
  });

  test('how long a call takes to its first sound: figures are printed, not judged', async () => {
    const times: number[] = [];
    for (let call = 0; call < 20; call += 1) {
      let up: () => void = () => undefined;
      const isUp = new Promise<void>((resolve) => (up = resolve));
      const session = await engine.open({ webrtcUp: () => up() });
      const page = await handset(session);
      await asks(page, 'connection', false);
      const start = performance.now();
      const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp('m=audio 40000 RTP/AVP 0') });
      await session.toPeer(await asks<Jsep>(page, 'answers', jsep));
      await isUp;
      times.push(performance.now() - start);
      session.close();
      await page.close();
    }
    times.sort((a, b) => a - b);

    console.log(`offer to connected: p50 ${times[10]?.toFixed(0)} ms, p95 ${times[18]?.toFixed(0)} ms`);
    expect(times).toHaveLength(20);
  });
});
