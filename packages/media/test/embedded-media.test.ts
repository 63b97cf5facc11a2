import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import {
  calledByPhone,
  engineOfThisTest,
  pcmu,
  startEngine,
  SyntheticBrowser,
  UdpPhone,
  waitLimitMs,
} from './embedded-world.ts';
import { linesOf, mediaAt, mLines } from './peer.ts';
import { bytes, rtp, words } from './rtp-packets.ts';

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await startEngine();
});

afterAll(() => engine.close());

const ssrcIn = (sdp: string): number => Number(/^a=ssrc:(\d+)/m.exec(sdp)?.[1]);
/** RFC 4585 §6.3.1. */
const pli = (sender: number, media: number): Buffer => bytes([0x81ce0002, sender, media]);
/** Long enough for what must not come to have come. */
const aWhile = (): Promise<void> => pause(60);

test('RTP goes both ways, and the browser hears the SSRC that it was told', async () => {
  const { browser, phone, jsep } = await calledByPhone(engine);

  browser.send(rtp({ sequence: 5, ssrc: 99 }));
  phone.send(rtp({ sequence: 6, ssrc: 77 }));

  expect(await phone.hears(1)).toEqual([{ payload: 0, sequence: 5, timestamp: 160, ssrc: 99 }]);
  const ssrc = ssrcIn(jsep.sdp);
  expect(await browser.hears(1)).toEqual([{ payload: 0, sequence: 6, timestamp: 160, ssrc }]);
});

test('the handset may offer; media flows as soon as the peer has answered', async () => {
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const phone = await UdpPhone.start();

  const offer = await session.toPeer(await browser.offers());
  phone.hearsSdp(offer.sdp);
  const answer = await session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu) });
  browser.hearsAnswer(answer);
  await browser.isConnected();

  expect(answer.sdp).toMatch(/^a=setup:passive/m);
  await browser.hearsFrom(2, (sequence) => phone.send(rtp({ sequence })));
  await phone.hearsFrom(3, (sequence) => browser.send(rtp({ sequence })));
});

test('a phone that sends before DTLS is up does no harm', async () => {
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const phone = await UdpPhone.start();
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const browserSays = await browser.answers(jsep);
  const answer = await session.toPeer(browserSays);
  phone.hearsSdp(answer.sdp);

  for (let sequence = 0; sequence < 12; sequence += 1) phone.send(rtp({ sequence }));
  await browser.isConnected();

  await browser.hearsFrom(12, (sequence) => phone.send(rtp({ sequence })));
});

test('candidates that come before the SDP, and without any in the SDP, are used', async () => {
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const phone = await UdpPhone.start();
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const { type, sdp } = await browser.answers(jsep);

  session.addCandidate({ candidate: 'candidate:9 1 udp 1 5c1a2b.local 9999 typ host', sdpMid: '0' });
  for (const line of linesOf(sdp)) {
    if (line.startsWith('a=candidate:')) session.addCandidate({ candidate: line.slice(2), sdpMid: '0' });
  }
  session.addCandidate({ completed: true });
  await session.toPeer({ type, sdp: sdp.replaceAll(/^a=candidate:.*\r\n/gm, '') });

  await browser.isConnected();
});

test('a browser without a single candidate connects: its checks tell where it is', async () => {
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const phone = await UdpPhone.start();
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const { type, sdp } = await browser.answers(jsep);

  await session.toPeer({ type, sdp: sdp.replaceAll(/^a=candidate:.*\r\n/gm, '') });

  await browser.isConnected();
});

