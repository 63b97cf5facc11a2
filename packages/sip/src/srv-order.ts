import type { SrvRecord } from './dns.ts';

/**
 * The order in which servers are tried: by priority, within one by chance in proportion to their weights (RFC 2782).
 * @param random numbers in [0, 1)
 */
export function inSrvOrder(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    byWeight(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

/** Those of weight 0 stand in front, so that they are drawn only where the number drawn is 0, or when they are left alone. */
function byWeight(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const left = [...records].sort((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = random() * total;
    let sum = 0;
    const at = left.findIndex(({ weight }) => (sum += weight) > drawn);
    ordered.push(...left.splice(Math.max(at, 0), 1));
  }
  return ordered;
}

/**
 * Numbers in [0, 1) that are the same for the same text: all requests of one Call-ID take the servers in one order, so that a
 * registration stays with its server and a challenge is answered to whom it came from.
 */
export function chanceOf(text: string): () => number {
  let state = 2_166_136_261;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
