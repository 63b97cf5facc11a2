import type {
  IncomingInvite,
  InviteSession,
  InviteSessionHandler,
  PeerReoffer,
  RequestOptions,
  ServerTransaction,
  SipResponse,
} from '@soft-handset/sip';
import type { Effect, SipHeaders } from './call-effect.ts';
import type { CallEvent } from './call-event.ts';
import { heldSdp, laterEdition, type HoldDirection } from './held-sdp.ts';

/** How an outgoing call sends its INVITE; without `sdp` the peer offers. */
export type SendInvite = (sdp: string | undefined, handler: InviteSessionHandler) => InviteSession;

/** The SIP side of one call: what the table wants of the dialog, and what the dialog tells as events of the call. */
export class CallDialog {
  readonly #report: (event: CallEvent) => void;
  readonly #requested: (transaction: ServerTransaction) => void;
  readonly #sendInvite: SendInvite | undefined;
  readonly #incoming: IncomingInvite | undefined;
  #session: InviteSession | undefined;
  #reoffer: PeerReoffer | undefined;
  /** Editions of our SDP that the engine knows nothing of. */
  #turns = 0;
  /** A return call may need a second INVITE. */
  #attempt = 0;

  constructor(
    start: SendInvite | IncomingInvite,
    report: (event: CallEvent) => void,
    /** Takes the peer's requests that change nothing about the call. */
    requested: (transaction: ServerTransaction) => void,
  ) {
    this.#report = report;
    this.#requested = requested;
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
      (result) => this.#report({ type: 'reinviteAnswered', ...result }),
      // The stack cannot send it now: the peer's change is under way, or the dialog has just ended.
      (error: unknown) => this.#report({ type: 'reinviteAnswered', status: 491, reason: String(error) }),
    );
  }

  /** With `offers`, what we send is an offer, and the ACK brings the answer. */
  acceptReoffer(sdp: string, held: HoldDirection | undefined, offers: boolean): void {
    const confirmed = (answer: string | undefined): void =>
      this.#report({ type: 'reofferConfirmed', ...(answer !== undefined && { sdp: answer }) });
    this.#takeReoffer()?.accept(this.#edition(sdp, held), offers ? confirmed : undefined);
  }

  rejectReoffer(status: number): void {
    this.#takeReoffer()?.reject(status);
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

  #handler(): InviteSessionHandler {
    const attempt = this.#attempt;
    const report = (event: CallEvent): void => {
      if (attempt === this.#attempt) this.#report(event);
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
      request: (transaction) => this.#requested(transaction),
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

  #reoffered(offer: PeerReoffer): void {
    if (this.#reoffer) return offer.reject(491);
    this.#reoffer = offer;
    offer.onCancel = () => {
      this.#reoffer = undefined;
      this.#report({ type: 'reofferCancelled' });
    };
    this.#report({ type: 'peerReoffered', ...(offer.sdp !== undefined && { sdp: offer.sdp }) });
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
