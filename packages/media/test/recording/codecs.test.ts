import { createHash } from 'node:crypto';
import { listen, sine } from '@soft-handset/parts/tone';
import { describe, expect, test } from 'vitest';
import { aLawOfPcm, muLawOfPcm, pcmOfALaw, pcmOfMuLaw } from '../../src/recording/g711.ts';
import { G722Decoder } from '../../src/recording/g722.ts';
import { Resampler } from '../../src/recording/resampler.ts';
import { SoundDecoder } from '../../src/recording/sound-decoder.ts';

/** 40 ms of a 700 Hz tone in noise, as ffmpeg 5.1 encoded it. */
const g722 = Buffer.from(
  'NIkhiCGEoKAmqB6/Gw0SELq3uTKsqboVkJiTmj1yLiz6XjjSylr/1Tp296o4fRtYyhp+ejGxNmvbG9Zb1pvVbvaz93NZ0ZmY' +
    'V/s+Xuy0M1dUVNj/1DdcMeu0Wh7TOtiNPvL+LTB+edBzz5//lupcrPV49lkRHFp29fYw6Nu0XXoMnfb9ta1v2rJa3FZ9jXR1' +
    'uW7/7s+uEVG02xpx7l9ad9NcGhEcOnC7/ere9lqYfZF3sTv4qlBxG1NXcgtveW9WsBo415jVWPH4t3cf7XX5SdqyetQ393Ax' +
    'Hx31GNb5lWwx8Rpy7tR30xdu2205+Osc31H9eXkQNHCvu7rR+J+a3liebusbeDX+90hz2rK4ve1e6pyTWX6+eVP59a2Yc07Y' +
    'H/2WOrVza0/8dZqaUlZ8t/ryut1ZdlnJ+x9wnDU/bN8=',
  'base64',
);

test('G.711: silence, the loudest and the smallest of both laws', () => {
  expect([...pcmOfMuLaw(Buffer.from('ff7f0080fe7e', 'hex'))]).toEqual([0, 0, -32_124, 32_124, 8, -8]);
  expect([...pcmOfALaw(Buffer.from('d555aa2ad454', 'hex'))]).toEqual([8, -8, 32_256, -32_256, 24, -24]);
});

for (const [law, pcmOf, ofPcm] of [
  ['mu-law', pcmOfMuLaw, muLawOfPcm],
  ['A-law', pcmOfALaw, aLawOfPcm],
] as const) {
  test(`G.711 ${law}: what a byte stands for is written as a byte that stands for the same`, () => {
    const all = pcmOf(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));

    expect([...pcmOf(ofPcm(all))]).toEqual([...all]);
  });

  test(`G.711 ${law}: each sample is written as near as its segment allows`, () => {
    const samples = Int16Array.from({ length: 65_536 }, (_, at) => at - 32_768);
    const heard = pcmOf(ofPcm(samples));

    const far = [...samples].filter((sample, at) => {
      const error = Math.abs(sample - (heard[at] ?? 0));
      return error > (Math.abs(sample) + 0x84) / 31 + 8;
    });
    expect(far.filter((sample) => Math.abs(sample) < 32_256)).toEqual([]);
  });
}

test('G.722 is decoded to the bit as ffmpeg does', () => {
  const samples = new G722Decoder().decode(g722);

  const bytes = Buffer.from(samples.buffer);
  expect([...samples.subarray(300, 306)]).toEqual([3933, 8586, 9637, 5612, 5499, 9827]);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '6c3cc4dfef70ebc1473d8d891bec46f2c94447add47e2f6f33fecd804f783aef',
  );
});

test('G.722 in packets is the same as in one piece', () => {
  const whole = new G722Decoder().decode(g722);
  const decoder = new G722Decoder();

  const pieces = [0, 80, 160, 240].flatMap((at) => [...decoder.decode(g722.subarray(at, at + 80))]);

  expect(pieces).toEqual([...whole]);
});

describe('a resampler', () => {
  for (const [from, to] of [
    [8000, 8000],
    [8000, 16_000],
    [8000, 48_000],
    [16_000, 48_000],
    [16_000, 8000],
  ] as const) {
    test(`keeps a tone from ${from} to ${to} Hz, and adds none`, () => {
      const resampler = new Resampler(from, to);
      const tone = sine(1000, from / 2, from);

      const made = Array.from({ length: 25 }, (_none, index) =>
        resampler.process(tone.slice((index * from) / 50, ((index + 1) * from) / 50)),
      );

      const samples = Int16Array.from(made.flatMap((piece) => [...piece]));
      const heard = listen(samples.subarray(to / 10), to);
      expect(samples).toHaveLength(to / 2);
      expect(heard?.frequency).toBe(1000);
      expect(heard?.share).toBeGreaterThan(0.999);
      expect(Math.max(...samples.subarray(to / 10))).toBeGreaterThan(15_500);
    });
  }

  test('lets nothing through that the lower rate cannot carry', () => {
    const resampler = new Resampler(16_000, 8000);

    const made = resampler.process(sine(5000, 8000, 16_000)).subarray(100);

    expect(Math.max(...made)).toBeLessThan(20);
  });
});

test('junk for Opus is no sound, and the next good packet is', async () => {
  const decoder = await SoundDecoder.create(8000);

  const junk = [Buffer.alloc(0), Buffer.from('ffff', 'hex'), Buffer.alloc(2000, 0xff)];
  const heard = junk.map((packet) => decoder.decode('opus', packet));
  // RFC 6716 §3.1: one frame of 20 ms without sound.
  const good = decoder.decode('opus', Buffer.from([0x78]));
  decoder.close();

  expect(heard).toEqual([undefined, undefined, undefined]);
  expect(good).toHaveLength(160);
});
