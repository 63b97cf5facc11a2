import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSignedCertificate } from '../src/embedded-certificate.ts';
import { payloadsOfAnswer, payloadsOfOffer } from '../src/embedded-payloads.ts';
import { lostByReports, rtcpParts, rtcpToHandset, rtcpToPeer } from '../src/embedded-rtcp.ts';
import { AnnouncedStream, isRtcp, isRtp, ReceivedStream } from '../src/embedded-stream.ts';
import { bytes, readRtp, rtp, type Rtp, words } from './rtp-packets.ts';

const announced = 1000;
const source = 7;

/** What the browser hears of packets that come from a peer, 20 ms after each other. */
function heard(packets: readonly Partial<Rtp>[]): Rtp[] {
  const stream = new AnnouncedStream(announced);
  return packets.map((packet, index) => {
    const bytesOf = rtp(packet);
    stream.rewrite(bytesOf, 8000, index * 20);
    return readRtp(bytesOf);
  });
}

const sequences = (packets: readonly Partial<Rtp>[]): number[] =>
  heard(packets).map(({ sequence }) => sequence);

test('a stream that only has gaps and disorder keeps its numbers, also around the end of them', () => {
  const own = [65_530, 65_534, 65_533, 2, 1, 300, 2900];

  expect(sequences(own.map((sequence) => ({ sequence })))).toEqual(own);
});

test('a source that begins anew under its old SSRC goes on where it stopped', () => {
  expect(sequences([{ sequence: 50_000 }, { sequence: 10 }, { sequence: 11 }])).toEqual([
    50_000, 50_001, 50_002,
  ]);
});

test('time goes on too: at the clock of the codec, for as long as the silence lasted', () => {
  const stream = new AnnouncedStream(announced);
  const first = rtp({ sequence: 1, timestamp: 1000, ssrc: 1 });
  const second = rtp({ sequence: 9, timestamp: 77, ssrc: 2 });

  stream.rewrite(first, 48_000, 0);
  stream.rewrite(second, 48_000, 500);

  expect(readRtp(second)).toMatchObject({ sequence: 2, timestamp: 1000 + 24_000, ssrc: announced });
});

test('losses are counted, and what comes late or twice is none', () => {
  const stream = new ReceivedStream();

  for (const sequence of [1, 2, 5, 4, 5, 8]) stream.count(rtp({ sequence }));

  expect(stream.takeLost()).toBe(3);
  expect(stream.takeLost()).toBe(0);
  expect(stream.packets).toBe(6);
});

test('RTP and RTCP are told apart, and both from junk', () => {
  expect([isRtp(rtp()), isRtcp(rtp())]).toEqual([true, false]);
  expect([isRtp(bytes([0x80c80001, 1, 1])), isRtcp(bytes([0x80c80001, 1, 1]))]).toEqual([false, true]);
  for (const junk of [Buffer.alloc(0), Buffer.from('junk of some length'), Buffer.alloc(11, 0x80)]) {
    expect([isRtp(junk), isRtcp(junk)]).toEqual([false, false]);
  }
});

/** A stream of that source, ahead of it by a restart from 50 to 9. */
function shiftedStream(): AnnouncedStream {
  const stream = new AnnouncedStream(announced);
  stream.rewrite(rtp({ sequence: 50, timestamp: 5000, ssrc: 1 }), 8000, 0);
  stream.rewrite(rtp({ sequence: 9, timestamp: 300, ssrc: source }), 8000, 20);
  return stream;
}

test("the peer's sender report reaches the browser with its SSRC and its time; SDES and BYE do not", () => {
  const report = [0x80c80006, source, 11, 12, 300, 13, 14];
  const description = [0x81ca0002, source, 0x01010061];
  const bye = [0x81cb0001, source];

  const made = rtcpToHandset(bytes([...report, ...description, ...bye]), shiftedStream());

  // 5000 + 20 ms of 8 kHz.
  expect(words(made!)).toEqual([0x80c80006, announced, 11, 12, 5160, 13, 14]);
});

test('a sender report of another source than the one that is heard is left out', () => {
  expect(rtcpToHandset(bytes([0x80c80006, 99, 11, 12, 300, 13, 14]), shiftedStream())).toBeUndefined();
});

