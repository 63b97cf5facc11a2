import { expect, test } from 'vitest';
import { makeRandomHex } from '../src/random.ts';

const randomHex = makeRandomHex();

test('as many bytes as asked for, and never the same twice', () => {
  const texts = Array.from({ length: 5_000 }, () => randomHex(8));

  expect(texts.every((text) => /^[0-9a-f]{16}$/.test(text))).toBe(true);
  expect(new Set(texts).size).toBe(5_000);
  expect(randomHex(10_000)).toHaveLength(20_000);
});

test('each bit is set about as often as not', () => {
  const bits = Buffer.from(Array.from({ length: 2_000 }, () => randomHex(16)).join(''), 'hex');

  const ones = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);

  expect(Math.abs(ones / (bits.length * 8) - 0.5)).toBeLessThan(0.01);
});