for (const [from, to] of [
  [40_000, 3000],
  [3000, 40_000],
  [65_000, 100],
] as const) {
  test(`another source takes over at sequence ${to} after ${from}: the browser hears one stream go on`, async () => {
    const { browser, phone } = await calledByPhone(engine);

    phone.send(rtp({ sequence: from, ssrc: 1, timestamp: 5000 }));
    phone.send(rtp({ sequence: from + 1, ssrc: 1, timestamp: 5160 }));
    phone.send(rtp({ sequence: to, ssrc: 2, timestamp: 900_000 }));
    phone.send(rtp({ sequence: to + 1, ssrc: 2, timestamp: 900_160 }));

    const heard = await browser.hears(4);
    expect(new Set(heard.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(heard.map(({ sequence }) => sequence)).toEqual([from, from + 1, from + 2, from + 3]);
    expect(heard[2]!.timestamp - heard[1]!.timestamp).toBeGreaterThanOrEqual(160);
    expect(heard[3]!.timestamp - heard[2]!.timestamp).toBe(160);
  });
}

test('the peer is where its first packet comes from, a stranger of the same machine is not heard', async () => {
  const { browser, phone } = await calledByPhone(engine);
  const behindNat = await UdpPhone.start();
  const late = await UdpPhone.start();
  behindNat.enginePort = late.enginePort = phone.enginePort;

  behindNat.send(rtp({ sequence: 1 }));
  await browser.hears(1);
  late.send(rtp({ sequence: 100, ssrc: 666 }));
  phone.send(rtp({ sequence: 101, ssrc: 666 }));
  behindNat.send(rtp({ sequence: 2 }));
  browser.send(rtp({ sequence: 50 }));

  await behindNat.hears(1);
  expect((await browser.hears(2)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(phone.rtp).toEqual([]);
});

test('nobody of another machine is taken for the peer, nor is junk', async () => {
  const { browser, phone } = await calledByPhone(engine);
  const stranger = await UdpPhone.start('127.0.0.2');
  stranger.enginePort = phone.enginePort;

  stranger.send(rtp({ sequence: 100 }));
  phone.send(Buffer.from('junk'));
  phone.send(rtp({ payload: 77 }));
  await aWhile();
  browser.send(rtp());
  await phone.hears(1);
  phone.send(rtp({ sequence: 7 }));

  expect((await browser.hears(1)).map(({ sequence }) => sequence)).toEqual([7]);
  expect(stranger.rtp).toEqual([]);
});

test('with latching off only the signalled port is the peer; with any, whoever comes first', async () => {
  const strict = await calledByPhone(await engineOfThisTest({ latching: 'off' }));
  const open = await calledByPhone(await engineOfThisTest({ latching: 'any' }));
  const stranger = await UdpPhone.start('127.0.0.2');

  stranger.enginePort = strict.phone.enginePort;
  stranger.send(rtp({ sequence: 1 }));
  await aWhile();
  strict.phone.send(rtp({ sequence: 2 }));
  stranger.enginePort = open.phone.enginePort;
  stranger.send(rtp({ sequence: 3 }));

  expect((await strict.browser.hears(1)).map(({ sequence }) => sequence)).toEqual([2]);
  expect((await open.browser.hears(1)).map(({ sequence }) => sequence)).toEqual([3]);
});

test('a peer that has moved is heard there, whatever comes late from where it was', async () => {
  const { session, browser, phone } = await calledByPhone(engine);
  const moved = await UdpPhone.start();
  moved.enginePort = phone.enginePort;
  phone.send(rtp({ sequence: 1 }));
  await browser.hears(1);
  const jsep = await session.toHandset({ type: 'offer', sdp: moved.sdp(...pcmu) });
  await session.toPeer(await browser.answers(jsep));

  phone.send(rtp({ sequence: 2 }));
  await browser.hears(2);
  moved.send(rtp({ sequence: 500, ssrc: 777 }));
  await browser.hears(3);
  phone.send(rtp({ sequence: 3 }));
  moved.send(rtp({ sequence: 501, ssrc: 777 }));
  browser.send(rtp());

  await moved.hears(1);
  expect(await browser.hears(4)).toHaveLength(4);
  expect(phone.rtp).toEqual([]);
});

test('a peer that moves by a new offer is waited for anew, once that is answered', async () => {
  const { session, browser, phone } = await calledByPhone(engine);
  const moved = await UdpPhone.start();
  moved.enginePort = phone.enginePort;
  phone.send(rtp({ sequence: 1 }));
  await browser.hears(1);

  const jsep = await session.toHandset({ type: 'offer', sdp: moved.sdp(...pcmu) });
  browser.send(rtp({ sequence: 1 }));
  await phone.hears(1);
  await session.toPeer(await browser.answers(jsep));
  browser.send(rtp({ sequence: 2 }));
  moved.send(rtp({ sequence: 2, ssrc: 8 }));

  expect(await moved.hears(1)).toMatchObject([{ sequence: 2 }]);
  expect(await browser.hears(2)).toHaveLength(2);
});

test('an inactive peer is sent nothing, and gets sound again when it resumes, over the same transport', async () => {
  const { session, browser, phone } = await calledByPhone(engine);
  const offers = async (...more: string[]) => {
    const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu, ...more) });
    await session.toPeer(await browser.answers(jsep));
    return jsep;
  };

  const held = await offers('a=inactive');
  browser.send(rtp({ sequence: 1 }));
  await aWhile();
  const resumed = await offers();
  browser.send(rtp({ sequence: 2 }));

  expect((await phone.hears(1)).map(({ sequence }) => sequence)).toEqual([2]);
  const ufrag = (sdp: string) => /^a=ice-ufrag:.*$/m.exec(sdp)?.[0];
  expect(ufrag(held.sdp)).toBe(ufrag(resumed.sdp));
});

test('a hold of the gateway alone, which the handset does not hear of, stops the sound too', async () => {
  const { session, browser, phone } = await calledByPhone(engine);

  await session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu, 'a=inactive') });
  browser.send(rtp({ sequence: 1 }));
  await aWhile();
  await session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu) });
  browser.send(rtp({ sequence: 2 }));

  expect((await phone.hears(1)).map(({ sequence }) => sequence)).toEqual([2]);
});

