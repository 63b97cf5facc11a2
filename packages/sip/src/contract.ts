import type { NameAddr, SipRequest, SipResponse } from './message.ts';

/*
 * What the rest of the project uses of this package. The classes that do it stand in files of their own;
 * an owner who is to be tested without a network takes these interfaces and gets fakes.
 */

/** Transport names as in Via, in lower case. */
export type Protocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Where a message came from, and the way back: for TCP the very connection (RFC 3261 §18.2.2, RFC 5626 flow). */
export interface Flow {
  readonly protocol: Protocol;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** Identifies the connection (or the socket and remote address for UDP) for as long as it lives. */
  readonly id: string;
}

/** A next hop that has been resolved. */
export interface Target {
  readonly protocol: Protocol;
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  /** The host that the URI names: who a server over TLS must prove to be (RFC 5922 §7.2). Default: `host`. */
  readonly name?: string;
}

/** Time and timers, so that tests need not wait. `setTimeout` returns a function that cancels it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): () => void;
}

/** The logging calls that this package makes: pino fits. */
export interface Log {
  debug(facts: object, text: string): void;
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

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
  /** Our own address as others see it, per protocol that is open: what Via and Contact say. */
  localAddress(protocol: Protocol): { readonly host: string; readonly port: number } | undefined;
  /**
   * Starts a client transaction. Writes the top Via. `to` may be a flow (the connection a request came over), a resolved target,
   * or undefined: then the first Route, else the Request-URI, is resolved.
   */
  request(request: SipRequest, handler: ClientTransactionHandler, to?: Flow | Target): ClientTransaction;
  /** Sends without a transaction: an ACK to a 2xx. Writes the top Via. */
  send(request: SipRequest, to?: Flow | Target): void;
  /**
   * Requests that no user agent of this stack claims, CANCEL excepted (see `ServerTransaction.onCancel`). ACK to a 2xx comes to
   * `onAck`. Without a handler: 404, 481 inside a dialog, 405 for a method nobody knows.
   */
  onRequest?: (transaction: ServerTransaction) => void;
  onAck?: (ack: SipRequest, flow: Flow) => void;
}

/** Who a user agent is and how it reaches its server. */
export interface UserAgentOptions {
  /** The address of record, e.g. `sip:1001@pbx.example`. */
  readonly aor: string;
  readonly displayName?: string;
  /** The user part of our Contact. Requests to it are this user agent's. Default: a random token. */
  readonly contactUser?: string;
  readonly credentials?: Credentials;
  /** `sip:host:port;transport=tcp`. Requests go there whatever their URI says, as a preloaded Route with `lr`. Default: the AOR's host. */
  readonly outboundProxy?: string;
  /** Default: what the target's `transport` parameter says, else UDP. */
  readonly protocol?: Protocol;
  /** Header name-values in every REGISTER and INVITE. */
  readonly headers?: Iterable<readonly [string, string]>;
}

export interface Credentials {
  /** The user name for digest authentication. */
  readonly username: string;
  /** Password in clear, or H(A1) for a realm: for MD5 only unless `ha1Algorithm` says otherwise. */
  readonly password?: string;
  readonly ha1?: string;
  /** `MD5`, `SHA-256` or `SHA-512-256`; default `MD5`. */
  readonly ha1Algorithm?: string;
}

/** One account on the stack: it registers, calls and is called. */
export interface UserAgent {
  readonly aor: string;
  readonly contactUser: string;
  register(handler: RegistrationHandler, options?: RegistrationOptions): Registration;
  /**
   * Starts a call. With `sdp` the INVITE carries the offer; without, the 2xx brings it (RFC 3261 §13.2.1) and `ack(answer)` is due.
   * @throws SipError `invalid-uri` if `target` is not a SIP or tel URI
   */
  invite(target: string, handler: InviteSessionHandler, options?: InviteOptions): InviteSession;
  /** A request outside any dialog (OPTIONS, MESSAGE ...), with digest. Settles with the final response, made-up 408/503 included. */
  request(method: string, target: string, options?: RequestOptions): Promise<SipResponse>;
  /**
   * A new incoming call. Call `attach` on the session before returning, or it is answered 480.
   * Retransmissions, CANCEL and merged requests (482) are the stack's business.
   */
  onInvite?: (session: IncomingInvite) => void;
  /** Other requests outside a dialog, and those in a dialog that the session's owner does not take. Default: OPTIONS 200, else 405. */
  onRequest?: (transaction: ServerTransaction) => void;
  close(): void;
}

