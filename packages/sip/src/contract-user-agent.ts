import type { Protocol } from './contract.ts';
import type { Registration, RegistrationHandler, RegistrationOptions } from './contract-registration.ts';
import type { IncomingInvite, InviteSession, InviteSessionHandler } from './contract-session.ts';
import type {
  ReplacedDialog,
  SubscribeOptions,
  Subscription,
  SubscriptionHandler,
} from './contract-subscriptions.ts';
import type { ServerTransaction } from './contract-transactions.ts';
import type { NameAddr, SipResponse } from './message.ts';

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
  /** Proxies of the same kind that the account is registered at, in their order, where the one before does not take it now. */
  readonly backupProxies?: readonly string[];
  /**
   * RFC 5626: `urn:uuid:...`, the same for this user agent as long as it is used. With it the account is registered at all its proxies at
   * the same time, each flow under a number of its own, and requests go out by the first that stands.
   */
  readonly instance?: string;
  /** Default: what the target's `transport` parameter says, else UDP. */
  readonly protocol?: Protocol;
  /**
   * Session timers (RFC 4028), in seconds: what our INVITE asks for (default 1800; 0: nothing), and the shortest interval that we
   * accept of a peer (default 90, the shortest there is).
   */
  readonly sessionTimer?: { readonly expires?: number; readonly minimum?: number };
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
  /**
   * Subscribes to what `target` tells of an event package (RFC 6665), and keeps the subscription alive.
   * @throws SipError `invalid-uri`, `invalid-header`
   */
  subscribe(target: string, handler: SubscriptionHandler, options: SubscribeOptions): Subscription;
  /** A request outside any dialog (OPTIONS, MESSAGE ...), with digest. Settles with the final response, made-up 408/503 included. */
  request(method: string, target: string, options?: OutsideRequestOptions): Promise<SipResponse>;
  /**
   * A new incoming call. Call `attach` on the session before returning, or it is answered 480.
   * Retransmissions, CANCEL and merged requests (482) are the stack's business.
   */
  onInvite?: (session: IncomingInvite) => void;
  /** A MESSAGE outside a dialog (RFC 3428 §7). Without it: as other requests. */
  onMessage?: (transaction: ServerTransaction) => void;
  /** A NOTIFY of no subscription of ours: some servers tell unasked of messages that wait. Without it: as other requests, else 481. */
  onNotify?: (transaction: ServerTransaction) => void;
  /** Other requests outside a dialog, and those in a dialog that the session's owner does not take. Default: OPTIONS 200, else 405 or 501. */
  onRequest?: (transaction: ServerTransaction) => void;
  close(): void;
}

export interface RequestOptions {
  readonly headers?: Iterable<readonly [string, string]>;
  readonly body?: string;
  readonly contentType?: string;
}

/** A request that begins something of its own. */
export interface OutsideRequestOptions extends RequestOptions {
  /** Our From display name, where it differs from the account's. */
  readonly displayName?: string;
  /** Call-ID to use. Default: a random one. */
  readonly callId?: string;
}

export interface InviteOptions extends OutsideRequestOptions {
  /** The offer. */
  readonly sdp?: string;
  /** The call takes the place of another (RFC 3891): what a referral names. The peer is required to understand it. */
  readonly replaces?: ReplacedDialog;
  /** Who referred us to this peer (RFC 3892): what the referral said. */
  readonly referredBy?: string;
  /**
   * Which of the addresses in a 300, 301 or 302 may be called instead, best first, each once and ten at most (RFC 3261 §8.1.3.4).
   * Without it a 3xx ends the call.
   */
  readonly redirect?: (target: NameAddr) => boolean;
}
