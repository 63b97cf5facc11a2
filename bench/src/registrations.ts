import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs, residentBytes } from '@soft-handset/parts';
import { JanusClient } from './janus-client.ts';
import type { BenchUser, Side } from './side.ts';

export interface RegistrationFacts {
  readonly accounts: number;
  readonly perSecond: number;
  /** All processes of the side. */
  readonly processorMsPerAccount: number;
  /** Growth of resident memory for each account, all processes of the side. */
  readonly bytesPerAccount: number;
}

const settleMs = 2_000;
/** The stock plugin takes 100 ms for each, one after the other. */
const registerTimeoutMs = 120_000;

/**
 * Registers all users at once, each on a handle of its own, and looks at the memory they hold.
 * Some others have registered and gone before, so that neither side pays for its first time.
 */
export async function registerAll(
  side: Side,
  first: readonly BenchUser[],
  users: readonly BenchUser[],
): Promise<RegistrationFacts> {
  await registerAndGo(side, first);
  await sleep(settleMs);
  const before = await sumOf(side, residentBytes);
  const client = await JanusClient.connect(side.url);
  try {
    const processorBefore = await sumOf(side, processorMs);
    const startedAt = performance.now();
    await register(client, side, users);
    const tookMs = performance.now() - startedAt;
    const processor = (await sumOf(side, processorMs)) - processorBefore;
    await sleep(settleMs);
    const grown = (await sumOf(side, residentBytes)) - before;
    return {
      accounts: users.length,
      perSecond: (users.length / tookMs) * 1_000,
      processorMsPerAccount: processor / users.length,
      bytesPerAccount: grown / users.length,
    };
  } finally {
    await client.close();
  }
}

async function registerAndGo(side: Side, users: readonly BenchUser[]): Promise<void> {
  const client = await JanusClient.connect(side.url);
  try {
    for (const handle of await register(client, side, users)) await handle.detach();
  } finally {
    await client.close();
  }
}

async function register(client: JanusClient, side: Side, users: readonly BenchUser[]) {
  return Promise.all(
    users.map(async (user) => {
      const handle = await client.attach(side.plugin);
      await handle.message(side.register(user));
      await handle.hears('registered', registerTimeoutMs);
      return handle;
    }),
  );
}

async function sumOf(side: Side, read: (pid: number) => Promise<number>): Promise<number> {
  const all = await Promise.all(side.pids.map(read));
  return all.reduce((sum, one) => sum + one, 0);
}
