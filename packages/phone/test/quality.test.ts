import { expect, test } from 'vitest';
import { fall, meterShare, readSample, soundBetween } from '../src/quality.ts';
import type { SoundSample } from '../src/quality.ts';

const start: SoundSample = {
  at: 0,
  ourLevel: 0,
  theirLevel: 0,
  received: 1000,
  lost: 10,
  jitterMs: 5,
  delayMs: 40,
  codec: 'opus',
};
const after = (change: Partial<SoundSample>): SoundSample => ({
  ...start,
  at: 4000,
  received: 1200,
  ...change,
});

const judged: [string, Partial<SoundSample>, string][] = [
  ['everything arrives in time', {}, 'good'],
  ['a little is lost', { lost: 12 }, 'good'],
  ['five in a hundred are lost', { received: 1190, lost: 20 }, 'unsteady'],
  ['packets come unevenly', { jitterMs: 50 }, 'unsteady'],
  ['the way is long', { delayMs: 400 }, 'unsteady'],
  ['a fifth is lost', { received: 1160, lost: 50 }, 'poor'],
  ['the way is very long', { delayMs: 900 }, 'poor'],
  ['nothing arrives', { received: 1000 }, 'none'],
  ['the delay is not known', { delayMs: undefined }, 'good'],
];
for (const [sentence, change, word] of judged)
  test(`when ${sentence} the sound is ${word}`, () => {
    expect(soundBetween(start, after(change)).quality).toBe(word);
  });

test('a report is read whatever else the browser puts in', () => {
  const sample = readSample(
    [
      ['v', { type: 'inbound-rtp', kind: 'video', packetsReceived: 7 }],
      [
        'a',
        {
          type: 'inbound-rtp',
          kind: 'audio',
          packetsReceived: 100,
          packetsLost: 2,
          jitter: 0.0123,
          audioLevel: 0.5,
          codecId: 'c',
        },
      ],
      ['m', { type: 'media-source', kind: 'audio', audioLevel: 0.25 }],
      ['p', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.042 }],
      ['c', { type: 'codec', mimeType: 'audio/PCMA' }],
    ],
    77,
  );

  expect(sample).toEqual({
    at: 77,
    ourLevel: 0.25,
    theirLevel: 0.5,
    received: 100,
    lost: 2,
    jitterMs: 12,
    delayMs: 42,
    codec: 'PCMA',
  });
});

test('an empty report is silence, not an error', () => {
  expect(readSample([], 0)).toMatchObject({ ourLevel: 0, received: 0, delayMs: undefined, codec: undefined });
});

test('the ladder runs from -60 to 0 dBFS', () => {
  expect([0, 0.0001, 0.001, 0.0316, 1, 3].map((level) => Number(meterShare(level).toFixed(2)))).toEqual([
    0, 0, 0, 0.5, 1, 1,
  ]);
});

test('the ladder rises at once and falls slowly', () => {
  expect(fall(0.2, 0.9)).toBe(0.9);
  expect(fall(0.9, 0)).toBeCloseTo(0.84);
  expect(fall(0.01, 0)).toBe(0);
});