export interface RequestOptions {
  readonly headers?: Iterable<readonly [string, string]>;
  readonly body?: string;
  readonly contentType?: string;
}

export interface InviteOptions extends RequestOptions {
  /** The offer. */
  readonly sdp?: string;
  /** Our From display name, where it differs from the account's. */
  readonly displayName?: string;
  /** Call-ID to use. Default: a random one. */
  readonly callId?: string;
}

export interface RegistrationOptions {
  /** Wanted lifetime in seconds, default 3600. The server's answer counts. */
  readonly expires?: number;
  readonly headers?: Iterable<readonly [string, string]>;
  readonly contactParams?: Iterable<readonly [string, string]>;
}

export interface RegistrationHandler {
  /** After each successful REGISTER, the refreshes included (`first` tells them apart). */
  registered(facts: { readonly expires: number; readonly first: boolean }): void;
  /**
   * A REGISTER was refused or not answered. `retryInMs` is set where the stack tries again by itself (timeouts, 5xx, transport),
   * absent where it gave up (401/403/404 with the credentials we have, ...).
   */
  failed(facts: { readonly status: number; readonly reason: string; readonly retryInMs?: number }): void;
  unregistered?(): void;
}

/** A binding kept alive: refreshed with jitter before it expires, retried with back-off (RFC 5626 §4.5) when the server is away. */
export interface Registration {
  readonly state: 'registering' | 'registered' | 'waiting' | 'refused' | 'unregistering' | 'unregistered';
  /** Registers now, e.g. after the network came back. */
  refresh(): void;
  /** Expires 0 for our contact. Settles when the server answered or timer F ran out; never rejects. */
  unregister(): Promise<void>;
  /** Stops timers without a word to the server. */
  close(): void;
}

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

export interface SipStackOptions {
  /** Address to bind to. Default 127.0.0.1. Port 0 asks the system. At least one of udp, tcp. */
  readonly udp?: { readonly host?: string; readonly port?: number };
  readonly tcp?: { readonly host?: string; readonly port?: number };
  /** Host for Via and Contact where it is not the bound one (NAT, 0.0.0.0). */
  readonly advertisedHost?: string;
  /** User-Agent and Server header. */
  readonly userAgent?: string;
  /** RFC 3261 table 4, milliseconds. Tests shorten them. */
  readonly timers?: Partial<{
    t1: number;
    t2: number;
    t4: number;
    timerB: number;
    timerC: number;
    timerD: number;
    timerF: number;
    timerH: number;
  }>;
  readonly limits?: Partial<{
    messageBytes: number;
    headerCount: number;
    headerBytes: number;
    tcpConnections: number;
    serverTransactions: number;
  }>;
  /** Host name to IP addresses. Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly clock?: Clock;
  /** Cryptographically strong random bytes as hex, for tags, branches and Call-IDs. */
  readonly random?: (bytes: number) => string;
  readonly log?: Log;
}

/** Everything of SIP in one: made by `openSipStack(options): Promise<SipStack>`. */
export interface SipStack extends SipEndpoint {
  /** @throws SipError `invalid-uri` */
  createUserAgent(options: UserAgentOptions): UserAgent;
  /** Live transactions, dialogs, timers and connections: for tests that count and for /metrics. */
  counts(): {
    readonly transactions: number;
    readonly sessions: number;
    readonly registrations: number;
    readonly connections: number;
  };
  /** Parse errors, retransmissions, timeouts ... since the start. */
  readonly stats: Readonly<Record<string, number>>;
  /** Ends sockets and timers; open sessions end as `failure` 503. May be called twice. */
  close(): Promise<void>;
}
