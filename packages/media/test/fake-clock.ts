import type { Clock } from '../src/clock.ts';

/** Time that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  get waiting(): number {
    return this.#timers.length;
  }

  setTimeout(run: () => void, delayMs: number): () => void {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter((each) => each.at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((each) => each !== next);
      next.run();
    }
    this.#now = until;
  }
}
