import { isIP, isIPv6 } from 'node:net';
import type { Flow, Protocol, Target } from './contract.ts';
import { defaultPort } from './default-port.ts';
import { RememberedDns, systemDns } from './dns.ts';
import type { DnsCore, SipDns, SrvRecord } from './dns.ts';
import type { SipRequest, SipUri } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { chanceOf, inSrvOrder } from './srv-order.ts';
import type { Hop, TransportSet } from './transport-set.ts';
import { parseUri } from './uri.ts';

/** Where a request is to go, before names are looked up. `protocol` counts where the URI does not say. */
export interface NextHop {
  readonly uri: SipUri;
  readonly protocol?: Protocol | undefined;
}

/** A hop by name. */
export interface Way extends NextHop {
  /** The connection that is tried first, wherever the name leads. */
  readonly flow?: Flow | undefined;
  /**
   * A connection that is taken if the name leads to its other end: over TLS it may have been opened for another name, and a proxy that
   * names itself by its address could not prove that (RFC 5923 §8).
   */
  readonly near?: Flow | undefined;
}

/** Ways for one message over one protocol: the next is taken where it cannot be handed to the one before. */
export type Hops = readonly [Hop, ...Hop[]];

/** What the resolver knows of the transports. */
export type OpenTransports = Pick<TransportSet, 'has' | 'to' | 'preferredFamily'>;

/** In this order where the DNS has no wish (RFC 3263 §4.1). */
const plain: readonly Protocol[] = ['udp', 'tcp', 'tls'];

/** RFC 3263 §4.1, RFC 3261 §26.2.2: `sips` never falls back to a transport in clear. */
const services: ReadonlyMap<string, Protocol> = new Map([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
]);
const srvPrefix: ReadonlyMap<Protocol, string> = new Map([
  ['udp', '_sip._udp.'],
  ['tcp', '_sip._tcp.'],
  ['tls', '_sips._tcp.'],
]);

/** RFC 3261 §8.1.2, §16.6: the first Route, else the Request-URI. Undefined if it is no SIP URI. */
export function nextHopOf(request: SipRequest): SipUri | undefined {
  const route = request.headers.list('Route')[0];
  const uri = route === undefined ? parseUri(request.uri) : parseNameAddr(route)?.uri;
  return uri?.scheme === 'tel' ? undefined : uri;
}

/** From a URI to protocols, addresses and ports, the first to be tried in front (RFC 3263 §4). */
export class Resolver {
  readonly #transports: OpenTransports;
  readonly #dns: SipDns;

  constructor(core: DnsCore, transports: OpenTransports, dns: Partial<SipDns> = {}) {
    this.#transports = transports;
    this.#dns = new RememberedDns(core, completed(dns));
  }

  /** At once where no name has to be looked up. Empty: there is no way; never rejects. */
  hopsFor(
    request: SipRequest,
    to: Flow | Target | Way | undefined,
  ): readonly Hops[] | Promise<readonly Hops[]> {
    if (to && !('uri' in to)) return [[to]];
    // RFC 7118 §5: whom we reach over a WebSocket has no address; looking for one would only cost time.
    if (to?.flow?.protocol === 'ws' || to?.flow?.protocol === 'wss') return [[to.flow]];
    const uri = to?.uri ?? nextHopOf(request);
    const targets = uri
      ? this.resolve({ uri, protocol: to?.protocol }, request.headers.get('Call-ID') ?? '')
      : [];
    return targets instanceof Promise ? targets.then((found) => join(found, to)) : join(targets, to);
  }

  /** At once where the host is an address. `callId`: what belongs together goes to the same server. */
  resolve(hop: NextHop, callId = ''): readonly Target[] | Promise<readonly Target[]> {
    const { uri } = hop;
    const protocol = this.protocolTo(hop);
    const host = uri.params.get('maddr') ?? uri.host;
    if (isIP(host) !== 0) {
      if (!protocol) return [];
      const target = { protocol, host, port: uri.port ?? defaultPort(protocol), name: uri.host };
      return this.#transports.to(target) ? [target] : [];
    }
    return this.#look({ ...hop, host }, chanceOf(callId));
  }

  /** What a request to there goes over, as long as the DNS has no other wish; undefined if there is no such transport. */
  protocolTo(hop: NextHop): Protocol | undefined {
    const asked = this.#protocolAsked(hop);
    if (asked === 'unknown') return undefined;
    const protocol = asked ?? plain.find((one) => this.#transports.has(one));
    return protocol && this.#transports.has(protocol) ? protocol : undefined;
  }

  /** RFC 3263 §4.1. Undefined: nobody says. */
  #protocolAsked({ uri, protocol }: NextHop): Protocol | 'unknown' | undefined {
    const named = uri.params.get('transport')?.toLowerCase();
    if (uri.scheme === 'sips') return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
    // RFC 7118 §5.2: `ws` stands for both; who registered over TLS stays there.
    if (named === 'ws' && protocol === 'wss') return 'wss';
    if (named !== undefined && named !== '') return isProtocol(named) ? named : 'unknown';
    return protocol;
  }

