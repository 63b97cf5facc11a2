import type { IncomingReferral, ReferOptions, ReferralHandler } from './contract-subscriptions.ts';
import type { ResponseOptions, ServerTransaction } from './contract-transactions.ts';
import type { RequestOptions } from './contract-user-agent.ts';
import type { Headers } from './headers.ts';
import type { NameAddr, SipRequest, SipResponse } from './message.ts';

/** What a session tells its owner. Every function may be called at most in the order RFC 3261 allows; `ended` exactly once, last. */
export interface InviteSessionHandler {
  /**
   * UAC: 101-199. `sdp` is early media, the answer to our offer as that fork gives it; several forks may ring, and the 2xx may come from
   * yet another (RFC 3261 §13.2.2.4). Reliable ones are acknowledged by the stack and come in order, each once (RFC 3262 §4).
   */
  provisional?(facts: {
    readonly status: number;
    readonly reason: string;
    /** The tag of the one who rings. */
    readonly fork?: string;
    readonly sdp?: string;
    readonly response: SipResponse;
  }): void;
  /** UAC: the call is tried at another address (`InviteOptions.redirect`). */
  redirected?(facts: { readonly status: number; readonly target: string }): void;
  /**
   * UAC, offerless: a reliable provisional response brings the peer's offer; its answer goes into the PRACK (RFC 3262 §5). Only with this
   * function the INVITE says that it takes such a response. The 2xx of that fork then needs no answer any more.
   */
  offeredEarly?(offer: EarlyOffer): void;
  /**
   * UAC: the first 2xx. `sdp`: answer to our offer, or the peer's offer when our INVITE had none: then `ack(answer)` is due within 32 s.
   * The answer may differ from that of a provisional response: what the 2xx says counts. Forks that answer later are ACKed and ended by
   * the stack.
   */
  accepted?(facts: { readonly status: number; readonly sdp?: string; readonly response: SipResponse }): void;
  /** UAS: the ACK to our 2xx. `sdp`: the answer when our 2xx carried the offer. */
  confirmed?(facts: { readonly sdp?: string }): void;
  /** The peer re-INVITEs or UPDATEs. Answer each through the object; without this function the stack refuses with 488. */
  reoffered?(offer: PeerReoffer): void;
  /** Our session refresh (RFC 4028), which offered nothing new, was answered with another SDP than before. */
  reanswered?(facts: { readonly sdp: string }): void;
  /** The peer asks us to call somebody. Without this function a REFER is one of the other requests. */
  referred?(referral: IncomingReferral): void;
  /** Requests in the dialog other than INVITE, ACK, BYE, CANCEL, UPDATE: INFO, REFER, NOTIFY, MESSAGE. Without it: 405, 501 (OPTIONS: 200). */
  request?(transaction: ServerTransaction): void;
  ended(cause: SessionEnd): void;
}

export interface SessionEnd {
  /** `peer`: it refused, cancelled or hung up. `local`: we did. `failure`: nobody answered (timers), transport, or a broken message. */
  readonly by: 'peer' | 'local' | 'failure';
  /** The SIP status that says why: the final response, 487 for a CANCEL, 200 for a BYE without Reason, 408 no ACK/timeouts, 503 transport. */
  readonly status: number;
  readonly reason: string;
  /** The Reason header (RFC 3326) as sent by the peer. */
  readonly reasonHeader?: string;
  /** Those of the peer's message that ended it. */
  readonly headers?: Headers;
}

/** The peer's offer before its 2xx, in a call of ours that made none. */
export interface EarlyOffer {
  readonly status: number;
  readonly sdp: string;
  /** The tag of the one who offers. */
  readonly fork: string;
  readonly response: SipResponse;
  /** Sends the PRACK. Without it the peer gives up after 32 s. */
  answer(sdp: string): void;
}

/**
 * A session change offered by the peer: a re-INVITE, an UPDATE (before the call is up, too: RFC 3311), or the offer in a PRACK. All but a
 * re-INVITE want an answer at once. Glare (491, 500 with Retry-After) never comes this far.
 */
export interface PeerReoffer {
  readonly method: 'INVITE' | 'UPDATE' | 'PRACK';
  /** Undefined: a re-INVITE without offer; `accept` then takes our offer and `answered` brings the answer of the ACK. */
  readonly sdp?: string;
  /** Sends 200. For an offerless one `answered` is called with the ACK's SDP. */
  accept(sdp: string, answered?: (sdp: string | undefined) => void): void;
  reject(status: number, reason?: string): void;
  /** Called if the offer dies first (BYE, CANCEL of the re-INVITE). */
  onCancel?: () => void;
}

