import type { Flow, LocalAddress, Protocol, Target } from './contract.ts';
import type { SipRequest, SipResponse } from './message.ts';

export interface ResponseOptions {
  /** Default: the reason phrase of RFC 3261 §21. */
  readonly reason?: string;
  /** Added to what the stack writes itself (Via, From, To, Call-ID, CSeq, Contact where it belongs, Content-Length). */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  readonly body?: string;
  /** Needed with a body unless it is SDP (`application/sdp`). */
  readonly contentType?: string;
  /** Where the response makes or belongs to a dialog. Default: a tag that stays the same for the transaction. */
  readonly toTag?: string;
}

/** A request that came in and waits for our answer (RFC 3261 §17.2). It never throws: a late answer is dropped and logged. */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly state: 'trying' | 'proceeding' | 'completed' | 'accepted' | 'confirmed' | 'terminated';
  respond(status: number, options?: ResponseOptions): void;
  /** Passes on a ready response (a proxy: our own Via is already off). */
  forward(response: SipResponse): void;
  /** Called when a CANCEL for this INVITE came (its own 200 has been sent). The owner answers the INVITE, usually with 487. */
  onCancel?: (cancel: SipRequest) => void;
}

export interface ClientTransactionHandler {
  /** Every provisional response but 100. */
  provisional?(response: SipResponse, flow: Flow): void;
  /**
   * The final response. For an INVITE each 2xx arrives here, from every fork and each retransmission (RFC 6026 §8.4);
   * of the others only the first. A timeout (timers B, F) is a made-up 408, a transport error a made-up 503, neither with a Via.
   */
  final(response: SipResponse, flow: Flow | undefined): void;
}

export interface ClientTransaction {
  readonly request: SipRequest;
  /** INVITE only. Held back until a provisional response has come (RFC 3261 §9.1); no effect after a final one. */
  cancel(reason?: { headers?: Iterable<readonly [string, string]> }): void;
}

/** Transports and transactions: what a proxy or a registrar needs, and what the user agents below stand on. */
export interface SipEndpoint {
  /** Our own address as others see it, per protocol that is open: what Via and Contact say. `toward`: an IP address of the family meant. */
  localAddress(protocol: Protocol, toward?: string): LocalAddress | undefined;
  /**
   * Starts a client transaction. Writes the top Via. `to` may be a flow (the connection a request came over), a resolved target,
   * or undefined: then the first Route, else the Request-URI, is resolved.
   */
  request(request: SipRequest, handler: ClientTransactionHandler, to?: Flow | Target): ClientTransaction;
  /** Sends without a transaction: an ACK to a 2xx. Writes the top Via. */
  send(request: SipRequest, to?: Flow | Target): void;
  /**
   * Requests that no user agent of this stack claims, CANCEL excepted (see `ServerTransaction.onCancel`). ACK to a 2xx comes to
   * `onAck`. Without a handler: 404, 481 inside a dialog, 501 for a method nobody knows.
   */
  onRequest?: (transaction: ServerTransaction) => void;
  onAck?: (ack: SipRequest, flow: Flow) => void;
  /** A connection is gone: nobody is reached over this flow any more. Never for UDP. */
  onFlowLost?: (flow: Flow) => void;
}
