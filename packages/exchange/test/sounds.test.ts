import { pcmOfALaw, pcmOfMuLaw } from '@soft-handset/media/g711';
import { describe, expect, test } from 'vitest';
import { FrameQueue } from '../src/frame-queue.ts';
import { payloadStart } from '../src/rtp-line.ts';
import { chime, milliwatt, music } from '../src/sounds.ts';

describe('the measuring tone', () => {
  test('ITU-T G.711 tables 5 and 6: is the digital milliwatt, 1 kHz in eight bytes', () => {
    const [mu] = milliwatt.PCMU;
    const [a] = milliwatt.PCMA;

    expect(mu?.toString('hex')).toBe('1e0b0b1e9e8b8b9e'.repeat(20));
    expect(a?.toString('hex')).toBe('34212134b4a1a1b4'.repeat(20));
  });

  for (const [law, pcmOf] of [
    ['PCMU', pcmOfMuLaw],
    ['PCMA', pcmOfALaw],
  ] as const) {
    test(`in ${law} is at 0 dBm0: 3.14 dB (A: 3.17 dB) below the loudest sine`, () => {
      const samples = pcmOf(milliwatt[law][0]!);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const loudest = Math.max(...pcmOf(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))));
      const below = 10 * Math.log10(loudest ** 2 / 2 / power);

      expect(below).toBeGreaterThan(3);
      expect(below).toBeLessThan(3.3);
    });
  }
});

describe('the music', () => {
  const samples = pcmOfMuLaw(Buffer.concat(music().PCMU));

  test('is whole frames of some seconds in both laws', () => {
    const { PCMU, PCMA } = music();

    expect(PCMU.length).toBe(600);
    expect(PCMA.length).toBe(600);
    expect(new Set(PCMU.map(({ length }) => length))).toEqual(new Set([160]));
  });

  test('is heard all the time, and never clipped', () => {
    for (let at = 0; at < samples.length; at += 1_600) {
      const part = samples.subarray(at, at + 1_600);
      expect(Math.max(...part)).toBeGreaterThan(500);
      expect(Math.max(...part)).toBeLessThan(31_000);
    }
  });

  test('goes on where it began, without a click', () => {
    const steps = samples.map((sample, at) => Math.abs(sample - (samples[at - 1] ?? sample)));
    const seam = Math.abs((samples[0] ?? 0) - (samples.at(-1) ?? 0));

    expect(seam).toBeLessThanOrEqual(Math.max(...steps));
  });

  test('begins behind a chime', () => {
    expect(chime().PCMA.length).toBe(100);
  });
});

describe('what a speaker has said', () => {
  const frame = (value: number) => new Int16Array(160).fill(value);
  const said = (queue: FrameQueue) => queue.take()?.[0];

  test('is heard in its order, across the end of the sequence numbers', () => {
    const queue = new FrameQueue();
    for (const sequence of [65_535, 1, 0]) queue.put(frame(sequence % 100), sequence);

    expect([said(queue), said(queue), said(queue)]).toEqual([35, 0, 1]);
  });

  test('waits for three packets, so that a late one leaves no gap', () => {
    const queue = new FrameQueue();
    queue.put(frame(1), 1);
    queue.put(frame(2), 2);
    expect(said(queue)).toBeUndefined();
    queue.put(frame(3), 3);

    expect(said(queue)).toBe(1);
  });

  test('is left out when it comes too late', () => {
    const queue = new FrameQueue();
    for (const sequence of [1, 2, 3, 4]) queue.put(frame(sequence), sequence);
    expect([said(queue), said(queue)]).toEqual([1, 2]);

    queue.put(frame(1), 1);

    expect([said(queue), said(queue), said(queue)]).toEqual([3, 4, undefined]);
  });

  test('never waits longer than 200 ms', () => {
    const queue = new FrameQueue();
    for (let sequence = 0; sequence < 1_000; sequence++) queue.put(frame(sequence), sequence);

    expect(said(queue)).toBe(990);
  });

  test('may come in packets of 40 ms, or be cut off', () => {
    const queue = new FrameQueue();
    const long = new Int16Array(320).fill(7, 160);
    for (const sequence of [1, 2]) queue.put(long, sequence);
    queue.put(new Int16Array(10).fill(9), 3);

    expect([said(queue), said(queue), said(queue), said(queue)]).toEqual([0, 7, 0, 7]);
    expect([...(queue.take() ?? [])].slice(8, 12)).toEqual([9, 9, 0, 0]);
  });
});

describe('RFC 3550 §5.1: where the payload of a packet begins', () => {
  const cases: readonly (readonly [what: string, hex: string, start: number | undefined])[] = [
    ['behind twelve bytes', '800000010000000000000001ff', 12],
    ['behind contributing sources', '8200000100000000000000010000000200000003ff', 20],
    ['behind an extension', '900000010000000000000001bede000112345678ff', 20],
    ['nowhere: too short', '8000000100000000000000', undefined],
    ['nowhere: another version', '000000010000000000000001ff', undefined],
    ['nowhere: an extension that is longer than the packet', '900000010000000000000001bedeffff00', undefined],
    ['nowhere: sources that are not there', '8f0000010000000000000001', undefined],
  ];
  for (const [what, hex, start] of cases) {
    test(what, () => {
      expect(payloadStart(Buffer.from(hex, 'hex'))).toBe(start);
    });
  }
});