  async #look(hop: NextHop & { readonly host: string }, random: () => number): Promise<readonly Target[]> {
    const { uri, host } = hop;
    const asked = this.#protocolAsked(hop);
    const protocol = this.protocolTo(hop);
    if (asked === 'unknown' || (asked && !protocol)) return [];
    if (uri.port === undefined && uri.params.get('maddr') === undefined && mayHaveRecords(host)) {
      const found = await this.#byRecords(host, asked, random);
      if (found) return found;
    }
    if (!protocol) return [];
    return this.#addressesOf(host, { protocol, port: uri.port ?? defaultPort(protocol), name: uri.host });
  }

  /** NAPTR, then SRV (RFC 3263 §4.1, §4.2). Undefined: the domain has none that we can use. */
  async #byRecords(
    domain: string,
    asked: Protocol | undefined,
    random: () => number,
  ): Promise<readonly Target[] | undefined> {
    const usable = asked ? [asked] : plain.filter((one) => this.#transports.has(one));
    const named = asked ? [] : await this.#naptr(domain);
    const places =
      named.length > 0
        ? named
        : usable.flatMap((protocol) => {
            const prefix = srvPrefix.get(protocol);
            return prefix === undefined ? [] : [{ protocol, name: prefix + domain }];
          });
    const records = await Promise.all(places.map(({ name }) => this.#dns.srv(name)));
    if (records.every((list) => list.length === 0)) return undefined;
    const targets: Target[] = [];
    for (const [at, { protocol }] of places.entries()) {
      for (const record of inSrvOrder(records[at] ?? [], random))
        targets.push(...(await this.#ofServer(record, protocol, domain)));
    }
    return targets;
  }

  async #naptr(domain: string): Promise<readonly { readonly protocol: Protocol; readonly name: string }[]> {
    const records = await this.#dns.naptr(domain);
    const ordered = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
    return ordered.flatMap(({ service, flags, replacement }) => {
      const protocol = services.get(service.toUpperCase());
      const isUsable = flags.toLowerCase() === 's' && protocol && this.#transports.has(protocol);
      return isUsable ? [{ protocol, name: replacement }] : [];
    });
  }

  /** RFC 2782: a server named `.` says that the service is not there. */
  async #ofServer({ name, port }: SrvRecord, protocol: Protocol, domain: string): Promise<readonly Target[]> {
    return name === '' || name === '.' ? [] : this.#addressesOf(name, { protocol, port, name: domain });
  }

  async #addressesOf(host: string, target: Omit<Target, 'host'>): Promise<readonly Target[]> {
    const addresses = await this.#dns.addresses(host);
    const preferred = this.#transports.preferredFamily(target.protocol);
    const rank = (address: string) => Number((isIPv6(address) ? 6 : 4) !== preferred);
    return [...addresses]
      .sort((a, b) => rank(a) - rank(b))
      .map((address) => ({ ...target, host: address }))
      .filter((one) => this.#transports.to(one));
  }
}

function join(targets: readonly Target[], { flow, near }: Pick<Way, 'flow' | 'near'> = {}): readonly Hops[] {
  if (flow) {
    const [first, ...others] = targets.filter(({ protocol }) => protocol === flow.protocol);
    return first ? [[flow, first], ...others.map((target): Hops => [target])] : [[flow]];
  }
  return targets.map((target) => (near && leadsTo(near, target) ? [near, target] : [target]));
}

function leadsTo({ protocol, remoteHost, remotePort }: Flow, target: Target): boolean {
  return protocol === target.protocol && remoteHost === target.host && remotePort === target.port;
}

/** What is left out is asked of the system. */
function completed(dns: Partial<SipDns>): SipDns {
  const system = systemDns();
  return {
    naptr: (domain) => (dns.naptr ? dns.naptr(domain) : system.naptr(domain)),
    srv: (name) => (dns.srv ? dns.srv(name) : system.srv(name)),
    addresses: (host) => (dns.addresses ? dns.addresses(host) : system.addresses(host)),
  };
}

/** Names without a dot and those kept for private use have no records of their own; asking would only cost time. */
function mayHaveRecords(host: string): boolean {
  return host.includes('.') && !/\.(?:local|localhost|invalid|internal)\.?$/i.test(host);
}

function isProtocol(name: string): name is Protocol {
  return name === 'udp' || name === 'tcp' || name === 'tls' || name === 'ws' || name === 'wss';
}
