import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import type { Flow, Protocol, Target } from './contract.ts';
import type { Core } from './core.ts';
import type { SipRequest, SipUri } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseUri } from './uri.ts';

/** Where a request is to go, before names are looked up. `protocol` counts where the URI does not say. */
export interface NextHop {
  readonly uri: SipUri;
  readonly protocol?: Protocol | undefined;
}

/** A hop by name, with the connection that is tried first. */
export interface Way extends NextHop {
  readonly flow?: Flow | undefined;
}

export type Hop = Flow | Target;

/** Where a request may go, all over the same protocol: one after the other is tried. */
export type Hops = readonly [Hop, ...Hop[]];

/** How a stack's open transports bear on the choice. */
export interface OpenTransports {
  /** The family of the bound address. Undefined: not open. */
  family(protocol: Protocol): 4 | 6 | undefined;
}

const lookupTimeoutMs = 5_000;
const cacheMs = 30_000;
const cacheSize = 1_000;

/** RFC 3261 §8.1.2, §16.6: the first Route, else the Request-URI. Undefined if it is no SIP URI. */
export function nextHopOf(request: SipRequest): SipUri | undefined {
  const route = request.headers.list('Route')[0];
  const uri = route === undefined ? parseUri(request.uri) : parseNameAddr(route)?.uri;
  return uri?.scheme === 'tel' ? undefined : uri;
}

/** From a URI to protocol, address and port (RFC 3263 §4 without SRV: A and AAAA only). */
export class Resolver {
  readonly #core: Core;
  readonly #transports: OpenTransports;
  readonly #lookup: (host: string) => Promise<readonly string[]>;
  readonly #known = new Map<
    string,
    { readonly addresses: Promise<readonly string[]>; readonly until: number }
  >();

  constructor(
    core: Core,
    transports: OpenTransports,
    resolve?: (host: string) => Promise<readonly string[]>,
  ) {
    this.#core = core;
    this.#transports = transports;
    this.#lookup = resolve ?? systemLookup;
  }

  /** At once where no name has to be looked up. Undefined: there is no way; never rejects. */
  hopsFor(
    request: SipRequest,
    to: Flow | Target | Way | undefined,
  ): Hops | undefined | Promise<Hops | undefined> {
    if (to && !('uri' in to)) return [to];
    const flow = to?.flow;
    const join = (target: Target | undefined): Hops | undefined => {
      if (!flow) return target && [target];
      return target?.protocol === flow.protocol ? [flow, target] : [flow];
    };
    const uri = to?.uri ?? nextHopOf(request);
    const target = uri && this.resolve({ uri, protocol: to?.protocol });
    return target instanceof Promise ? target.then(join) : join(target);
  }

  /** At once where the host is an address. Undefined: there is no way to there; never rejects. */
  resolve(hop: NextHop): Target | undefined | Promise<Target | undefined> {
    const protocol = this.protocolTo(hop);
    const family = protocol && this.#transports.family(protocol);
    if (!protocol || !family) return undefined;
    const host = hop.uri.params.get('maddr') ?? hop.uri.host;
    const port = hop.uri.port ?? (protocol === 'tls' || protocol === 'wss' ? 5061 : 5060);
    if (isIP(host)) return { protocol, host, port };
    return this.#addresses(host).then((addresses) => {
      const address = addresses.find((one) => (isIPv6(one) ? 6 : 4) === family);
      return address === undefined ? undefined : { protocol, host: address, port };
    });
  }

  /** RFC 3263 §4.1; `sips` never falls back to a transport in clear (RFC 3261 §26.2.2). */
  protocolTo({ uri, protocol }: NextHop): Protocol | undefined {
    const named = uri.params.get('transport')?.toLowerCase();
    if (uri.scheme === 'sips') return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
    if (named !== undefined && named !== '') return isProtocol(named) ? named : undefined;
    if (protocol) return protocol;
    return this.#transports.family('udp') ? 'udp' : 'tcp';
  }

  #addresses(host: string): Promise<readonly string[]> {
    const now = this.#core.clock.now();
    const known = this.#known.get(host);
    if (known && known.until > now) return known.addresses;
    const addresses = this.#lookUpInTime(host).catch((err: unknown) => {
      this.#core.count('lookupsFailed');
      this.#core.log.warn({ err, host }, 'host name not resolved');
      this.#known.delete(host);
      return [];
    });
    if (this.#known.size >= cacheSize) this.#known.clear();
    this.#known.set(host, { addresses, until: now + cacheMs });
    return addresses;
  }

  #lookUpInTime(host: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const stop = this.#core.clock.setTimeout(
        () => reject(new Error('the resolver did not answer')),
        lookupTimeoutMs,
      );
      this.#lookup(host).then(resolve, reject).finally(stop);
    });
  }
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

function isProtocol(name: string): name is Protocol {
  return name === 'udp' || name === 'tcp' || name === 'tls' || name === 'ws' || name === 'wss';
}