test("the browser's report is cut in two, each for its own m-line, in the source's numbers", () => {
  const audio = { sends: new Set([21]), gets: shiftedStream() };
  const video = { sends: new Set([22]), gets: new AnnouncedStream(2000) };
  video.gets.rewrite(rtp({ sequence: 5, ssrc: 8 }), 90_000, 0);
  const block = (ssrc: number, highest: number): number[] => [ssrc, 0x01000003, highest, 4, 5, 6];

  const made = rtcpToPeer(
    bytes([0x82c8_0012, 21, 1, 2, 3, 4, 5, ...block(announced, 51), ...block(2000, 5)]),
    [audio, video],
  );

  expect(words(made.get(audio)!)).toEqual([0x81c8000c, 21, 1, 2, 3, 4, 5, ...block(source, 9)]);
  expect(words(made.get(video)!)).toEqual([0x81c90007, 21, ...block(8, 5)]);
});

test('FIR and REMB name the streams in their lists', () => {
  const line = { sends: new Set([21]), gets: shiftedStream() };
  const remb = Buffer.from('REMB').readUInt32BE(0);
  const fir = [0x84ce0004, 21, 0, announced, 0x01000000];
  const estimate = [0x8fce0005, 21, 0, remb, 0x01000fff, announced];

  const made = rtcpToPeer(bytes([...fir, ...estimate]), [line]).get(line);

  expect(words(made!)).toEqual([
    0x80c90001,
    21,
    ...[0x84ce0004, 21, 0, source, 0x01000000],
    ...[0x8fce0005, 21, 0, remb, 0x01000fff, source],
  ]);
});

test('feedback that the peer could not make sense of stays here: NACK, and what is about nobody', () => {
  const line = { sends: new Set([21]), gets: shiftedStream() };
  const nack = [0x81cd0003, 21, announced, 0x00090000];
  const pliForNobody = [0x81ce0002, 21, 4711];

  expect(rtcpToPeer(bytes([...nack, ...pliForNobody]), [line]).size).toBe(0);
});

test('RTCP that lies about its length is read as far as it is true', () => {
  const good = [0x80c90001, 21];

  expect(rtcpParts(bytes([...good, 0x80c8ffff, 1]))).toHaveLength(1);
  expect(rtcpParts(bytes([0x80c9_0000, 0x80c9_0000]))).toHaveLength(0);
  expect(rtcpToHandset(bytes([0x80c80001, source]), shiftedStream())).toBeUndefined();
  expect(lostByReports(bytes([0x9fc90001, 21]), announced)).toBeUndefined();
});

test('the loss that a browser reports is read, also the negative one of duplicates', () => {
  const report = (lost: number): Buffer => bytes([0x81c90007, 21, announced, lost, 0, 0, 0, 0]);

  expect(lostByReports(report(0x05000011), announced)).toBe(17);
  expect(lostByReports(report(0x05ffffff), announced)).toBe(-1);
});

const codec = (payload: number, name: string, rate = 8000) => ({ payload, name, rate });

test('a payload type that audio and video both use is another one for video at the handset; Opus has its own tones there', () => {
  const made = payloadsOfOffer([
    { kind: 'audio', codecs: [codec(96, 'opus', 48_000), codec(97, 'telephone-event')] },
    { kind: 'video', codecs: [codec(97, 'VP8', 90_000), codec(98, 'H264', 90_000)] },
  ]);

  const numbers = [...made.values()].map((line) => line.map(({ peer, handset }) => [peer, handset]));
  expect(numbers).toEqual([
    [
      [96, 96],
      [97, 97],
      [97, 99],
    ],
    [
      [97, 100],
      [98, 98],
    ],
  ]);
});

test('an answer that numbers a codec anew is put into the numbers of the offer', () => {
  const offered = [codec(111, 'opus', 48_000), codec(0, 'PCMU'), codec(126, 'telephone-event')];

  const made = payloadsOfAnswer(offered, [
    codec(0, 'pcmu'),
    codec(101, 'telephone-event'),
    codec(18, 'G729'),
  ]);

  expect(made.map(({ peer, handset }) => [peer, handset])).toEqual([
    [0, 0],
    [101, 126],
  ]);
});

test('our certificate is one, and its fingerprint is that of it', () => {
  const { certificatePem, fingerprint } = selfSignedCertificate(Date.parse('2031-05-06T07:08:09Z'));

  const read = new X509Certificate(certificatePem);
  expect(`sha-256 ${read.fingerprint256}`).toBe(fingerprint);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(Date.parse(read.validFrom)).toBeLessThan(Date.parse('2031-05-06'));
  expect(Date.parse(read.validTo)).toBeGreaterThan(Date.parse('2031-05-07'));
});
