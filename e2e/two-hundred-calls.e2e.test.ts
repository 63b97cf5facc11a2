import { expect, test } from 'vitest';
import { CallsOfAllKinds } from './world/calls-of-all-kinds.ts';
import { countsOf } from './world/counts.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

/** How often each kind of call is made; with those in Chromium more than 200. */
const times = 11;

const quickly = { needs: ['sipp'], config: { sessions: { reclaimMs: 500, leaveMs: 500 } } } as const;

describeOnEachEngine('two hundred calls of all kinds', quickly, (world) => {
  test('give back all they took', async () => {
    // What is opened once and kept is there after the first call: the engine's port for all browsers.
    await inChromium(1);
    await untilIdle();
    const before = await countsOf(world);

    const calls = (await new CallsOfAllKinds(world, times).make()) + (await inChromium(5));

    expect(calls).toBeGreaterThanOrEqual(200);
    // RFC 3261 §17: the longest transaction lives 64 times T1, 32 s.
    await expect
      .poll(async () => moreThan(before, await countsOf(world)), {
        timeout: 60_000,
        interval: 250,
        message: 'what is left behind',
      })
      .toEqual({});
  }, 400_000);

  /** Logins of the start have been answered and forgotten. */
  async function untilIdle(): Promise<void> {
    await expect
      .poll(() => countsOf(world), { timeout: 40_000, interval: 100 })
      .toMatchObject({ connections: 0, sessions: 0, calls: 0, lines: 0, sip_transactions: 0 });
  }

  async function inChromium(count: number): Promise<number> {
    const handset = await world.handset('1101');
    for (let call = 0; call < count; call += 1) {
      await handset.calls('600');
      await handset.isTold('accepted');
      await handset.hears(tones.handset);
      await handset.hangsUp();
    }
    await handset.close();
    return count;
  }
});

/** What there is more of than before, and how much. */
function moreThan(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  const grown = Object.entries(now).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, more]) => more > 0));
}
