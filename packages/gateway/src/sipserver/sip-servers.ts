import { defaultPort, parseUri } from '@soft-handset/sip';
import type { SipUri } from '@soft-handset/sip';
import type { SipServer } from '../account.ts';

/** The configured SIP servers: all that a handset can reach. */
export class SipServers {
  readonly #byName: ReadonlyMap<string, SipServer>;
  readonly #byAddress: ReadonlyMap<string, SipServer>;
  readonly #hosts: ReadonlySet<string>;

  constructor(servers: readonly SipServer[]) {
    const places = servers.flatMap((server) => {
      return [server.uri, ...(server.backups ?? [])].flatMap((text) => {
        const uri = parseUri(text);
        return uri ? [{ server, uri }] : [];
      });
    });
    this.#byName = new Map(servers.map((server) => [server.name, server]));
    this.#byAddress = new Map(places.map(({ server, uri }) => [addressOf(uri), server]));
    this.#hosts = new Set(places.map(({ uri }) => uri.host.toLowerCase()));
  }

  named(name: string): SipServer | undefined {
    return this.#byName.get(name);
  }

  isHost(host: string): boolean {
    return this.#hosts.has(host.toLowerCase());
  }

  /** The only server there is, if there is but one. */
  get sole(): SipServer | undefined {
    return this.#byName.size === 1 ? [...this.#byName.values()][0] : undefined;
  }

  /** The server that a handset's `proxy` means; its user part says nothing. Without a transport it means whichever the list has. */
  at(proxy: SipUri): SipServer | undefined {
    const exact = this.#byAddress.get(addressOf(proxy));
    if (exact || proxy.scheme !== 'sip' || proxy.params.has('transport')) return exact;
    return ['tcp', 'tls', 'ws', 'wss']
      .map((transport) =>
        this.#byAddress.get(addressOf({ ...proxy, params: new Map([['transport', transport]]) })),
      )
      .find((server) => server !== undefined);
  }
}

/** Host, port and transport, with the defaults of RFC 3261 §19.1.2 (a missing port is the default one: RFC 3263 §4.2). */
function addressOf({ scheme, host, port, params }: SipUri): string {
  const transport = transportOf(scheme, params.get('transport')?.toLowerCase());
  return `${transport} ${host.toLowerCase()} ${port ?? defaultPort(transport)}`;
}

/** `sips` means TLS on each hop, over a WebSocket too (RFC 7118 §5.2). */
function transportOf(scheme: SipUri['scheme'], named: string | undefined): string {
  if (scheme !== 'sips') return named ?? 'udp';
  return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
}
