import type { Clock } from './contract.ts';

/** The longest delay Node's timers take; longer ones would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** Real time: monotonic, in milliseconds. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout(run, delayMs) {
    const timer = setTimeout(run, Math.min(delayMs, longestDelayMs));
    return () => clearTimeout(timer);
  },
};

/** The running timers of one owner by name (the letters of RFC 3261 table 4), so that none outlives it. */
export class TimerSet {
  readonly #clock: Clock;
  readonly #running = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts the timer, or starts it anew. */
  start(name: string, delayMs: number, run: () => void): void {
    this.stop(name);
    this.#running.set(
      name,
      this.#clock.setTimeout(() => {
        this.#running.delete(name);
        run();
      }, delayMs),
    );
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  stop(name: string): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }

  stopAll(): void {
    for (const stop of this.#running.values()) stop();
    this.#running.clear();
  }
}
