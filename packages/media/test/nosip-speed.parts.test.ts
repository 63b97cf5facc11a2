import { expect, test } from 'vitest';
import type { MediaEngine } from '../src/engine.ts';
import { createNosipEngine } from '../src/nosip-engine.ts';
import { browserAnswer } from './browser.ts';
import { audio, phoneSdp } from './peer.ts';
import { describeWithJanus, realJanus } from './real-janus.ts';

/** Figures are printed, not judged: the machine is shared. The benchmark compares them with the stock plugin's. */
describeWithJanus('how fast the NoSIP engine is', () => {
  test('calls one after the other, and as many as go in two seconds with 10 and 40 at once', async () => {
    const janus = await realJanus();
    const engine = createNosipEngine({ url: janus.url });
    try {
      await expect.poll(() => engine.isUp).toBe(true);
      const serial: number[] = [];
      for (let call = 0; call < 100; call += 1) serial.push(await setUp(engine));
      console.log(
        `serial: p50 ${quantile(serial, 0.5)} ms, p95 ${quantile(serial, 0.95)} ms for open + process + generate`,
      );

      for (const atOnce of [10, 40]) {
        const until = performance.now() + 2000;
        const times: number[] = [];
        const line = async (): Promise<void> => {
          while (performance.now() < until) times.push(await setUp(engine));
        };
        await Promise.all(Array.from({ length: atOnce }, line));
        console.log(`${atOnce} at once: ${Math.round(times.length / 2)}/s, p50 ${quantile(times, 0.5)} ms`);
        expect(times.length).toBeGreaterThan(0);
      }
    } finally {
      await engine.close();
      await janus.dispose();
    }
  });
});

async function setUp(engine: MediaEngine): Promise<number> {
  const start = performance.now();
  const session = await engine.open();
  const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp(...audio) });
  await session.toPeer(browserAnswer(jsep));
  session.close();
  return performance.now() - start;
}

function quantile(values: readonly number[], part: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
}
