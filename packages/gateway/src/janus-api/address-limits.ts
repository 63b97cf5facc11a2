import type { Clock } from '../clock.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export interface AddressLimitsOptions {
  readonly clock: Clock;
  /** New connections and requests outside a session. */
  readonly rate: Rate;
  readonly connections: number;
}

interface Address {
  readonly bucket: TokenBucket;
  connections: number;
}

/** What one client address may do, so that one of them cannot take the server from the others. */
export class AddressLimits {
  readonly #options: AddressLimitsOptions;
  readonly #addresses = new Map<string, Address>();

  constructor(options: AddressLimitsOptions) {
    this.#options = options;
  }

  /** A request, or an attempt to connect. */
  mayAsk(address: string): boolean {
    return this.#of(address).bucket.take();
  }

  /** Counts a connection in, unless there are too many; the function returned counts it out again. */
  connect(address: string): (() => void) | undefined {
    const entry = this.#of(address);
    if (entry.connections >= this.#options.connections) return undefined;
    entry.connections += 1;
    let isCounted = true;
    return () => {
      if (isCounted) entry.connections -= 1;
      isCounted = false;
    };
  }

  #of(address: string): Address {
    const known = this.#addresses.get(address);
    if (known) return known;
    if (this.#addresses.size >= 1000) this.#forgetTheIdle();
    const { clock, rate } = this.#options;
    const fresh = { bucket: new TokenBucket(clock, rate), connections: 0 };
    this.#addresses.set(address, fresh);
    return fresh;
  }

  #forgetTheIdle(): void {
    for (const [address, { bucket, connections }] of this.#addresses) {
      if (connections === 0 && bucket.isFull) this.#addresses.delete(address);
    }
  }
}
