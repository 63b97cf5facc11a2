import { formatHostPort, type Clock, type Flow, type NameAddr, type SipUri } from '@soft-handset/sip';

/** Where a phone can be reached (RFC 3261 §10.3). */
export interface Binding {
  readonly contact: NameAddr;
  /** The way its REGISTER came: works behind NAT and for TCP, where the Contact may not. */
  readonly flow: Flow;
  readonly callId: string;
  readonly cseq: number;
  /** On the clock's scale, milliseconds. */
  readonly expiresAt: number;
}

const maxBindingsPerAccount = 10;

/** Who is registered where. */
export class LocationTable {
  readonly #clock: Clock;
  readonly #bindings = new Map<string, Map<string, Binding>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The account's bindings that have not expired. */
  of(account: string): Binding[] {
    const bindings = this.#bindings.get(account);
    if (!bindings) return [];
    const now = this.#clock.now();
    for (const [key, { expiresAt }] of bindings) if (expiresAt <= now) bindings.delete(key);
    return [...bindings.values()];
  }

  /** The one whose Contact that is: what phones know each other by in a call, and call where they are transferred. */
  at({ user, host, port }: SipUri): { readonly account: string; readonly binding: Binding } | undefined {
    for (const account of this.#bindings.keys()) {
      const binding = this.of(account).find(
        ({ contact: { uri } }) => uri.user === user && uri.host === host && uri.port === port,
      );
      if (binding) return { account, binding };
    }
    return undefined;
  }

  find(account: string, contact: NameAddr): Binding | undefined {
    return this.of(account).find((binding) => keyOf(binding.contact) === keyOf(contact));
  }

  /** Whether these may be there too: an account has so many bindings and no more. */
  hasRoomFor(account: string, contacts: readonly NameAddr[]): boolean {
    const keys = new Set([...this.of(account).map(({ contact }) => contact), ...contacts].map(keyOf));
    return keys.size <= maxBindingsPerAccount;
  }

  put(account: string, binding: Binding): void {
    const bindings = this.#bindings.get(account) ?? new Map<string, Binding>();
    bindings.set(keyOf(binding.contact), binding);
    this.#bindings.set(account, bindings);
  }

  /** A connection is gone, and with it those who were reached over it: they must register anew (RFC 5626 §4.4). */
  forgetFlow(flow: Flow): void {
    for (const bindings of this.#bindings.values())
      for (const [key, binding] of bindings) if (binding.flow.id === flow.id) bindings.delete(key);
  }

  remove(account: string, contact?: NameAddr): void {
    if (contact) this.#bindings.get(account)?.delete(keyOf(contact));
    else this.#bindings.delete(account);
  }

  /** Bindings of all accounts. */
  get size(): number {
    return [...this.#bindings.keys()].reduce((sum, account) => sum + this.of(account).length, 0);
  }
}

function keyOf({ uri }: NameAddr): string {
  return `${uri.user ?? ''}@${formatHostPort(uri.host.toLowerCase(), uri.port)};${uri.params.get('transport')?.toLowerCase() ?? ''}`;
}
