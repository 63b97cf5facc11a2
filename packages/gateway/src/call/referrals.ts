import { randomInt } from 'node:crypto';
import type { IncomingReferral } from '@soft-handset/sip';

const most = 32;

/** What the peers of a line's calls have asked us to do, until a handset does it or will not (RFC 3515). Each is taken once. */
export class Referrals {
  readonly #open = new Map<number, IncomingReferral>();

  /** Its number; undefined where too many wait. */
  add(referral: IncomingReferral): number | undefined {
    for (const [id, { isOpen }] of this.#open) if (!isOpen) this.#open.delete(id);
    if (this.#open.size >= most) return undefined;
    let id = randomInt(1, 2 ** 31);
    while (this.#open.has(id)) id = randomInt(1, 2 ** 31);
    this.#open.set(id, referral);
    return id;
  }

  /** Undefined if there is none, or it is too late for it. */
  take(id: number): IncomingReferral | undefined {
    const referral = this.#open.get(id);
    this.#open.delete(id);
    return referral?.isOpen ? referral : undefined;
  }
}
