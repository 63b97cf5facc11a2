import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import { type Call, calledByPhone, startEngine, waitLimitMs } from './embedded-world.ts';
import { rtp } from './rtp-packets.ts';

/* SRTP with the browser, which is libsrtp on both sides. */

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await startEngine();
});

afterAll(() => engine.close());

const over = (from: number, steps: readonly number[]): readonly number[] =>
  steps.reduce<number[]>((all, step) => [...all, (all.at(-1)! + step) & 0xffff], [from]);

/** Two packets at each place: the second tells whether the roll-over counter of the first was kept. */
const rollOvers = [
  ['without a loss', over(65_534, [1, 1, 1, 1])],
  ['with 300 packets lost across it', over(65_400, [1, 300, 1])],
  ['with 3000 packets lost across it', over(63_000, [1, 3000, 1])],
  ['twice, in leaps of almost half the numbers', over(40_000, [30_000, 30_000, 30_000, 30_000, 1])],
] as const;

/**
 * One after the other, each when the one before has come: UDP keeps no order. A phone's stream that leaps far is another one to us,
 * whose numbers go on for the browser where the first left off; then it is the count that tells.
 */
async function passes({ browser, phone }: Call, sequence: number, heard: readonly number[]): Promise<void> {
  browser.send(rtp({ sequence, ssrc: 5 }));
  phone.send(rtp({ sequence, ssrc: 6 }));
  await expect
    .poll(() => phone.rtp.map((packet) => packet.sequence), { timeout: waitLimitMs, interval: 2 })
    .toEqual(heard);
  await browser.hears(heard.length);
}

test.each(rollOvers)(
  'the sequence number rolls over %s: every packet that was sent is heard, both ways (RFC 3711 §3.3.1)',
  async (_how, sequences) => {
    const call = await calledByPhone(engine);

    for (const [index, sequence] of sequences.entries())
      await passes(call, sequence, sequences.slice(0, index + 1));

    expect(engine.counters()['handsetForged'] ?? 0).toBe(0);
  },
);

test('a phone that goes on when the browser has closed sends into nothing, and the other calls go on', async () => {
  const [leaving, staying] = [await calledByPhone(engine), await calledByPhone(engine)];
  const { pid } = engine;
  let sequence = 0;
  const talking = setInterval(() => leaving.phone.send(rtp({ sequence: (sequence += 1) })), 1);

  try {
    await leaving.browser.hears(5);
    leaving.browser.close();
    const heard = leaving.browser.rtp.length;
    const sent = sequence;
    await expect.poll(() => sequence, { timeout: waitLimitMs }).toBeGreaterThan(sent + 100);
    await staying.browser.hearsFrom(1, (next) => staying.phone.send(rtp({ sequence: next })));
    await staying.phone.hearsFrom(1, (next) => staying.browser.send(rtp({ sequence: next })));

    expect([leaving.browser.rtp.length, engine.pid]).toEqual([heard, pid]);
  } finally {
    clearInterval(talking);
  }
});
