import { isIP } from 'node:net';
import type { Credentials, Protocol, RequestOptions, UserAgentOptions } from './contract.ts';
import type { Core } from './core.ts';
import { partyValue } from './dialog.ts';
import type { Endpoint } from './endpoint.ts';
import type { Way } from './resolve.ts';
import { Headers } from './headers.ts';
import type { SipRequest, SipUri } from './message.ts';
import { formatNameAddr } from './name-addr.ts';
import { noParams } from './params.ts';
import { saysNothing } from './registrar-says.ts';
import type { RegistrarSays } from './registrar-says.ts';
import { shortestMinSE } from './session-expires.ts';
import type { SessionTimerPolicy } from './session-expires.ts';
import { SipError } from './sip-error.ts';
import { formatUri, parseUri } from './uri.ts';

/** A user agent's options, read once. */
export interface Account {
  readonly aor: SipUri;
  readonly displayName: string | undefined;
  readonly contactUser: string;
  readonly credentials: Credentials | undefined;
  readonly outboundProxy: SipUri | undefined;
  readonly protocol: Protocol | undefined;
  /** All outbound proxies: the first, and those that may take its place. */
  readonly proxies: readonly OutboundProxy[];
  readonly sessionTimer: SessionTimerPolicy;
  readonly headers: readonly (readonly [string, string])[];
  /** RFC 5626 §4.1. */
  readonly instance: string | undefined;
  readonly registrar: RegistrarSays;
}

/** A way out, and what it is reached over where its URI does not say. */
export interface OutboundProxy {
  readonly uri: SipUri;
  readonly protocol: Protocol | undefined;
}

const defaultSessionTimer: SessionTimerPolicy = { expires: 1_800, minimum: shortestMinSE };

/** @throws SipError `invalid-uri` */
export function accountOf(options: UserAgentOptions, core: Core): Account {
  const proxies = [options.outboundProxy, ...(options.backupProxies ?? [])].flatMap((text) => {
    if (text === undefined) return [];
    const uri = readUri(text);
    return [{ uri, protocol: options.protocol ?? secureWebSocketOf(uri) }];
  });
  return {
    aor: readUri(options.aor),
    displayName: options.displayName,
    contactUser: options.contactUser ?? core.random(12),
    credentials: options.credentials,
    outboundProxy: proxies[0]?.uri,
    protocol: options.protocol ?? proxies[0]?.protocol,
    proxies,
    sessionTimer: { ...defaultSessionTimer, ...options.sessionTimer },
    headers: [...(options.headers ?? [])],
    instance: options.instance,
    registrar: saysNothing,
  };
}

/** The account with its requests going out there. */
export function through(account: Account, proxy: OutboundProxy | undefined): Account {
  return proxy ? { ...account, outboundProxy: proxy.uri, protocol: proxy.protocol } : account;
}

/** A proxy reached over a WebSocket names itself with `transport=ws`, over TLS too (RFC 7118 §5.2): we must remember which it was. */
function secureWebSocketOf({ scheme, params }: SipUri): Protocol | undefined {
  const named = params.get('transport')?.toLowerCase();
  return named === 'wss' || (named === 'ws' && scheme === 'sips') ? 'wss' : undefined;
}

/** @throws SipError `invalid-uri` */
export function readUri(text: string): SipUri {
  const uri = parseUri(text);
  if (!uri) throw SipError.invalidUri(text);
  return uri;
}

/**
 * Where a request outside a dialog goes: to the outbound proxy, else the way that the registrar has named, else where its URI says; a
 * number alone to the account's own host.
 */
export function wayTo(account: Account, target: SipUri): Way {
  const [firstRoute] = account.registrar.serviceRoute;
  const uri = account.outboundProxy ?? firstRoute?.uri ?? (target.scheme === 'tel' ? account.aor : target);
  return { uri, protocol: account.protocol };
}

/**
 * Our Contact as those see it who are reached over `protocol`. A transport other than UDP is named (RFC 3261 §19.1.1); where the request or
 * its way is `sips`, the Contact is too (§8.1.1.8).
 */
export function contactUri(account: Account, endpoint: Endpoint, protocol: Protocol, asked = false): SipUri {
  const secure = asked || account.outboundProxy?.scheme === 'sips';
  const proxy = account.outboundProxy?.host ?? account.aor.host;
  const toward = isIP(proxy) === 0 ? undefined : proxy;
  const { seenAt } = account.registrar;
  const own =
    seenAt?.protocol === protocol
      ? { host: seenAt.host, port: seenAt.port }
      : (endpoint.localAddress(protocol, toward) ?? { host: 'localhost' });
  const name = transportParam(protocol, secure);
  const params = new Map(name === undefined ? [] : [['transport', name]]);
  // RFC 5626 §4.3: requests in the dialog come over the flow that has made it.
  if (account.registrar.isOutbound) params.set('ob', '');
  return { scheme: secure ? 'sips' : 'sip', user: account.contactUser, ...own, params, headers: noParams };
}

/** `ws` stands for both kinds of WebSocket (RFC 7118 §5.2); that a `sips` URI means TLS its scheme says (RFC 5630 §3.1.3). */
function transportParam(protocol: Protocol, secure: boolean): string | undefined {
  switch (protocol) {
    case 'udp':
      return undefined;
    case 'tcp':
      return 'tcp';
    case 'tls':
      return secure ? undefined : 'tls';
    case 'ws':
    case 'wss':
      return 'ws';
  }
}

export interface Outside {
  readonly method: string;
  readonly uri: SipUri;
  readonly callId: string;
  readonly cseq: number;
  readonly fromTag: string;
  readonly to?: SipUri;
  readonly displayName?: string | undefined;
}

/** A request outside a dialog (RFC 3261 §8.1.1), Via and Contact still to come. */
export function requestOutside(account: Account, core: Core, facts: Outside): SipRequest {
  const { method, uri, callId, cseq, fromTag } = facts;
  const headers = new Headers();
  for (const route of preloadedRoute(account)) headers.append('Route', route);
  headers.append('Max-Forwards', '70');
  headers.append('From', partyValue(account.aor, facts.displayName ?? account.displayName, fromTag));
  headers.append('To', partyValue(facts.to ?? uri, undefined));
  headers.append('Call-ID', callId);
  headers.append('CSeq', `${cseq} ${method}`);
  if (core.userAgent !== undefined) headers.append('User-Agent', core.userAgent);
  return { kind: 'request', method, uri: formatUri(uri), headers, body: '' };
}

/** The request with the owner's headers and body. @throws SipError `invalid-header` */
export function withOptions(request: SipRequest, options: RequestOptions): SipRequest {
  for (const [name, value] of options.headers ?? []) request.headers.append(name, value);
  if (options.body === undefined || options.body === '') return request;
  request.headers.set('Content-Type', options.contentType ?? 'application/sdp');
  return { ...request, body: options.body };
}

/** RFC 3261 §8.1.2, RFC 3608 §6.1. A service route that begins at the outbound proxy itself passes it only once. */
function preloadedRoute({ outboundProxy, registrar }: Account): string[] {
  const service = registrar.serviceRoute.map((route) => formatNameAddr(route));
  if (!outboundProxy) return service;
  const first = registrar.serviceRoute[0]?.uri;
  const beginsThere =
    first?.host.toLowerCase() === outboundProxy.host.toLowerCase() && first.port === outboundProxy.port;
  return beginsThere ? service : [`<${formatUri(looseRouter(outboundProxy))}>`, ...service];
}

function looseRouter(uri: SipUri): SipUri {
  return { ...uri, params: new Map([...uri.params, ['lr', '']]) };
}
