import type { Handset } from './handset.ts';
import { Line } from './line.ts';
import type { LineIdentity, LineWorld } from './line.ts';
import type { JoinOptions } from './line-registration.ts';

/** All lines that have a handset, or had one a moment ago. */
export class Lines {
  readonly #world: LineWorld;
  readonly #lines = new Map<string, Line>();

  constructor(world: LineWorld) {
    this.#world = world;
  }

  /** @throws SipError `invalid-uri` if the account's address is not one */
  attach(identity: LineIdentity, handset: Handset, options: JoinOptions): Line {
    const line = this.#lines.get(identity.key) ?? this.#open(identity);
    line.attach(handset, options);
    return line;
  }

  /** The line on which a master was given this id. */
  withMaster(masterId: number): Line | undefined {
    for (const line of this.#lines.values()) if (line.hasMaster(masterId)) return line;
    return undefined;
  }

  has(key: string): boolean {
    return this.#lines.has(key);
  }

  get counts(): { readonly lines: number; readonly calls: number; readonly timers: number } {
    let [calls, timers] = [0, 0];
    for (const line of this.#lines.values()) {
      calls += line.counts.calls;
      timers += line.counts.timers;
    }
    return { lines: this.#lines.size, calls, timers };
  }

  /** Ends all calls and registrations; gives the servers a moment to hear of it. */
  async close(): Promise<void> {
    const ends = Promise.all([...this.#lines.values()].map((line) => line.close()));
    let stopWaiting: (() => void) | undefined;
    const enough = new Promise<void>((resolve) => {
      stopWaiting = this.#world.clock.setTimeout(resolve, longestGoodbyeMs);
    });
    await Promise.race([ends, enough]);
    stopWaiting?.();
  }

  #open(identity: LineIdentity): Line {
    const line = new Line(identity, this.#world, () => {
      this.#lines.delete(identity.key);
    });
    this.#lines.set(identity.key, line);
    return line;
  }
}

const longestGoodbyeMs = 2000;
