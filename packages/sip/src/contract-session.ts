import type { ResponseOptions, ServerTransaction } from './contract-transactions.ts';
import type { RequestOptions } from './contract-user-agent.ts';
import type { NameAddr, SipRequest, SipResponse } from './message.ts';

/** What a session tells its owner. Every function may be called at most in the order RFC 3261 allows; `ended` exactly once, last. */
export interface InviteSessionHandler {
  /** UAC: 101-199. `sdp` is early media: an answer to our offer, or (offerless, reliable only) an offer. */
  provisional?(facts: {
    readonly status: number;
    readonly reason: string;
    readonly sdp?: string;
    readonly response: SipResponse;
  }): void;
  /** UAC: the first 2xx. `sdp`: answer to our offer, or the peer's offer when our INVITE had none: then `ack(answer)` is due within 32 s. Forks that answer later are ACKed and ended by the stack. */
  accepted?(facts: { readonly status: number; readonly sdp?: string; readonly response: SipResponse }): void;
  /** UAS: the ACK to our 2xx. `sdp`: the answer when our 2xx carried the offer. */
  confirmed?(facts: { readonly sdp?: string }): void;
  /** The peer re-INVITEs or UPDATEs. Answer each through the object; without this function the stack refuses with 488. */
  reoffered?(offer: PeerReoffer): void;
  /** Requests in the dialog other than INVITE, ACK, BYE, CANCEL, UPDATE: INFO, REFER, NOTIFY, MESSAGE. Without it: 405 (OPTIONS: 200). */
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
}

/** A session change offered by the peer (re-INVITE, UPDATE). Glare (491, 500 with Retry-After) never comes this far. */
export interface PeerReoffer {
  readonly method: 'INVITE' | 'UPDATE';
  /** Undefined: a re-INVITE without offer; `accept` then takes our offer and `answered` brings the answer of the ACK. */
  readonly sdp?: string;
  /** Sends 200. For an offerless one `answered` is called with the ACK's SDP. */
  accept(sdp: string, answered?: (sdp: string | undefined) => void): void;
  reject(status: number, reason?: string): void;
  /** Called if the offer dies first (BYE, CANCEL of the re-INVITE). */
  onCancel?: () => void;
}

/** The answer to our own re-INVITE. 491 is retried by the stack (RFC 3261 §14.1) before it is reported. */
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
   * Changes the session. Without `sdp` offerless: `answer` makes the ACK's SDP from the 2xx's offer.
   * Rejects with SipError `wrong-state` if not confirmed or a change is under way.
   */
  reinvite(
    sdp: string | undefined,
    options?: {
      readonly headers?: Iterable<readonly [string, string]>;
      readonly answer?: (offer: string) => Promise<string>;
    },
  ): Promise<ReinviteResult>;
  /** Any other request in the dialog (INFO, REFER, MESSAGE, UPDATE without offer ...). */
  requestInDialog(method: string, options?: RequestOptions): Promise<SipResponse>;
}

/** A call for us that has not been answered. The stack has sent 100. */
export interface IncomingInvite extends InviteSession {
  readonly role: 'uas';
  /** The offer, or undefined for an offerless INVITE (our 2xx then offers). */
  readonly offer: string | undefined;
  /** From here on the handler hears. */
  attach(handler: InviteSessionHandler): void;
  /** 101-199; 180 by default. */
  ring(status?: number, options?: ResponseOptions): void;
  /** 200 with the answer (or, offerless, our offer); repeated until the ACK (§13.3.1.4). */
  accept(sdp: string, options?: ResponseOptions): void;
  reject(status: number, options?: ResponseOptions): void;
}
