import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs } from '@soft-handset/parts';
import { browserOffer } from './browser-offer.ts';
import { JanusClient, type JanusHandle } from './janus-client.ts';
import { percentiles } from './percentiles.ts';
import type { BenchUser, Side } from './side.ts';

/** How long set-ups take, call to accepted, in milliseconds. */
export interface SetupFacts {
  readonly calls: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
}

export interface RateFacts extends SetupFacts {
  readonly handles: number;
  readonly perSecond: number;
  /** Of one core, all processes of the side. */
  readonly processorPercent: number;
}

const pauseMs = 20;

/** One call after the other on one handle. */
export async function serialSetups(
  side: Side,
  user: BenchUser,
  peer: string,
  calls: number,
): Promise<SetupFacts> {
  const client = await JanusClient.connect(side.url);
  try {
    const handle = await readyHandle(client, side, user);
    await callAndHangUp(handle, side, peer); // The first one pays for what is loaded once.
    const times: number[] = [];
    const failures: unknown[] = [];
    for (let call = 0; call < calls; call += 1) await timed(handle, side, peer, times, failures);
    return facts(times, failures);
  } finally {
    await client.close();
  }
}

/** All handles at once, each call after call, for some seconds. */
export async function setupRate(
  side: Side,
  users: readonly BenchUser[],
  peer: string,
  seconds: number,
): Promise<RateFacts> {
  const client = await JanusClient.connect(side.url);
  try {
    const handles: JanusHandle[] = [];
    for (const user of users) handles.push(await readyHandle(client, side, user));
    await Promise.all(handles.map((handle) => callAndHangUp(handle, side, peer)));

    const times: number[] = [];
    const failures: unknown[] = [];
    let inTime = 0;
    const processorBefore = await processorOf(side);
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1_000;
    await Promise.all(
      handles.map(async (handle) => {
        while (performance.now() < endsAt) {
          await timed(handle, side, peer, times, failures);
          // A call that runs into its time limit must not stretch the window for all.
          if (performance.now() < endsAt) inTime = times.length;
        }
      }),
    );
    const tookMs = performance.now() - startedAt;
    const processor = (await processorOf(side)) - processorBefore;
    return {
      ...facts(times, failures),
      handles: handles.length,
      perSecond: inTime / seconds,
      processorPercent: (processor / tookMs) * 100,
    };
  } finally {
    await client.close();
  }
}

async function readyHandle(client: JanusClient, side: Side, user: BenchUser): Promise<JanusHandle> {
  const handle = await client.attach(side.plugin);
  await handle.message(side.guest(user));
  await handle.hears('registered');
  return handle;
}

async function timed(
  handle: JanusHandle,
  side: Side,
  peer: string,
  times: number[],
  failures: unknown[],
): Promise<void> {
  try {
    times.push(await callAndHangUp(handle, side, peer));
  } catch (cause) {
    failures.push(cause);
    await sleep(500);
  }
}

/** Milliseconds from `call` to `accepted`. */
async function callAndHangUp(handle: JanusHandle, side: Side, peer: string): Promise<number> {
  const calledAt = performance.now();
  await handle.message({ request: 'call', uri: peer }, browserOffer);
  const { at } = await handle.hears('accepted');
  await handle.message({ request: 'hangup' });
  await handle.hearsAll(side.endOfCall);
  await sleep(pauseMs);
  return at - calledAt;
}

async function processorOf(side: Side): Promise<number> {
  const times = await Promise.all(side.pids.map(processorMs));
  return times.reduce((sum, time) => sum + time, 0);
}

function facts(times: readonly number[], failures: readonly unknown[]): SetupFacts {
  if (failures.length > 0) console.log(`  first of ${failures.length} failures: ${String(failures[0])}`);
  return { calls: times.length, failed: failures.length, ...percentiles(times) };
}
