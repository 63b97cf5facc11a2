import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs } from '@soft-handset/parts';
import { browserOffer } from './browser-offer.ts';
import { JanusClient, type JanusHandle } from './janus-client.ts';
import { percentiles } from './percentiles.ts';
import type { BenchUser, Side } from './side.ts';

/** How long set-ups took, call to accepted, in milliseconds. */
export interface SetupFacts {
  readonly times: readonly number[];
  readonly failed: number;
}

export interface RateFacts extends SetupFacts {
  readonly perSecond: number;
  /** Of one core, all processes of the side. */
  readonly processorPercent: number;
}

const pauseMs = 20;
const pauseAfterFailureMs = 500;

/** A client of one side with a handle for each user, fit for calls, as often as wanted. */
export class Callers {
  readonly #side: Side;
  readonly #peer: string;
  readonly #client: JanusClient;
  readonly #lines: readonly Line[];

  private constructor(side: Side, peer: string, client: JanusClient, lines: readonly Line[]) {
    this.#side = side;
    this.#peer = peer;
    this.#client = client;
    this.#lines = lines;
  }

  static async open(side: Side, users: readonly BenchUser[], peer: string): Promise<Callers> {
    const client = await JanusClient.connect(side.url);
    const lines: Line[] = [];
    for (const user of users) lines.push({ user, handle: await attached(client, side, user) });
    return new Callers(side, peer, client, lines);
  }

  /** One call after the other on the first line. */
  async serial(calls: number): Promise<SetupFacts> {
    const facts = new Setups();
    for (let call = 0; call < calls; call += 1) await this.#timed(this.#lines[0], facts);
    return facts;
  }

  /** So many handles at once, each call after call, for some seconds. */
  async together(handles: number, seconds: number): Promise<RateFacts> {
    const facts = new Setups();
    const processorBefore = await this.#processor();
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1_000;
    let inTime = 0;
    await Promise.all(
      this.#lines.slice(0, handles).map(async (line) => {
        while (performance.now() < endsAt) {
          await this.#timed(line, facts);
          // A call that runs into its time limit must not stretch the window for all.
          if (performance.now() < endsAt) inTime = facts.times.length;
        }
      }),
    );
    const tookMs = performance.now() - startedAt;
    const processor = (await this.#processor()) - processorBefore;
    return {
      times: facts.times,
      failed: facts.failed,
      perSecond: inTime / seconds,
      processorPercent: (processor / tookMs) * 100,
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #timed(line: Line | undefined, facts: Setups): Promise<void> {
    if (!line) return;
    try {
      facts.times.push(await this.#callAndHangUp(line.handle));
    } catch (cause) {
      if ((facts.failed += 1) === 1) console.log(`  a call failed: ${String(cause)}`);
      await sleep(pauseAfterFailureMs);
      // What the handle may still hold of the call would fail every later one.
      await line.handle.detach();
      line.handle = await attached(this.#client, this.#side, line.user);
    }
  }

  /** Milliseconds from `call` to `accepted`. */
  async #callAndHangUp(handle: JanusHandle): Promise<number> {
    const calledAt = performance.now();
    await handle.message({ request: 'call', uri: this.#peer }, browserOffer);
    const { at } = await handle.hears('accepted');
    await handle.message({ request: 'hangup' });
    await handle.hearsAll(this.#side.endOfCall);
    await sleep(pauseMs);
    return at - calledAt;
  }

  async #processor(): Promise<number> {
    const times = await Promise.all(this.#side.pids.map(processorMs));
    return times.reduce((sum, time) => sum + time, 0);
  }
}

interface Line {
  readonly user: BenchUser;
  handle: JanusHandle;
}

async function attached(client: JanusClient, side: Side, user: BenchUser): Promise<JanusHandle> {
  const handle = await client.attach(side.plugin);
  await handle.message(side.guest(user));
  await handle.hears('registered');
  return handle;
}

class Setups {
  readonly times: number[] = [];
  failed = 0;
}

/** What many blocks say together. */
export function summaryOf(blocks: readonly SetupFacts[]): {
  readonly calls: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
} {
  const times = blocks.flatMap((block) => block.times);
  const failed = blocks.reduce((sum, block) => sum + block.failed, 0);
  return { calls: times.length, failed, ...percentiles(times) };
}
