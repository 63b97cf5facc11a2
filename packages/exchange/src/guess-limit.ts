import type { Clock } from '@soft-handset/sip';

const freeGuesses = 20;
const forgetMs = 60_000;
const mostRemembered = 10_000;

/** Wrong passwords by address: after twenty within a minute the address waits for a minute, without a look at what it sends. */
export class GuessLimit {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #wrong = new Map<string, { count: number; until: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** How long this address has still to wait; 0: it may try. */
  waitMs(address: string): number {
    const known = this.#wrong.get(address);
    if (!known) return 0;
    const left = known.until - this.#clock.now();
    if (left <= 0) this.#wrong.delete(address);
    return left > 0 && known.count >= freeGuesses ? left : 0;
  }

  wrong(address: string): void {
    const now = this.#clock.now();
    const known = this.#wrong.get(address);
    const count = known && known.until > now ? known.count + 1 : 1;
    // A minute from the first of them, and from the one too many.
    const until = known && count > 1 && count < freeGuesses ? known.until : now + forgetMs;
    if (!known && this.#wrong.size >= mostRemembered) this.#forgetOldest();
    this.#wrong.set(address, { count, until });
  }

  #forgetOldest(): void {
    const [oldest] = this.#wrong.keys();
    if (oldest !== undefined) this.#wrong.delete(oldest);
  }
}