test('the same payload type in audio and video is two towards the browser', async () => {
  const video = await UdpPhone.start();
  const lines = ['m=audio PORT RTP/AVP 96', 'a=rtpmap:96 opus/48000/2'];
  const more = [`m=video ${video.port} RTP/AVP 96`, 'a=rtpmap:96 VP8/90000'];

  const { session, browser, phone, jsep } = await calledByPhone(engine, { lines: [...lines, ...more] });
  const [, vp8] = mLines(jsep.sdp).map((line) => Number(line.split(' ').at(-1)));
  const again = await session.toHandset({ type: 'offer', sdp: phone.sdp(...lines, ...more) });
  const answer = await session.toPeer(await browser.answers(again));
  video.hearsSdp(answer.sdp, 'video');
  browser.send(rtp({ payload: 96, ssrc: 1 }));
  browser.send(rtp({ payload: vp8!, ssrc: 2 }));
  video.send(rtp({ payload: 96, ssrc: 3 }));

  expect(vp8).not.toBe(96);
  expect(mLines(answer.sdp).map((line) => line.split(' ').at(-1))).toEqual(['96', '96']);
  expect(await phone.hears(1)).toMatchObject([{ payload: 96, ssrc: 1 }]);
  expect(await video.hears(1)).toMatchObject([{ payload: 96, ssrc: 2 }]);
  expect(await browser.hears(1)).toMatchObject([{ payload: vp8 }]);
});

test('video is added and dropped in the call, on the same transport', async () => {
  const { session, browser, phone } = await calledByPhone(engine);
  const video = await UdpPhone.start();
  const withVideo = [...pcmu, `m=video ${video.port} RTP/AVP 98`, 'a=rtpmap:98 VP8/90000'];

  const added = await session.toHandset({ type: 'offer', sdp: phone.sdp(...withVideo) });
  const answer = await session.toPeer(await browser.answers(added));
  video.hearsSdp(answer.sdp, 'video');
  browser.send(rtp({ payload: 98, ssrc: 2 }));
  await video.hears(1);
  const off = [...pcmu, 'm=video 0 RTP/AVP 98'];
  const dropped = await session.toHandset({ type: 'offer', sdp: phone.sdp(...off) });
  const without = await session.toPeer(await browser.answers(dropped));
  browser.send(rtp({ payload: 98, sequence: 2, ssrc: 2 }));
  browser.send(rtp({ sequence: 3, ssrc: 1 }));

  expect(mediaAt(dropped.sdp, 1)).toContain('a=inactive');
  expect(mLines(without.sdp)[1]).toMatch(/^m=video 0 /);
  expect(await phone.hears(1)).toHaveLength(1);
  expect(video.rtp).toHaveLength(1);
});

test('ICE restarted by the browser: another transport takes over, media goes on', async () => {
  const { session, browser, phone, jsep } = await calledByPhone(engine);
  phone.send(rtp({ sequence: 1 }));
  await browser.hears(1);

  const offer = await session.toPeer(await browser.offers('audio', { restart: true }));
  const answer = await session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu) });
  browser.hearsAnswer(answer);
  await browser.isConnected();

  const ufrag = (sdp: string) => /^a=ice-ufrag:.*$/m.exec(sdp)?.[0];
  expect(ufrag(answer.sdp)).not.toBe(ufrag(jsep.sdp));
  expect(mLines(offer.sdp)[0]).toContain(`m=audio ${phone.enginePort} `);
  await phone.hearsFrom(9, (sequence) => browser.send(rtp({ sequence })));
  await browser.hearsFrom(2, (sequence) => phone.send(rtp({ sequence })));
  expect(new Set(browser.rtp.map(({ ssrc }) => ssrc))).toEqual(new Set([ssrcIn(jsep.sdp)]));
});

