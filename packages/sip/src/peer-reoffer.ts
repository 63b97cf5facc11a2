import type { PeerReoffer } from './contract.ts';
import { TimerSet } from './clock.ts';
import { cseqOf } from './dialog.ts';
import type { Session } from './invite-session.ts';
import type { SipRequest } from './message.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { SessionDialog } from './session-dialog.ts';
import { SuccessRepeater } from './success-repeater.ts';

/**
 * A re-INVITE or UPDATE of the peer, or the offer in its PRACK, from its arrival to our refusal, our 200, or for a re-INVITE the ACK
 * (RFC 3261 §14.2, RFC 3311 §5.2, RFC 3262 §5).
 */
export class PeerOffer implements PeerReoffer {
  readonly method: PeerReoffer['method'];
  readonly sdp?: string;
  onCancel?: () => void;
  readonly #session: Session;
  readonly #dialog: SessionDialog;
  readonly #transaction: RunningServerTransaction;
  readonly #done: (offer: PeerOffer) => void;
  readonly #timers: TimerSet;
  #repeater: SuccessRepeater | undefined;
  #answered: ((sdp: string | undefined) => void) | undefined;

  /** @param done another change may come */
  constructor(
    session: Session,
    dialog: SessionDialog,
    transaction: RunningServerTransaction,
    sdp: string | undefined,
    done: (offer: PeerOffer) => void,
  ) {
    const { method } = transaction.request;
    this.method = method === 'UPDATE' || method === 'PRACK' ? method : 'INVITE';
    if (sdp !== undefined) {
      this.sdp = sdp;
      dialog.agreement.peerOffers(sdp);
    }
    this.#session = session;
    this.#dialog = dialog;
    this.#done = done;
    this.#transaction = transaction;
    const { core } = session.host;
    this.#timers = new TimerSet(core.clock);
    // An INVITE may wait for a person; any other request is given up after timer F (RFC 3261 §17.1.2.2).
    const patienceMs = this.method === 'INVITE' ? core.timers.timerC : core.timers.timerF - core.timers.t4;
    this.#timers.start('patience', patienceMs, () => this.reject(this.method === 'INVITE' ? 488 : 504));
    transaction.onCancel = () => this.#die();
  }

  /** Not yet answered. */
  get isOpen(): boolean {
    return this.#transaction.isOpen;
  }

  accept(sdp: string, answered?: (sdp: string | undefined) => void): void {
    if (!this.isOpen) return;
    this.#timers.stopAll();
    const session = this.#session;
    const { live, agreement } = this.#dialog;
    if (this.method !== 'PRACK') live.refreshTarget(this.#transaction.request);
    if (this.sdp === undefined) agreement.weOffer(sdp);
    else agreement.weAnswer(sdp);
    const headers = session.answerHeaders(this.#dialog, this.#transaction.request);
    if (this.method !== 'INVITE') {
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
    this.#dialog.agreement.refused();
    this.#transaction.respond(status, reason === undefined ? {} : { reason });
    this.#done(this);
  }

  acknowledged(ack: SipRequest): void {
    if (!this.#repeater || cseqOf(ack) !== cseqOf(this.#transaction.request)) return;
    this.#repeater.stop();
    this.#repeater = undefined;
    this.#done(this);
    const body = sdpOf(ack);
    const sdp = body.ok ? body.sdp : undefined;
    if (sdp !== undefined) this.#dialog.agreement.peerAnswers(sdp);
    else if (this.sdp === undefined) this.#dialog.agreement.refused();
    this.#session.tell('answered', () => this.#answered?.(sdp));
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
