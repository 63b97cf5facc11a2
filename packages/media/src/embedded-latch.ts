/**
 * Whom we believe to be the peer when its packets come from elsewhere than its SDP says (symmetric RTP, RFC 4961):
 * `host`: any port of the signalled address, `any`: whoever comes first, `off`: nobody.
 */
export type Latching = 'host' | 'any' | 'off';

export interface Address {
  readonly address: string;
  readonly port: number;
}

/**
 * Where one port of the peer really is. Its first packet that proves good tells, and after that nobody else is believed
 * until the peer says in its SDP that it has moved. Then the first packet may be a late one from where it was before, or of somebody whose
 * place it has taken: the very address of the new SDP counts whenever it is heard.
 */
export class Latch {
  readonly #latching: Latching;
  #signalled: Address | undefined;
  #from: Address | undefined;
  #hasMoved = false;

  constructor(latching: Latching) {
    this.#latching = latching;
  }

  /** Where packets for the peer go. */
  get target(): Address | undefined {
    return this.#latching === 'off' ? this.#signalled : (this.#from ?? this.#signalled);
  }

  /** Where packets of the peer come from, once one has come. */
  get from(): Address | undefined {
    return this.#from;
  }

  /** What the peer's SDP says. One that has moved is waited for anew. */
  expect(signalled: Address): void {
    if (this.#signalled && isSame(this.#signalled, signalled)) return;
    this.#hasMoved = this.#signalled !== undefined;
    this.#signalled = signalled;
    this.#from = undefined;
  }

  /** Whether a packet may be the peer's. `otherPort`: where the peer's other port is, if that is known: it is on the same host. */
  isPeer(from: Address, otherPort?: Address): boolean {
    if (!this.#signalled) return false;
    if (this.#latching === 'off' || this.#isWhereItMoved(from)) return isSame(from, this.#signalled);
    if (this.#from) return isSame(from, this.#from);
    if (this.#latching === 'host') return from.address === this.#signalled.address;
    return !otherPort || from.address === otherPort.address;
  }

  /** A good packet came from there. */
  learn({ address, port }: Address): void {
    const from = { address, port };
    if (!this.#from || this.#isWhereItMoved(from)) this.#from = from;
  }

  #isWhereItMoved(from: Address): boolean {
    return this.#hasMoved && this.#signalled !== undefined && isSame(from, this.#signalled);
  }
}

function isSame(one: Address, other: Address): boolean {
  return one.port === other.port && one.address === other.address;
}
