import { describe, expect, test } from 'vitest';
import { levelOf } from '../src/meter.ts';
import { mosOf } from '../src/mos.ts';
import { compareReports } from '../src/stats.ts';

/* How good a call is, out of what browsers count. */

describe('the E-model', () => {
  test.each<[line: string, impairments: Parameters<typeof mosOf>[0], from: number, to: number]>([
    ['nothing in the way', { lossPercent: 0, delayMs: 0, codec: 'PCMU' }, 4.35, 4.45],
    ['100 ms one way', { lossPercent: 0, delayMs: 100, codec: 'opus' }, 4.3, 4.4],
    ['400 ms one way', { lossPercent: 0, delayMs: 400, codec: 'opus' }, 2.5, 3.3],
    ['2 % lost', { lossPercent: 2, delayMs: 20, codec: 'PCMA' }, 4, 4.3],
    ['10 % lost', { lossPercent: 10, delayMs: 20, codec: 'PCMA' }, 2.9, 3.6],
    ['all lost', { lossPercent: 100, delayMs: 20, codec: 'PCMA' }, 1, 1.5],
    ['a codec that is worse by itself', { lossPercent: 0, delayMs: 20, codec: 'G729' }, 3.9, 4.2],
    ['a codec that nobody knows', { lossPercent: 0, delayMs: 20, codec: undefined }, 4.3, 4.45],
  ])('%s', (_, impairments, from, to) => {
    const mos = mosOf(impairments);

    expect(mos).toBeGreaterThanOrEqual(from);
    expect(mos).toBeLessThanOrEqual(to);
  });

  test('more loss and more delay are never better', () => {
    const scores = [0, 1, 2, 5, 10, 30, 60].map((lossPercent) =>
      mosOf({ lossPercent, delayMs: 10 * lossPercent, codec: 'opus' }),
    );

    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });
});

describe('the statistics of a call', () => {
  const report = (at: number, { received = 0, lost = 0, bytes = 0 } = {}) => [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    { id: 'P', type: 'candidate-pair', localCandidateId: 'L', currentRoundTripTime: 0.02 },
    { id: 'L', type: 'local-candidate', candidateType: 'relay' },
    { id: 'C', type: 'codec', mimeType: 'audio/opus' },
    {
      id: 'I',
      type: 'inbound-rtp',
      kind: 'audio',
      timestamp: at,
      codecId: 'C',
      packetsReceived: received,
      packetsLost: lost,
      bytesReceived: bytes,
      jitter: 0.004,
    },
    { id: 'O', type: 'outbound-rtp', kind: 'audio', timestamp: at, bytesSent: 2 * bytes },
    { id: 'V', type: 'inbound-rtp', kind: 'video', timestamp: at, packetsReceived: 1, packetsLost: 99 },
    { id: 'R', type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.25, roundTripTime: 0.04 },
  ];

  test('count from the look before', () => {
    const before = report(10_000, { received: 1_000, lost: 500, bytes: 10_000 });
    const stats = compareReports(report(12_000, { received: 1_090, lost: 510, bytes: 20_000 }), before);

    expect(stats).toMatchObject({
      roundTripMs: 40,
      jitterMs: 4,
      lossPercent: 10,
      sentLossPercent: 25,
      codec: 'opus',
      receivedKbps: 40,
      sentKbps: 80,
      path: 'relay',
    });
    expect(stats.mos).toBeLessThan(3.8);
  });

  test('at the first look all that was lost counts, and there are no rates', () => {
    const stats = compareReports(report(1_000, { received: 99, lost: 1 }));

    expect(stats).toMatchObject({ lossPercent: 1, receivedKbps: undefined, sentKbps: undefined });
  });

  test('a browser that tells nothing gives nothing away', () => {
    expect(compareReports([])).toMatchObject({
      roundTripMs: undefined,
      jitterMs: undefined,
      lossPercent: undefined,
      codec: undefined,
      mos: undefined,
      path: undefined,
    });
  });

  test('packets that turn up after all are no loss below zero', () => {
    const before = report(1_000, { received: 100, lost: 10 });

    expect(compareReports(report(2_000, { received: 160, lost: 5 }), before).lossPercent).toBe(0);
  });
});

describe('the level of a microphone', () => {
  const tone = (amplitude: number): Float32Array =>
    Float32Array.from({ length: 1_000 }, (_, at) => amplitude * Math.sin(at / 5));

  test('is 0 for silence, near 1 for all that it can, and half way for -30 dB', () => {
    expect(levelOf(new Float32Array(1_000))).toBe(0);
    expect(levelOf(tone(1))).toBeCloseTo(0.95, 1);
    expect(levelOf(tone(0.0447))).toBeCloseTo(0.5, 1);
    expect(levelOf(tone(0.00001))).toBe(0);
  });
});
