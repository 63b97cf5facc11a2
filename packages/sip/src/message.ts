import type { Headers } from './headers.ts';

/** A SIP or SIPS URI (RFC 3261 §19.1); `tel:` (RFC 3966) keeps its number in `user` and has an empty host. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips' | 'tel';
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  readonly port?: number;
  /** URI parameters, names in lower case; a parameter without value maps to the empty string. */
  readonly params: ReadonlyMap<string, string>;
  /** URI headers (`?a=b`), undecoded. */
  readonly headers: ReadonlyMap<string, string>;
}

/** `"Display" <uri>;param=value`: From, To, Contact, Route, Refer-To ... (RFC 3261 §20.10). */
export interface NameAddr {
  readonly displayName?: string;
  readonly uri: SipUri;
  /** Header parameters (`tag`, `expires`, `q` ...), names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/** One Via hop (RFC 3261 §20.42). */
export interface Via {
  /** `UDP`, `TCP`, `TLS`, `WS`, `WSS`. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: ReadonlyMap<string, string>;
}

/** A request as it stands on the wire, headers in their order. Data; nothing in it refers to a socket or a transaction. */
export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  /** The Request-URI, as text: what cannot be parsed is answered 416 or 400 by who needs it. */
  readonly uri: string;
  readonly headers: Headers;
  /** Decoded as UTF-8. `''` when there is none. */
  readonly body: string;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: string;
}

export type SipMessage = SipRequest | SipResponse;
