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
