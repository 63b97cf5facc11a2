import type { PeerReoffer } from './contract.ts';
import { TimerSet } from './clock.ts';
import { cseqOf } from './dialog.ts';
import type { LiveDialog } from './live-dialog.ts';
import type { Session } from './invite-session.ts';
import type { SipRequest } from './message.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { SuccessRepeater } from './success-repeater.ts';

/** A re-INVITE or UPDATE of the peer, from its arrival to our refusal, our 200 to UPDATE, or the ACK (RFC 3261 §14.2, RFC 3311 §5.2). */
export class PeerOffer implements PeerReoffer {
  readonly method: 'INVITE' | 'UPDATE';
  readonly sdp?: string;
  onCancel?: () => void;
  readonly #session: Session;
  readonly #dialog: LiveDialog;
  readonly #transaction: RunningServerTransaction;
  readonly #done: (offer: PeerOffer) => void;
  readonly #timers: TimerSet;
  #repeater: SuccessRepeater | undefined;
  #answered: ((sdp: string | undefined) => void) | undefined;

  /** @param done another change may come */
  constructor(
    session: Session,
    dialog: LiveDialog,
    transaction: RunningServerTransaction,
    sdp: string | undefined,
    done: (offer: PeerOffer) => void,
  ) {
    this.method = transaction.request.method === 'UPDATE' ? 'UPDATE' : 'INVITE';
    if (sdp !== undefined) this.sdp = sdp;
    this.#session = session;
    this.#dialog = dialog;
    this.#done = done;
    this.#transaction = transaction;
    const { core } = session.host;
    this.#timers = new TimerSet(core.clock);
    this.#timers.start('C', core.timers.timerC, () => this.reject(488));
    transaction.onCancel = () => this.#die();
  }

  /** Not yet answered. */
  get isOpen(): boolean {
    return this.#transaction.isOpen;
  }

  accept(sdp: string, answered?: (sdp: string | undefined) => void): void {
    if (!this.isOpen) return;
    const session = this.#session;
    this.#timers.stopAll();
    this.#dialog.refreshTarget(this.#transaction.request);
    const headers: [string, string][] = [['Contact', this.#dialog.contact()], ...session.capabilities()];
    if (this.method === 'UPDATE') {
      this.#transaction.respond(200, { headers, body: sdp });
      return this.#done(this);
    }
    this.#answered = this.sdp === undefined ? answered : undefined;
    const response = this.#transaction.make(200, { headers, body: sdp });
    this.#repeater = new SuccessRepeater(session.host.core, this.#transaction, response, () =>
      session.fail(408),
    );
  }

  reject(status: number, reason?: string): void {
    if (!this.isOpen) return;
    this.#timers.stopAll();
    this.#transaction.respond(status, reason === undefined ? {} : { reason });
    this.#done(this);
  }

  acknowledged(ack: SipRequest): void {
    if (!this.#repeater || cseqOf(ack) !== cseqOf(this.#transaction.request)) return;
    this.#repeater.stop();
    this.#repeater = undefined;
    this.#done(this);
    const body = sdpOf(ack);
    this.#session.tell('answered', () => this.#answered?.(body.ok ? body.sdp : undefined));
  }

  /** The call has ended (RFC 3261 §15.1.2: pending requests get 487). */
  abort(): void {
    if (this.isOpen) this.#die();
    this.#repeater?.stop();
    this.#repeater = undefined;
  }

  #die(): void {
    this.reject(487);
    this.#session.host.core.guard('session owner: onCancel', () => this.onCancel?.());
  }
}
