import { expect, test } from 'vitest';
import { firstLoad, gzipBytes, kB, sdkBytes } from '../lib/size.mjs';

test('what waits until somebody wants it is not of the first load', () => {
  const files = ['index.html', 'assets/index-a1.js', 'assets/janus.es-b2.js', 'assets/recents-c3.js'];

  expect(firstLoad(files.map((name) => ({ name }))).map(({ name }) => name)).toEqual(files.slice(0, 3));
});

test('sizes are those after gzip, in kB of 1000 bytes', () => {
  expect(gzipBytes('a'.repeat(100_000))).toBeLessThan(300);
  expect([kB(1249), kB(36_049)]).toEqual([1.2, 36]);
});

test("the SDK's own part is what is left without janus.js", async () => {
  const { whole, own } = await sdkBytes();

  expect(own).toBeGreaterThan(5000);
  expect(whole - own).toBeGreaterThan(10_000);
});