export interface ReinviteOptions {
  /**
   * Default: re-INVITE once the call is up, for a person may be asked (RFC 3311 §5.1); UPDATE before, which needs an agreement in a
   * reliable provisional response and a peer that lists UPDATE in Allow.
   */
  readonly method?: 'INVITE' | 'UPDATE';
  readonly headers?: Iterable<readonly [string, string]>;
  /** For an offerless re-INVITE: makes the ACK's SDP from the 2xx's offer. */
  readonly answer?: (offer: string) => Promise<string>;
  /** Before the call is up: the tag of the fork that it is for. Default: the one that has agreed with us. */
  readonly fork?: string;
}

/** The answer to our own re-INVITE or UPDATE. 491 is retried by the stack (RFC 3261 §14.1) before it is reported. */
export interface ReinviteResult {
  readonly status: number;
  readonly reason: string;
  readonly sdp?: string;
}

/** One INVITE and the dialog it makes (RFC 3261 §12-15). Nothing in it throws because of the peer. */
export interface InviteSession {
  readonly role: 'uac' | 'uas';
  /** SIP Call-ID. */
  readonly callId: string;
  /**
   * uac: `inviting` -> (`early`) -> `accepted` (2xx came, ACK due) -> `confirmed` -> `ended`;
   * uas: `inviting` -> (`early`) -> `accepted` (2xx sent, ACK awaited) -> `confirmed` -> `ended`.
   */
  readonly state: 'inviting' | 'early' | 'accepted' | 'confirmed' | 'ended';
  /** The other end: To for a UAC, From for a UAS. */
  readonly remote: NameAddr;
  /** The initial INVITE. */
  readonly request: SipRequest;
  /** UAC, offerless: sends the ACK with the answer. May be called once; repeated for retransmitted 2xx by the stack. Without SDP: a bare ACK. */
  ack(sdp?: string): void;
  /**
   * Ends the call in whatever way its state asks for: CANCEL (held until a provisional came), BYE (UAS: held until the ACK or timer H,
   * §15; UAC with an ACK due: ACK first), or the final response `status`. Idempotent. `ended` with `by: 'local'` follows: at once for
   * the owner, the stack finishes the rest by itself.
   */
  end(options?: {
    readonly status?: number;
    readonly reason?: string;
    readonly headers?: Iterable<readonly [string, string]>;
  }): void;
  /**
   * Changes the session by re-INVITE or UPDATE. Without `sdp` offerless: `options.answer` makes the ACK's SDP from the 2xx's offer.
   * Rejects with SipError `wrong-state` if the call does not allow it now or a change is under way.
   */
  reinvite(sdp: string | undefined, options?: ReinviteOptions): Promise<ReinviteResult>;
  /**
   * Asks the peer to call somebody (RFC 3515): an address, or the peer of another call of ours, whose place it takes (RFC 3891). The call
   * goes on; its owner hangs up when the handler says that the transfer has worked. The reports come after that, too.
   * @throws SipError `wrong-state` unless both calls are confirmed, `invalid-uri`, `invalid-header`
   */
  refer(target: string | InviteSession, handler: ReferralHandler, options?: ReferOptions): void;
  /** Any other request in the dialog (INFO, REFER, MESSAGE, UPDATE without offer ...). */
  requestInDialog(method: string, options?: RequestOptions): Promise<SipResponse>;
}

export interface RingOptions extends ResponseOptions {
  /** To be acknowledged with PRACK where the peer can. An SDP in `body` then counts as answer, or offerless as our offer. */
  readonly reliable?: boolean;
  /** The PRACK has come, with the answer to what we offered. */
  readonly acknowledged?: (sdp: string | undefined) => void;
}

/** A call for us that has not been answered. The stack has sent 100. */
export interface IncomingInvite extends InviteSession {
  readonly role: 'uas';
  /** The offer, or undefined for an offerless INVITE (our 2xx then offers). */
  readonly offer: string | undefined;
  /**
   * The account's server has sent it: it came from the host to which the account is registered, or from the outbound proxy where that is
   * an IP address. What others assert of the caller is worth nothing (RFC 3325 §9.1).
   */
  readonly isFromServer: boolean;
  /**
   * The call of ours that this one is to take the place of (RFC 3891): `accept` ends it. Requests to replace a call that is not this
   * account's, or not there, never come this far (481).
   */
  readonly replaces?: InviteSession;
  /** From here on the handler hears. */
  attach(handler: InviteSessionHandler): void;
  /** 101-199; 180 by default. Sent reliably to a peer that requires it (RFC 3262 §3). */
  ring(status?: number, options?: RingOptions): void;
  /**
   * 200 with the answer (or, offerless, our offer); repeated until the ACK (§13.3.1.4). `sdp` is left out where both sides have agreed
   * before, in a reliable response and its PRACK; the 200 waits for that PRACK.
   */
  accept(sdp?: string, options?: ResponseOptions): void;
  reject(status: number, options?: ResponseOptions): void;
}
