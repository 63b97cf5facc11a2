import type { SipEndpoint } from './contract-transactions.ts';
import type { UserAgent, UserAgentOptions } from './contract-user-agent.ts';
import type { SipDns } from './dns.ts';
import type { KeepAliveOptions } from './keep-alives.ts';
import type { TlsCredentials } from './tls.ts';

export type * from './contract-registration.ts';
export type * from './contract-session.ts';
export type * from './contract-subscriptions.ts';
export type * from './contract-transactions.ts';
export type * from './contract-user-agent.ts';

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

/** Where we are reached. Without a port: only over connections that we have opened. */
export interface LocalAddress {
  readonly host: string;
  readonly port?: number;
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
  /** Where it is there and says no, facts for `debug` are not gathered: there are some for each message. */
  isLevelEnabled?(level: 'debug'): boolean;
}

export type OneOrTwo<T> = T | readonly [T, T];

export interface ListenAddress {
  readonly host?: string;
  readonly port?: number;
}

export interface SipStackOptions {
  /** Address to bind to. Default 127.0.0.1. Port 0 asks the system. Two: one for each family of addresses. At least one transport. */
  readonly udp?: OneOrTwo<ListenAddress>;
  readonly tcp?: OneOrTwo<ListenAddress>;
  /** Without a port these only connect. */
  readonly tls?: OneOrTwo<ListenAddress & { readonly credentials?: TlsCredentials }>;
  readonly ws?: OneOrTwo<ListenAddress & { readonly path?: string }>;
  readonly wss?: OneOrTwo<ListenAddress & { readonly path?: string; readonly credentials?: TlsCredentials }>;
  /** Host for Via and Contact where it is not the bound one (NAT, 0.0.0.0). An IP address counts for its family only. */
  readonly advertisedHost?: string;
  /**
   * Over UDP and streams our Contact follows where the registrar sees us (RFC 3581), for a NAT lies between. Default true; false where
   * `advertisedHost` is known to be right.
   */
  readonly contactFromServer?: boolean;
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
  /** Whom to ask about names (RFC 3263). What is left out is asked of the system. */
  readonly dns?: Partial<SipDns>;
  /** How flows are kept open over which a server is to reach us (RFC 5626 §4.4). */
  readonly keepAlive?: Partial<KeepAliveOptions>;
  /** Longer requests go over TCP where there is some, for UDP would break them up (RFC 3261 §18.1.1). Default 1300 bytes. */
  readonly longestDatagram?: number;
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
    /** Calls, and subscriptions of ours. */
    readonly sessions: number;
    readonly registrations: number;
    readonly connections: number;
  };
  /** Parse errors, retransmissions, timeouts ... since the start. */
  readonly stats: Readonly<Record<string, number>>;
  /** Ends sockets and timers; open sessions end as `failure` 503. May be called twice. */
  close(): Promise<void>;
}
