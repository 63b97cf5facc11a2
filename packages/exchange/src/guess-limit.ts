import type { Clock } from '@soft-handset/sip';

const freeGuesses = 20;
const forgetMs = 60_000;
const mostRemembered = 10_000;

/** Wrong passwords by address and account: after twenty within a minute these wait for a minute, without a look at what is sent. */
export class GuessLimit {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #wrong = new Map<string, { count: number; until: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** How long who guesses has still to wait; 0: he may try. */
  waitMs(guess: string): number {
    const known = this.#wrong.get(guess);
    if (!known) return 0;
    const left = known.until - this.#clock.now();
    if (left <= 0) this.#wrong.delete(guess);
    return left > 0 && known.count >= freeGuesses ? left : 0;
  }

  wrong(guess: string): void {
    const now = this.#clock.now();
    const known = this.#wrong.get(guess);
    const count = known && known.until > now ? known.count + 1 : 1;
    // A minute from the first of them, and from the one too many.
    const until = known && count > 1 && count < freeGuesses ? known.until : now + forgetMs;
    if (!known && this.#wrong.size >= mostRemembered) this.#forgetOldest();
    this.#wrong.set(guess, { count, until });
  }

  #forgetOldest(): void {
    const [oldest] = this.#wrong.keys();
    if (oldest !== undefined) this.#wrong.delete(oldest);
  }
}
