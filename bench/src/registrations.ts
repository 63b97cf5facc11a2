import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs, residentBytes } from '@soft-handset/parts';
import { JanusClient } from './janus-client.ts';
import type { JanusHandle } from './janus-client.ts';
import type { BenchUser, Side } from './side.ts';

export interface RegistrationFacts {
  readonly accounts: number;
  readonly perSecond: number;
  /** All processes of the side. */
  readonly processorMsPerAccount: number;
}

const settleMs = 2_000;
/** The stock plugin takes 100 ms for each, one after the other. */
const registerTimeoutMs = 120_000;

/** Registers all users at once, each on a handle of its own; afterwards they are as if they had never been. */
export async function registerAndLeave(side: Side, users: readonly BenchUser[]): Promise<RegistrationFacts> {
  const client = await JanusClient.connect(side.url);
  try {
    const processorBefore = await sumOf(side, processorMs);
    const startedAt = performance.now();
    const handles = await register(client, side, users);
    const tookMs = performance.now() - startedAt;
    const processor = (await sumOf(side, processorMs)) - processorBefore;
    await Promise.all(handles.map(leave));
    return {
      accounts: users.length,
      perSecond: (users.length / tookMs) * 1_000,
      processorMsPerAccount: processor / users.length,
    };
  } finally {
    await client.close();
  }
}

export interface StandingFacts {
  readonly perSecond: number;
  /** Growth of resident memory, all processes of the side. */
  readonly bytesPerAccount: number;
}

/** Registers all users at once and looks at what they take while they stay. */
export async function registerAndStay(side: Side, users: readonly BenchUser[]): Promise<StandingFacts> {
  await sleep(settleMs);
  const before = await sumOf(side, residentBytes);
  const client = await JanusClient.connect(side.url);
  try {
    const startedAt = performance.now();
    await register(client, side, users);
    const tookMs = performance.now() - startedAt;
    await sleep(settleMs);
    const grown = (await sumOf(side, residentBytes)) - before;
    return { perSecond: (users.length / tookMs) * 1_000, bytesPerAccount: grown / users.length };
  } finally {
    await client.close();
  }
}

function register(
  client: JanusClient,
  side: Side,
  users: readonly BenchUser[],
): Promise<readonly JanusHandle[]> {
  return Promise.all(
    users.map(async (user) => {
      const handle = await client.attach(side.plugin);
      await handle.message(side.register(user));
      await handle.hears('registered', registerTimeoutMs);
      return handle;
    }),
  );
}

async function leave(handle: JanusHandle): Promise<void> {
  await handle.message({ request: 'unregister' });
  await handle.hears('unregistered', registerTimeoutMs);
  await handle.detach();
}

async function sumOf(side: Side, read: (pid: number) => Promise<number>): Promise<number> {
  const all = await Promise.all(side.pids.map(read));
  return all.reduce((sum, one) => sum + one, 0);
}
