import type { Clock, Target } from './contract.ts';
import type { Hops } from './resolve.ts';
import { formatHostPort } from './host.ts';

const mostRemembered = 1_000;

/** Where requests came to nothing a moment ago: such places are tried last, so that not each request waits for its time-out (RFC 3263 §4.3). */
export class FailedTargets {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #until = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  add(target: Target, forMs: number): void {
    if (this.#until.size >= mostRemembered) this.#until.clear();
    this.#until.set(keyOf(target), this.#clock.now() + forMs);
  }

  has(target: Target): boolean {
    if (this.#until.size === 0) return false;
    const key = keyOf(target);
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#until.delete(key);
    return false;
  }

  /** The same ways, those to failed targets behind the others. A connection that stands has not failed. */
  lastOf(ways: readonly Hops[]): readonly Hops[] {
    if (this.#until.size === 0 || ways.length < 2) return ways;
    const failed = ways.filter(([hop]) => 'host' in hop && this.has(hop));
    return [...ways.filter((one) => !failed.includes(one)), ...failed];
  }
}

function keyOf({ protocol, host, port }: Target): string {
  return `${protocol} ${formatHostPort(host, port)}`;
}
