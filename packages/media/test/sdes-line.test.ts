import { expect, test } from 'vitest';
import { SdesLine } from '../src/sdes-line.ts';
import { freshKey } from '../src/srtp-keys.ts';

const long = { tag: 1, key: freshKey('AES_CM_128_HMAC_SHA1_80') };
const short = { tag: 2, key: freshKey('AES_CM_128_HMAC_SHA1_32') };

test('of what a peer offers the first is taken, or the first of the profile that is wanted', () => {
  const line = new SdesLine();

  expect(line.choiceOf([long, short])?.tag).toBe(1);
  expect(line.choiceOf([long, short], 'AES_CM_128_HMAC_SHA1_32')?.tag).toBe(2);
  expect(line.choiceOf([long], 'AES_CM_128_HMAC_SHA1_32')).toBeUndefined();
});

test('an answer with a suite that was not offered is none (RFC 4568 §5.1.3)', () => {
  const line = new SdesLine();

  const { cryptos } = line.offer('mandatory', 'AES_CM_128_HMAC_SHA1_32');

  expect(cryptos.map(({ tag, key }) => [tag, key.suite])).toEqual([[1, 'AES_CM_128_HMAC_SHA1_32']]);
  expect(line.takenUp([long])).toBeUndefined();
});
