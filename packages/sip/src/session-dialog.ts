import type { ReinviteOptions, ReinviteResult } from './contract.ts';
import type { Session } from './invite-session.ts';
import type { LiveDialog } from './live-dialog.ts';
import type { SipRequest } from './message.ts';
import { OfferAnswer } from './offer-answer.ts';
import type { OwnChange } from './own-change.ts';
import { OwnReinvite } from './own-reinvite.ts';
import { OwnUpdate } from './own-update.ts';
import { PeerOffer } from './peer-reoffer.ts';
import { bodyRefusal } from './request-rules.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { SipError } from './sip-error.ts';

/** One dialog of a call, early or not, and who may change the session in it now: ours or the peer's, one offer at a time. */
export class SessionDialog {
  readonly live: LiveDialog;
  readonly agreement = new OfferAnswer();
  readonly #session: Session;
  #own: OwnChange | undefined;
  #peers: PeerOffer | undefined;

  constructor(session: Session, live: LiveDialog) {
    this.#session = session;
    this.live = live;
  }

  /** A change of the peer is under way. */
  get peerOffers(): boolean {
    return this.#peers !== undefined;
  }

  get isChanging(): boolean {
    return this.#own !== undefined || this.#peers !== undefined;
  }

  /**
   * A re-INVITE needs a call that is up (RFC 3261 §14.1). UPDATE is for before that, where the peer knows it and the first offer has
   * its answer (RFC 3311 §5.1).
   */
  mayChange(method: 'INVITE' | 'UPDATE'): boolean {
    const { state } = this.#session;
    if (state === 'confirmed') return true;
    return (
      method === 'UPDATE' &&
      (state === 'early' || state === 'accepted') &&
      this.agreement.state === 'agreed' &&
      this.live.peerAllows('UPDATE') === true
    );
  }

  change(sdp: string | undefined, options: ReinviteOptions): Promise<ReinviteResult> {
    const { state } = this.#session;
    const method = options.method ?? (state === 'confirmed' ? 'INVITE' : 'UPDATE');
    const what = method === 'INVITE' ? 'a re-INVITE' : 'an UPDATE with an offer';
    if (!this.mayChange(method) || (method === 'UPDATE' && sdp === undefined))
      return Promise.reject(SipError.wrongState(what, state));
    if (this.isChanging) return Promise.reject(SipError.wrongState(what, 'another change is under way'));
    return new Promise((resolve, reject) => {
      const Change = method === 'INVITE' ? OwnReinvite : OwnUpdate;
      const own = new Change(this.#session, this, sdp, options, (result) => {
        if (this.#own === own) this.#own = undefined;
        resolve(result);
      });
      this.#own = own;
      try {
        own.start();
      } catch (error) {
        this.#own = undefined;
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** A re-INVITE or UPDATE of the peer, or a PRACK with an offer in it. */
  receive(transaction: RunningServerTransaction): void {
    const { request } = transaction;
    const refusal = bodyRefusal(request) ?? this.#session.timer.refusalOf(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    const body = sdpOf(request);
    const sdp = body.ok ? body.sdp : undefined;
    if (request.method === 'UPDATE' && sdp === undefined) return this.#refreshOnly(transaction);
    const glare = this.#glareWith(request);
    if (glare) return this.#refuse(transaction, glare);
    this.#peers = new PeerOffer(this.#session, this, transaction, sdp, (offer) => {
      if (this.#peers === offer) this.#peers = undefined;
    });
    this.#session.tellReoffered(this.#peers);
  }

  /** An ACK that is not the first one of the call. */
  acknowledged(ack: SipRequest): void {
    this.#peers?.acknowledged(ack);
  }

  /** The call ends. */
  abort(): void {
    this.#own?.abort();
    this.#peers?.abort();
  }

  /**
   * RFC 3261 §14.2 and RFC 3311 §5.2: 491 while an offer of ours (or our INVITE) waits for its answer, 500 while one of the peer's does.
   * Before the ACK the first exchange may still be incomplete (RFC 5407 §3.1.4).
   */
  #glareWith({ method }: SipRequest): 491 | 500 | undefined {
    const { role, state } = this.#session;
    if (this.#own?.isPending) return 491;
    if (this.#peers) return this.#peers.isOpen ? 500 : 491;
    if (state === 'confirmed') return undefined;
    if (method === 'INVITE') return state === 'accepted' || role === 'uac' ? 491 : 500;
    if (this.agreement.state === 'peerOffered') return 500;
    return this.agreement.state === 'agreed' && state === 'early' ? undefined : 491;
  }

  #refuse(transaction: RunningServerTransaction, status: 491 | 500): void {
    if (status === 491) return transaction.respond(491);
    const seconds = Number.parseInt(this.#session.host.core.random(1), 16) % 11;
    transaction.respond(500, { headers: [['Retry-After', String(seconds)]] });
  }

  #refreshOnly(transaction: RunningServerTransaction): void {
    this.live.refreshTarget(transaction.request);
    transaction.respond(200, { headers: this.#session.answerHeaders(this, transaction.request) });
  }
}
