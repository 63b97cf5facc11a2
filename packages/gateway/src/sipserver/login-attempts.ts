import type { Clock } from '@soft-handset/sip';

/** Wrong attempts that cost nothing. */
const freeAttempts = 5;
const longestBlockMs = 60_000;
/** After this long without a wrong attempt all is forgotten. */
const forgetAfterMs = 15 * 60_000;
const mostKeys = 10_000;

/** Slows down who guesses secrets: after a few wrong ones each costs twice the waiting of the one before, up to a minute. */
export class LoginAttempts {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #wrong = new Map<string, { readonly count: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the key has to wait, 0 if it need not. */
  waitMs(key: string): number {
    const entry = this.#wrong.get(key);
    if (entry === undefined || entry.count < freeAttempts) return 0;
    const blockMs = Math.min(longestBlockMs, 1000 * 2 ** (entry.count - freeAttempts));
    return Math.max(0, entry.at + blockMs - this.#clock.now());
  }

  failed(key: string): void {
    const now = this.#clock.now();
    const entry = this.#wrong.get(key);
    const count = entry === undefined || now - entry.at > forgetAfterMs ? 0 : entry.count;
    this.#wrong.delete(key);
    this.#wrong.set(key, { count: count + 1, at: now });
    for (const [oldest, { at }] of this.#wrong) {
      if (this.#wrong.size <= mostKeys && now - at <= forgetAfterMs) break;
      this.#wrong.delete(oldest);
    }
  }

  succeeded(key: string): void {
    this.#wrong.delete(key);
  }
}
