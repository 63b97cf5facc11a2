import { isIP, isIPv6 } from 'node:net';
import type { Clock, Flow, LocalAddress, Protocol, Target } from './contract.ts';
import { ReachableHost } from './reachable-host.ts';
import type { SipTransport } from './transport.ts';

export type Hop = Flow | Target;

export interface TransportSetOptions {
  /** What Via and Contact say instead of the address bound to; an IP address only for those of its family. */
  readonly advertisedHost?: string | undefined;
}

/** The open transports of a stack: of each protocol one, or one for each family of addresses. */
export class TransportSet {
  readonly all: readonly SipTransport[];
  readonly #advertisedHost: string | undefined;
  readonly #reachableHost: ReachableHost;

  constructor(
    transports: readonly SipTransport[],
    { advertisedHost }: TransportSetOptions,
    clock: Pick<Clock, 'now'>,
  ) {
    this.all = transports;
    this.#advertisedHost = advertisedHost;
    this.#reachableHost = new ReachableHost(clock);
  }

  has(protocol: Protocol): boolean {
    return this.all.some((one) => one.protocol === protocol);
  }

  /** The transport that a hop is reached over. */
  to(hop: Hop): SipTransport | undefined {
    return this.#find(hop.protocol, 'host' in hop ? hop.host : hop.remoteHost);
  }

  /** The family of the protocol's first transport: addresses of it are tried first, because our Contact names one of it. */
  preferredFamily(protocol: Protocol): 4 | 6 | undefined {
    const first = this.all.find((one) => one.protocol === protocol);
    return first && familyOf(first);
  }

  /** Our address as the peer at `toward` sees it. */
  localAddress(protocol: Protocol, toward?: string): LocalAddress | undefined {
    const transport = this.#find(protocol, toward);
    if (!transport) return undefined;
    const { host, port } = transport.local;
    return { host: this.#shownHost(host), ...(port !== 0 && { port }) };
  }

  get connections(): number {
    return this.all.reduce((sum, transport) => sum + transport.connections, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((transport) => transport.close()));
  }

  #find(protocol: Protocol, address?: string): SipTransport | undefined {
    const family = address === undefined ? undefined : isIPv6(address) ? 6 : 4;
    return this.all.find((one) => {
      if (one.protocol !== protocol) return false;
      // One that only connects reaches any address.
      return family === undefined || one.local.port === 0 || familyOf(one) === family;
    });
  }

  #shownHost(bound: string): string {
    const advertised = this.#advertisedHost;
    if (isIP(bound) === 0) return bound; // RFC 7118 §5.1: a name that cannot be looked up, because nobody can call us there.
    const fits = advertised !== undefined && (isIP(advertised) === 0 || isIP(advertised) === isIP(bound));
    return fits ? advertised : this.#reachableHost.of(bound);
  }
}

function familyOf({ local }: SipTransport): 4 | 6 {
  return isIPv6(local.host) ? 6 : 4;
}
