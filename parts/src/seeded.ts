/** The same sequence of numbers in [0, 1) for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** For a test that mutates: the same in each run of the tests, other ones in each round of `npm run fuzz`. */
export function fuzzed(seed: number): () => number {
  return seeded(seed + Number(process.env['FUZZ_SEED'] ?? 0));
}
