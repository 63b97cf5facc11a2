import { expect, test } from 'vitest';
import { directionStats, mosOf } from '../src/media-stats.ts';
import { ReceivedQuality } from '../src/received-quality.ts';
import { SentQuality } from '../src/sent-quality.ts';
import { bytes, rtp } from './rtp-packets.ts';

test('MOS by the E-model: what is known of it from G.107 and G.113', () => {
  const sound = { packets: 1000, lost: 0, jitterMs: 0 };

  // R = 92.6: G.711 without loss and delay is "very satisfied".
  expect(mosOf(sound, {})).toBeCloseTo(4.4, 1);
  // 5 % lost with concealment: R = 76.8, "some users dissatisfied" begins at 80.
  expect(mosOf({ ...sound, packets: 950, lost: 50 }, {})).toBeCloseTo(3.9, 1);
  // 400 ms one way: R = 59, "nearly all users dissatisfied" begins at 60.
  expect(mosOf(sound, { roundTripMs: 750 })).toBeCloseTo(3.05, 1);
  expect(mosOf({ ...sound, packets: 50, lost: 100_000 }, { roundTripMs: 5000 })).toBe(1);
});

test('MOS falls with loss on either stretch, with jitter and with delay, and is not told of little or of pictures', () => {
  const clean = { packets: 1000, lost: 0, jitterMs: 1 };
  const best = mosOf(clean, { lost: 0 })!;

  expect(mosOf({ ...clean, lost: 20 }, {})).toBeLessThan(best);
  expect(mosOf(clean, { lost: 20 })).toBeLessThan(best);
  expect(mosOf({ ...clean, jitterMs: 80 }, {})).toBeLessThan(best);
  expect(mosOf(clean, { roundTripMs: 300 })).toBeLessThan(best);
  expect(mosOf({ packets: 49 }, {})).toBeUndefined();
  expect(directionStats(clean, {}, 'video')).toEqual({ received: clean, sent: {} });
  expect(directionStats(clean, {}, 'audio').mos).toBe(best);
});

test('what is missing is counted over the wrap, and what comes late is taken off', () => {
  const quality = new ReceivedQuality();

  for (const sequence of [65_533, 65_534, 1, 65_535, 2, 2, 5]) {
    quality.count(rtp({ sequence, timestamp: 160 * sequence }), 8000, 0);
  }

  expect(quality.stats).toMatchObject({ packets: 7, bytes: 7 * 172, lost: 3 });
});

test('another source, or one that begins anew, has lost nothing by that', () => {
  const quality = new ReceivedQuality();

  for (const packet of [
    rtp({ sequence: 10 }),
    rtp({ sequence: 9000, ssrc: 8 }),
    rtp({ sequence: 9001, ssrc: 8 }),
    rtp({ sequence: 40_000, ssrc: 8 }),
  ]) {
    quality.count(packet, 8000, 0);
  }

  expect(quality.stats).toMatchObject({ packets: 4, lost: 0 });
});

test('jitter is that of RFC 3550: a stream that comes evenly has none, one that wavers by 10 ms comes near to 10', () => {
  const even = new ReceivedQuality();
  const wavering = new ReceivedQuality();

  for (let index = 0; index < 200; index += 1) {
    const packet = rtp({ sequence: index, timestamp: 160 * index });
    even.count(packet, 8000, 20 * index);
    wavering.count(packet, 8000, 20 * index + (index % 2) * 10);
  }

  expect(even.stats.jitterMs).toBe(0);
  expect(wavering.stats.jitterMs).toBeCloseTo(10, 0);
});

test('a pause in which the clock stood, and packets of one frame, are no jitter', () => {
  const quality = new ReceivedQuality();

  quality.count(rtp({ sequence: 1, timestamp: 0 }), 8000, 0);
  quality.count(rtp({ sequence: 2, timestamp: 160 }), 8000, 20);
  quality.count(rtp({ sequence: 3, timestamp: 320 }), 8000, 5020);
  quality.count(rtp({ sequence: 4, timestamp: 320 }), 8000, 5100);

  expect(quality.stats).toMatchObject({ lost: 0, jitterMs: 0 });
});

const report = (ssrc: number, { lost = 0, jitter = 0, lastReport = 0, delay = 0 }): Buffer =>
  bytes([0x81c90007, 99, ssrc, lost, 0, jitter, lastReport, delay]);

test('a receiver reports loss, jitter and, on a sender report that went by, the round trip', () => {
  const quality = new SentQuality();
  const isOurs = (ssrc: number): boolean => ssrc === 7;
  // NTP seconds 0x11112222, fraction 0x33334444: the middle is 0x22223333.
  quality.passed(bytes([0x80c80006, 7, 0x11112222, 0x33334444, 0, 0, 0]), 1000);

  quality.count(rtp());
  quality.reported(report(8, { lost: 500 }), isOurs, 8000, 1100);
  quality.reported(
    report(7, { lost: 0x05000011, jitter: 80, lastReport: 0x22223333, delay: 32_768 }),
    isOurs,
    8000,
    1540,
  );

  expect(quality.stats).toEqual({ packets: 1, bytes: 172, lost: 17, jitterMs: 10, roundTripMs: 40 });
});

test('reports that lie about their length, and on reports that nobody saw, are read as far as they are true', () => {
  const quality = new SentQuality();

  quality.reported(bytes([0x9fc90001, 99]), () => true, 8000, 0);
  quality.passed(bytes([0x80c80001, 7]), 0);
  quality.reported(report(7, { lost: 0x05ffffff, lastReport: 1 }), () => true, 8000, 0);

  expect(quality.stats).toEqual({ packets: 0, bytes: 0, lost: 0, jitterMs: 0 });
});
