import type { Page } from 'playwright-core';
import type { ConnectionFacts } from './page-ear.ts';
import { until } from './until.ts';

/** What the youngest peer connection of the page has done so far. */
export async function connectionFacts(page: Page, index = -1): Promise<ConnectionFacts> {
  return page.evaluate((at) => window.pageEar.facts(at), index);
}

/** The strongest frequency the page receives at the moment, to about 6 Hz. */
export async function soundIn(page: Page, index = -1): Promise<number | undefined> {
  return page.evaluate((at) => window.pageEar.sound(at), index);
}

/** Waits until the page receives a tone of that frequency. @throws with what it heard instead */
export async function hearsTone(page: Page, frequency: number, timeoutMs = 10_000): Promise<void> {
  const heard: (number | undefined)[] = [];
  await until(
    `the page hears ${frequency} Hz`,
    async () => {
      const now = await soundIn(page);
      heard.push(now);
      return now !== undefined && Math.abs(now - frequency) < 15;
    },
    { timeoutMs, everyMs: 50 },
  ).catch((cause: unknown) => {
    const last = heard.slice(-5).map((one) => one?.toFixed(0) ?? 'silence');
    throw new Error(`${String(cause)}; heard ${last.join(', ')}`, { cause });
  });
}

/** Waits until the page has decoded more pictures than before. */
export async function seesPictures(page: Page, frames = 10, timeoutMs = 15_000): Promise<ConnectionFacts> {
  const decoded = async (): Promise<number> => (await connectionFacts(page)).received.video?.frames ?? 0;
  const before = await decoded();
  await until(
    `the page has decoded ${frames} more pictures`,
    async () => (await decoded()) >= before + frames,
    {
      timeoutMs,
      everyMs: 50,
    },
  );
  return connectionFacts(page);
}
