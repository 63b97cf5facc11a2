import type {
  IncomingInvite,
  IncomingReferral,
  InviteSession,
  InviteSessionHandler,
  PeerReoffer,
  ReferralHandler,
  RequestOptions,
  ServerTransaction,
  SipResponse,
} from '@soft-handset/sip';
import type { Effect, SipHeaders } from './call-effect.ts';
import type { CallEvent } from './call-event.ts';
import { heldSdp, laterEdition, type HoldDirection } from './held-sdp.ts';

/** How an outgoing call sends its INVITE; without `sdp` the peer offers. */
export type SendInvite = (sdp: string | undefined, handler: InviteSessionHandler) => InviteSession;

/** What a dialog tells beside the events of its call. */
export interface DialogOwner {
  report(event: CallEvent): void;
  /** A request of the peer that changes nothing about the call. */
  requested(transaction: ServerTransaction): void;
  referred(referral: IncomingReferral): void;
}

/** The SIP side of one call: what the table wants of the dialog, and what the dialog tells as events of the call. */
export class CallDialog {
  readonly #owner: DialogOwner;
  readonly #sendInvite: SendInvite | undefined;
  readonly #incoming: IncomingInvite | undefined;
  #session: InviteSession | undefined;
  #reoffer: PeerReoffer | undefined;
  /** Editions of our SDP that the engine knows nothing of. */
  #turns = 0;
  /** A return call may need a second INVITE. */
  #attempt = 0;

  constructor(start: SendInvite | IncomingInvite, owner: DialogOwner) {
    this.#owner = owner;
    if (typeof start === 'function') this.#sendInvite = start;
    else {
      this.#incoming = start;
      this.#session = start;
      start.attach(this.#handler());
    }
  }

  /** Ends what there is; the next INVITE begins anew, and nobody hears of the old one any more. */
  abandon(): void {
    this.#attempt += 1;
    this.#session?.end();
    this.#session = undefined;
  }

  invite(sdp: string | undefined): void {
    this.#session = this.#sendInvite?.(sdp, this.#handler());
  }

  ring(): void {
    this.#incoming?.ring();
  }

  answer(sdp: string, headers: SipHeaders = []): void {
    this.#incoming?.accept(sdp, { headers });
  }

  acknowledge(sdp: string): void {
    this.#session?.ack(sdp);
  }

  /** Says once more what we said last, in that direction. */
  turn(sdp: string, held: HoldDirection | undefined): void {
    this.#turns += 1;
    this.reinvite(sdp, held);
  }

  reinvite(sdp: string, held: HoldDirection | undefined, headers: SipHeaders = []): void {
    this.#session?.reinvite(this.#edition(sdp, held), { headers }).then(
      (result) => this.#owner.report({ type: 'reinviteAnswered', ...result }),
      // The stack cannot send it now: the peer's change is under way, or the dialog has just ended.
      (error: unknown) =>
        this.#owner.report({ type: 'reinviteAnswered', status: 491, reason: String(error) }),
    );
  }

  /** With `offers`, what we send is an offer, and the ACK brings the answer. */
  acceptReoffer({ sdp, held, offers, isOwn }: Extract<Effect, { do: 'acceptReoffer' }>): void {
    if (isOwn) this.#turns += 1;
    const confirmed = (answer: string | undefined): void =>
      this.#owner.report({ type: 'reofferConfirmed', ...(answer !== undefined && { sdp: answer }) });
    this.#takeReoffer()?.accept(this.#edition(sdp, held), offers ? confirmed : undefined);
  }

  rejectReoffer(status: number): void {
    this.#takeReoffer()?.reject(status);
  }

  /** Whether that is the dialog of this call. */
  is(session: InviteSession): boolean {
    return this.#session === session;
  }

  /** @throws SipError `wrong-state` unless the calls are confirmed */
  refer(target: string | InviteSession, handler: ReferralHandler): void {
    this.#session?.refer(target, handler);
  }

  /** For the REFER of another call that is to take the place of this one. */
  get session(): InviteSession | undefined {
    return this.#session;
  }

