import type { InviteSession, ReinviteResult } from './contract.ts';
import type { Session } from './invite-session.ts';
import type { LiveDialog } from './live-dialog.ts';
import type { SipRequest } from './message.ts';
import { OwnReinvite } from './own-reinvite.ts';
import { PeerOffer } from './peer-reoffer.ts';
import { bodyRefusal } from './request-rules.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { SipError } from './sip-error.ts';

/** Who may change the session now: one offer at a time, ours or the peer's (RFC 3261 §14, RFC 3311 §5). */
export class SessionChanges {
  readonly #session: Session;
  #own: OwnReinvite | undefined;
  #peers: PeerOffer | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  get peerOffers(): boolean {
    return this.#peers !== undefined;
  }

  reinvite(
    dialog: LiveDialog | undefined,
    sdp: string | undefined,
    options: Parameters<InviteSession['reinvite']>[1] = {},
  ): Promise<ReinviteResult> {
    const { state } = this.#session;
    if (!dialog || state !== 'confirmed') return Promise.reject(SipError.wrongState('re-INVITE', state));
    if (this.#own || this.#peers) {
      return Promise.reject(SipError.wrongState('re-INVITE', 'another change is under way'));
    }
    return new Promise((resolve, reject) => {
      const own = new OwnReinvite(this.#session, dialog, sdp, options, (result) => {
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

  /** A re-INVITE or UPDATE of the peer. */
  receive(dialog: LiveDialog | undefined, transaction: RunningServerTransaction): void {
    const { request } = transaction;
    const refusal = bodyRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    const body = sdpOf(request);
    const sdp = body.ok ? body.sdp : undefined;
    if (dialog && request.method === 'UPDATE' && sdp === undefined)
      return this.#refreshOnly(dialog, transaction);
    // Before the ACK the first offer may still wait for its answer (RFC 3261 §14.2, RFC 5407 §3.1.4).
    if (!dialog || this.#session.state !== 'confirmed' || this.#own?.isPending)
      return transaction.respond(491);
    if (this.#peers) return this.#refuseSecond(transaction, this.#peers);
    this.#peers = new PeerOffer(this.#session, dialog, transaction, sdp, (offer) => {
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

  #refuseSecond(transaction: RunningServerTransaction, first: PeerOffer): void {
    if (!first.isOpen) return transaction.respond(491);
    const seconds = Number.parseInt(this.#session.host.core.random(1), 16) % 11;
    transaction.respond(500, { headers: [['Retry-After', String(seconds)]] });
  }

  #refreshOnly(dialog: LiveDialog, transaction: RunningServerTransaction): void {
    dialog.refreshTarget(transaction.request);
    transaction.respond(200, { headers: [['Contact', dialog.contact()], ...this.#session.capabilities()] });
  }
}
