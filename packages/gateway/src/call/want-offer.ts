import type { Clock } from '@soft-handset/sip';

/** How long a refusal is remembered: a peer may be mended, or be another device the next day. */
const rememberedMs = 3_600_000;
const mostPeers = 10_000;

/** Peers that took no INVITE without offer a while ago: a return call to them begins with one. */
export class WantOffer {
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(peer: string): void {
    this.#until.delete(peer);
    this.#until.set(peer, this.#clock.now() + rememberedMs);
    const [oldest] = this.#until.keys();
    if (this.#until.size > mostPeers && oldest !== undefined) this.#until.delete(oldest);
  }

  has(peer: string): boolean {
    const until = this.#until.get(peer);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#until.delete(peer);
    return false;
  }
}
