import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { residentBytes, runningProcesses } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallsOfAllKinds } from './world/calls-of-all-kinds.ts';
import { countsOf } from './world/counts.ts';
import type { EngineKind } from './world/engine.ts';
import { Handset } from './world/handset.ts';
import { SoakTable } from './world/soak-table.ts';
import { tones, World } from './world/world.ts';

/*
 * `npm run soak -- --minutes N`: calls of all kinds, round after round, and what they leave behind.
 */

const minutes = Number(process.env['SOAK_MINUTES'] ?? 1);
const engine: EngineKind = process.env['SOAK_ENGINE'] === 'nosip' ? 'nosip' : 'embedded';
const callsOfAKind = 2;
/** RFC 3261 §17: the longest transaction lives 64 times T1, 32 s. */
const idleTimeoutMs = 60_000;

describeWithParts(
  ['kamailio', 'sipp', 'chromium', ...(engine === 'nosip' ? ['janus' as const] : [])],
  'soak',
  () => {
    const world = new World({ engine, config: { sessions: { reclaimMs: 500, leaveMs: 500 } } });
    const collectGarbage = garbageCollector();
    const failures: string[] = [];
    beforeAll(() => world.open());
    afterAll(() => world.close());

    test('calls of all kinds leave nothing behind, however long it lasts', async () => {
      // What is loaded, compiled and grown once is so after the first round.
      await round();
      await untilIdle();
      const before = await countsOf(world);
      const table = new SoakTable();
      const startedAt = performance.now();
      const passed = (): number => (performance.now() - startedAt) / 60_000;

      table.add(await sample(0, 0));
      let calls = 0;
      while (passed() < minutes) {
        calls += await round();
        table.add(await sample(passed(), calls));
      }
      await expect
        .poll(async () => grownSince(before, await countsOf(world)), {
          timeout: idleTimeoutMs,
          interval: 500,
          message: 'what has grown',
        })
        .toEqual([]);
      table.add(await sample(passed(), calls));

      const grown = table.grownMemory();
      console.log(grown.length === 0 ? 'nothing has grown' : `grown: ${grown.join(', ')}`);
      expect(grown).toEqual([]);
    });

    async function round(): Promise<number> {
      const failed = (cause: unknown): void => {
        failures.push(String(cause));
        console.log(`a call failed: ${String(cause)}`);
      };
      const calls = await new CallsOfAllKinds(world, callsOfAKind, failed).make();
      return calls + (await callInChromium().catch((cause: unknown) => (failed(cause), 0)));
    }

    /** With a login and a tab of its own. */
    async function callInChromium(): Promise<number> {
      const handset = new Handset(await (await world.browser()).open(`${world.origin}/`));
      try {
        await handset.logsIn({ account: '1101' });
        await handset.calls('600');
        await handset.isTold('accepted');
        await handset.hears(tones.handset);
        await handset.hangsUp();
      } finally {
        await handset.close();
      }
      return 1;
    }

    async function untilIdle(): Promise<void> {
      await expect
        .poll(() => countsOf(world), { timeout: idleTimeoutMs, interval: 250 })
        .toMatchObject({ calls: 0, lines: 0, sip_transactions: 0 });
    }

    /** The gateway, Kamailio's and Chromium's drivers run in this process; the engine is a child of it. */
    async function sample(atMinutes: number, calls: number): Promise<Readonly<Record<string, number>>> {
      collectGarbage();
      const { heapUsed, rss } = process.memoryUsage();
      const children = (await runningProcesses()).filter(
        ({ parent, command }) => parent === process.pid && /embedded-child|janus\.jcfg/.test(command),
      );
      const resident = await Promise.all(children.map(({ pid }) => residentBytes(pid)));
      return {
        minutes: atMinutes,
        made: calls,
        failed: failures.length,
        'heap MB': heapUsed / 2 ** 20,
        'RSS MB': rss / 2 ** 20,
        'engine MB': resident.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20,
        ...(await countsOf(world)),
      };
    }
  },
);

function grownSince(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(now).flatMap(([name, value]) => {
    const was = before[name] ?? 0;
    return value > was ? [`${name} from ${was} to ${value}`] : [];
  });
}

/** Memory that nobody uses any more is no growth. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
