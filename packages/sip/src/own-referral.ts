import { TimerSet } from './clock.ts';
import type { ReferralHandler } from './contract.ts';
import type { Core } from './core.ts';
import { notificationOf, sipfragStatus } from './event-headers.ts';
import type { SipResponse } from './message.ts';
import type { RunningServerTransaction } from './server-transaction.ts';

/** How long we wait for the next report where the peer does not say (RFC 3515 §2.4.4 leaves it to the two). */
const patienceMs = 180_000;

/**
 * A REFER of ours in a call, and the subscription that it implies (RFC 3515 §2.4).
 *
 *   asked ──2xx──▶ reported ──NOTIFY 1xx──▶ reported ──NOTIFY final, terminated, silence──▶ ended
 *     └──refused, or a 2xx with Refer-Sub: false──────────────────────────────────────────▲
 */
export class OwnReferral {
  readonly #core: Core;
  readonly #handler: ReferralHandler;
  readonly #timers: TimerSet;
  readonly #over: (referral: OwnReferral) => void;
  #last = { status: 202, reason: 'Accepted' };
  #isOver = false;

  constructor(core: Core, handler: ReferralHandler, over: (referral: OwnReferral) => void) {
    this.#core = core;
    this.#handler = handler;
    this.#over = over;
    this.#timers = new TimerSet(core.clock);
  }

  answered({ status, reason, headers }: SipResponse): void {
    if (this.#isOver) return;
    if (status >= 300) return this.#end(status, reason, true);
    // RFC 4488 §4: only a 2xx that says so has no subscription.
    const reports = headers.get('Refer-Sub')?.trim().toLowerCase() !== 'false';
    this.#tell('accepted', () => this.#handler.accepted?.({ status, reports }));
    if (reports) this.#waitFor(patienceMs);
    else this.#end(status, reason, false);
  }

  notified(transaction: RunningServerTransaction): void {
    transaction.respond(200);
    if (this.#isOver) return;
    const { state, body, expires } = notificationOf(transaction.request);
    const said = sipfragStatus(body);
    if (said) this.#last = said;
    const { status, reason } = this.#last;
    if (state === 'terminated' || (said && said.status >= 200)) return this.#end(status, reason, false);
    this.#waitFor(expires === undefined ? patienceMs : expires * 1_000);
    if (said) this.#tell('progress', () => this.#handler.progress?.(said));
  }

  /** The dialog is gone and nothing can be reported any more. */
  close(): void {
    this.#end(408, 'Request Timeout', false);
  }

  #waitFor(ms: number): void {
    this.#timers.start('report', ms, () => this.close());
  }

  #end(status: number, reason: string, refused: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timers.stopAll();
    this.#over(this);
    this.#tell('ended', () => this.#handler.ended({ status, reason, refused }));
  }

  #tell(what: string, run: () => void): void {
    this.#core.guard(`referral owner: ${what}`, run);
  }
}
