import { randomBytes, randomFillSync } from 'node:crypto';

const poolBytes = 8_192;

/**
 * Makes a source of cryptographically strong random bytes as hex. They are drawn from the system in large pieces, for a call costs
 * more than its bytes; no byte is given out twice.
 */
export function makeRandomHex(): (bytes: number) => string {
  const pool = Buffer.allocUnsafe(poolBytes);
  let used = poolBytes;
  return (bytes) => {
    if (bytes > poolBytes) return randomBytes(bytes).toString('hex');
    if (used + bytes > poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    const text = pool.toString('hex', used, used + bytes);
    pool.fill(0, used, used + bytes);
    used += bytes;
    return text;
  };
}
