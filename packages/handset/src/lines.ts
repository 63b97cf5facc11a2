import type { HandsetCall } from './call.ts';
import { HandsetError } from './handset-error.ts';
import type { Account } from './handset-types.ts';
import type { Line } from './line.ts';

export interface LinesOptions {
  /** Room for another call is kept. */
  readonly callWaiting: boolean;
  readonly maxCalls: number;
  readonly make: (account: Account) => Line;
  readonly failed: (error: unknown) => void;
}

/** The account's own, and one for a second call, also in the same second. */
const idleLines = 2;

/**
 * The lines of a handset. The first one is the account's; further ones are there for further calls, as many as are needed
 * and one to spare, so that the next caller finds one.
 */
export class Lines {
  readonly primary: Line;
  readonly #options: LinesOptions;
  #all: readonly Line[];
  #opening: Promise<Line> | undefined;

  constructor(account: Account, options: LinesOptions) {
    this.#options = options;
    this.primary = options.make(account);
    this.#all = [this.primary];
  }

  get all(): readonly Line[] {
    return this.#all;
  }

  /** Those that are not hung up, the oldest first. */
  get calls(): HandsetCall[] {
    const calls = this.#all.flatMap(({ call }) => call ?? []);
    return calls.sort((a, b) => a.core.ports.number - b.core.ports.number);
  }

  /** A line for a call of ours, for nobody else. Rejects with `wrong-state` where there are as many calls as may be. */
  async reserve(): Promise<Line> {
    for (;;) {
      const line = this.#free.find(({ calls }) => calls.isEmpty) ?? this.#free[0];
      if (line !== undefined) {
        line.calls.reserve();
        return line;
      }
      const isFull = this.#all.length >= this.#options.maxCalls;
      if (this.#opening === undefined && isFull) throw HandsetError.of('wrong-state');
      await (this.#opening ?? this.#open());
    }
  }

  /** As many lines as are needed now. */
  balance(): void {
    const { callWaiting, failed } = this.#options;
    const { isRegistered, isWanted } = this.primary.registration;
    if (!isRegistered || !isWanted) return;
    // One that rings for another line's call is free soon; one more would only ring too.
    const spare = this.#all.filter(({ call }) => call === undefined).length;
    const isShort = spare === 0 || this.#all.length < idleLines;
    const isFull = this.#all.length >= this.#options.maxCalls;
    if (callWaiting && isShort && !isFull && this.#opening === undefined) this.#open().catch(failed);
    const free = this.#free;
    const empty = free.filter((line) => line !== this.primary && line.calls.isEmpty);
    const kept = callWaiting ? idleLines - (free.length - empty.length) : 0;
    for (const line of empty.slice(kept)) this.#drop(line);
  }

  /** The account is not there any more, or is another one: only the first line stays. */
  dropSpares(): void {
    for (const line of this.#all.slice(1)) this.#drop(line);
  }

  /** The server has let it go. */
  gone(line: Line): void {
    line.calls.lost();
    this.#drop(line);
    this.balance();
  }

  get #free(): readonly Line[] {
    return this.#all.filter(({ calls, registration }) => calls.isFree && registration.isRegistered);
  }

  #open(): Promise<Line> {
    const line = this.#options.make(this.primary.registration.account);
    this.#all = [...this.#all, line];
    const opened = line.open().then(
      () => line,
      (error: unknown) => {
        this.#drop(line);
        throw error;
      },
    );
    this.#opening = opened.finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  #drop(line: Line): void {
    if (!this.#all.includes(line)) return;
    this.#all = this.#all.filter((other) => other !== line);
    line.detach();
  }
}