  /**
   * Somebody else takes the peer's place (RFC 3891). What he offers is for the handset a change as any other; when it is answered, he is
   * the peer, and the stack ends the dialog with the one before.
   */
  replaceBy(invite: IncomingInvite, settled: (isReplaced: boolean) => void): void {
    const handler = this.#handler(this.#attempt + 1);
    let isOpen = true;
    let answered: ((sdp: string | undefined) => void) | undefined;
    const settle = (isReplaced: boolean): void => {
      isOpen = false;
      settled(isReplaced);
    };
    const { offer: sdp } = invite;
    const reoffer: PeerReoffer = {
      method: 'INVITE',
      ...(sdp !== undefined && { sdp }),
      accept: (answer, onAnswer) => {
        answered = onAnswer;
        // The BYE of the one before ends nothing any more.
        this.#attempt += 1;
        this.#session = invite;
        settle(true);
        invite.accept(answer);
      },
      reject: (status) => {
        settle(false);
        invite.reject(status);
      },
    };
    invite.attach({
      ...handler,
      confirmed: (facts) => (answered ? answered(facts.sdp) : handler.confirmed?.(facts)),
      ended: (end) => {
        if (this.#session === invite) return handler.ended(end);
        if (!isOpen) return;
        settle(false);
        reoffer.onCancel?.();
      },
    });
    this.#reoffered(reoffer, true);
  }

  /** Any other request to the peer. Undefined: there is no dialog any more. */
  request(method: string, options: RequestOptions): Promise<SipResponse> | undefined {
    if (!this.#session || this.#session.state === 'ended') return undefined;
    return this.#session.requestInDialog(method, options);
  }

  end({ status, reason, headers = [] }: Extract<Effect, { do: 'endDialog' }>): void {
    // RFC 3326: a BYE or CANCEL says why, where it is not just a hang-up.
    const why = reason === '' ? [] : [['Reason', `SIP;cause=${status};text="${reason}"`] as const];
    this.#session?.end({ status: finalResponse(status), headers: [...headers, ...why] });
  }

  #edition(sdp: string, held: HoldDirection | undefined): string {
    return laterEdition(heldSdp(sdp, held), this.#turns);
  }

  #handler(attempt = this.#attempt): InviteSessionHandler {
    const report = (event: CallEvent): void => {
      if (attempt === this.#attempt) this.#owner.report(event);
    };
    return {
      provisional: ({ status, sdp, response: { headers: said } }) => {
        if (status === 180 || sdp === undefined) report({ type: 'peerRang', status, said });
        if (sdp !== undefined) report({ type: 'peerAnsweredEarly', status, sdp, said });
      },
      accepted: ({ sdp, response: { headers: said } }) =>
        report({ type: 'peerAnswered', said, ...(sdp !== undefined && { sdp }) }),
      confirmed: ({ sdp }) => report({ type: 'peerConfirmed', ...(sdp !== undefined && { sdp }) }),
      reoffered: (offer) => this.#reoffered(offer),
      request: (transaction) => this.#owner.requested(transaction),
      referred: (referral) => this.#owner.referred(referral),
      ended: ({ status, reason, reasonHeader, headers: said }) =>
        report({
          type: 'peerEnded',
          status,
          reason,
          ...(reasonHeader !== undefined && { reasonHeader }),
          ...(said && { said }),
        }),
    };
  }

  #reoffered(offer: PeerReoffer, isAnother = false): void {
    if (this.#reoffer) return offer.reject(491);
    this.#reoffer = offer;
    offer.onCancel = () => {
      this.#reoffer = undefined;
      this.#owner.report({ type: 'reofferCancelled' });
    };
    const { sdp } = offer;
    this.#owner.report({ type: 'peerReoffered', isAnother, ...(sdp !== undefined && { sdp }) });
  }

  #takeReoffer(): PeerReoffer | undefined {
    const reoffer = this.#reoffer;
    this.#reoffer = undefined;
    return reoffer;
  }
}

/** RFC 3261 §21.5.4: a 503 makes proxies shun the whole gateway. That one line cannot take a call now is 480. */
function finalResponse(status: number): number {
  return status === 503 ? 480 : status;
}