test('a key frame is asked for by the SSRC that the other side knows, both ways', async () => {
  const lines = ['m=video PORT RTP/AVP 98', 'a=rtpmap:98 VP8/90000'];
  const { browser, phone, jsep } = await calledByPhone(engine, { lines });
  browser.send(rtp({ payload: 98, ssrc: 11 }));
  phone.send(rtp({ payload: 98, ssrc: 22 }));
  await Promise.all([browser.hears(1), phone.hears(1)]);

  browser.send(pli(11, ssrcIn(jsep.sdp)));
  phone.sendRtcp(pli(22, 11));

  // RFC 3550 §6.1: an empty report comes first.
  expect((await phone.hearsRtcp()).map(words)).toEqual([[0x80c90001, 11, 0x81ce0002, 11, 22]]);
  const announced = ssrcIn(jsep.sdp);
  expect((await browser.hearsRtcp()).map(words)).toEqual([
    [0x80c90001, announced, 0x81ce0002, announced, 11],
  ]);
});

test('RFC 4585 §6.3.1: the server asks for a key frame, of the one side or the other', async () => {
  const lines = ['m=video PORT RTP/AVP 98', 'a=rtpmap:98 VP8/90000'];
  const { browser, phone, jsep, session } = await calledByPhone(engine, { lines });
  browser.send(rtp({ payload: 98, ssrc: 11 }));
  phone.send(rtp({ payload: 98, ssrc: 22 }));
  await Promise.all([browser.hears(1), phone.hears(1)]);

  await session.askForKeyframe({ handset: false, peer: true });
  const [sender, ...asked] = words((await phone.hearsRtcp())[0]!).slice(1);
  await session.askForKeyframe({ handset: true, peer: false });

  expect(asked).toEqual([0x81ce0002, sender, 22]);
  // Of each stream that the browser is known to have.
  const announced = ssrcIn(jsep.sdp);
  await expect
    .poll(() => browser.rtcp.map(words), { timeout: waitLimitMs })
    .toContainEqual([0x80c90001, announced, 0x81ce0002, announced, 11]);
});

test('a call without pictures has no key frames', async () => {
  const { session } = await calledByPhone(engine);

  await expect(session.askForKeyframe({ handset: true, peer: true })).rejects.toMatchObject({
    code: 'unsupported',
  });
});

test('what the handset hears of its media: up once, receiving, and no more receiving', async () => {
  const heard: unknown[] = [];
  const handler = {
    webrtcUp: () => heard.push('up'),
    media: (facts: object) => heard.push(facts),
  };
  const { browser } = await calledByPhone(engine, { handler });

  browser.send(rtp({ sequence: 1 }));

  const facts = { type: 'audio', mid: '0' };
  await vi.waitFor(() => expect(heard).toHaveLength(3), waitLimitMs);
  expect(heard).toEqual(['up', { ...facts, receiving: true }, { ...facts, receiving: false }]);
});

test('a peer that owes sound and sends nothing is told as silent, and as back', async () => {
  const told: unknown[] = [];
  const handler = { silence: (facts: object) => told.push(facts) };
  const { phone } = await calledByPhone(await engineOfThisTest({ silenceMs: 300 }), { handler });
  const facts = { type: 'audio', mid: '0' };

  await vi.waitFor(() => expect(told).toEqual([{ ...facts, isSilent: true }]), waitLimitMs);
  let sequence = 0;
  await vi.waitFor(() => {
    phone.send(rtp({ sequence: (sequence += 1) }));
    expect(told[1]).toEqual({ ...facts, isSilent: false });
  }, waitLimitMs);
});

test('packets that are lost on the way from the handset are told as a slow link', async () => {
  const heard: unknown[] = [];
  const { browser } = await calledByPhone(engine, { handler: { slowLink: (facts) => heard.push(facts) } });

  for (const sequence of [1, 2, 20, 21]) browser.send(rtp({ sequence }));

  await vi.waitFor(() => expect(heard).toHaveLength(1), waitLimitMs);
  expect(heard).toEqual([{ media: 'audio', mid: '0', uplink: true, lost: 17 }]);
});

test('a browser with another certificate than its SDP says is not connected', async () => {
  const heard: unknown[] = [];
  const session = await engine.open({ webrtcUp: () => heard.push('up') });
  const browser = new SyntheticBrowser();
  const phone = await UdpPhone.start();
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const { type, sdp } = await browser.answers(jsep);

  const forged = sdp.replace(/(?<=^a=fingerprint:sha-256 )../m, (byte) => (byte === 'FF' ? '00' : 'FF'));
  await session.toPeer({ type, sdp: forged });

  expect(await session.ended).toBe('ice-failed');
  expect(heard).toEqual([]);
});
