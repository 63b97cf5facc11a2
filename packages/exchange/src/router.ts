import {
  defaultPort,
  formatHostPort,
  formatUri,
  parseNameAddr,
  parseUri,
  type Clock,
  type Flow,
  type Protocol,
  type ServerTransaction,
  type SipEndpoint,
  type SipRequest,
  type SipUri,
} from '@soft-handset/sip';
import type { Accounts } from './accounts.ts';
import type { Challenges } from './challenges.ts';
import type { Activity } from './activity.ts';
import { DialogTable } from './dialogs.ts';
import { extensionList, extensionsUser } from './extension-list.ts';
import { fork } from './forking.ts';
import type { LocationTable } from './location.ts';
import type { Registrar } from './registrar.ts';

export interface RouterOptions {
  readonly endpoint: SipEndpoint;
  readonly accounts: Accounts;
  readonly location: LocationTable;
  readonly registrar: Registrar;
  readonly challenges: Challenges;
  readonly activity: Activity;
  readonly clock: Clock;
  /** How long phones ring before the caller hears that nobody answers. */
  readonly noAnswerMs: number;
}

/** Our own addresses, as requests name them. */
const protocols: readonly Protocol[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** A record-routing proxy for our accounts (RFC 3261 §16): who calls must be one of them, who is called too. */
export class Router {
  readonly #options: RouterOptions;
  readonly #dialogs: DialogTable;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#dialogs = new DialogTable(options.clock);
    options.endpoint.onRequest = (transaction) => this.#route(transaction);
    options.endpoint.onAck = (ack, flow) => this.#passAck(ack, flow);
  }

  get dialogCount(): number {
    return this.#dialogs.size;
  }

  #route(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refused = unsupportedIn(request);
    if (refused.length > 0)
      return transaction.respond(420, { headers: [['Unsupported', refused.join(', ')]] });
    if (request.method === 'REGISTER') return this.#options.registrar.register(transaction);
    if (hopsLeft(request) <= 0) return transaction.respond(483);
    const to = parseNameAddr(request.headers.get('To') ?? '');
    if (to?.params.has('tag')) return this.#routeInDialog(transaction);
    const uri = parseUri(request.uri);
    if (!uri) return transaction.respond(416);
    if (isForUs(request, uri)) return transaction.respond(200, { headers: [['Accept', 'application/sdp']] });
    if (!this.#isAllowed(transaction)) return;
    if (uri.user === extensionsUser && request.method === 'OPTIONS') this.#list(transaction);
    else this.#routeToAccount(transaction, uri);
  }

  /** Callers prove by digest who they are (RFC 3261 §22.3), and call under their own number only. */
  #isAllowed(transaction: ServerTransaction): boolean {
    const { request, flow } = transaction;
    const admission = this.#options.challenges.admit(request, flow.remoteHost, 'proxy');
    const caller = parseNameAddr(request.headers.get('From') ?? '')?.uri.user;
    if (admission.ok && caller === admission.username) return true;
    if (admission.ok) transaction.respond(403);
    else transaction.respond(admission.status, { headers: admission.headers });
    return false;
  }

  #list(transaction: ServerTransaction): void {
    const { accounts, location, activity } = this.#options;
    const body = JSON.stringify({ extensions: extensionList(accounts, location, activity) });
    transaction.respond(200, { body, contentType: 'application/json' });
  }

  #routeToAccount(transaction: ServerTransaction, uri: SipUri): void {
    const { accounts, location } = this.#options;
    const number = uri.user ?? '';
    const phone = accounts.has(number) ? undefined : location.at(uri);
    if (!accounts.has(number) && !phone) return transaction.respond(404);
    const name = phone?.account ?? number;
    const bindings = phone ? [phone.binding] : location.of(name);
    if (bindings.length === 0) return transaction.respond(480);
    const { request, flow } = transaction;
    if (request.method === 'INVITE') {
      this.#dialogs.learn(request, flow);
      this.#options.activity.begins(callIdOf(request), callerOf(request), name);
    }
    const branches = bindings.map((binding) => ({
      to: binding.flow,
      request: this.#passOn(request, targetOf(binding.contact.uri), flow, binding.flow),
    }));
    this.#fork(transaction, branches);
  }

  #routeInDialog(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const callId = request.headers.get('Call-ID');
    const to = this.#dialogs.wayFor(callId, request.uri);
    if (!to) return transaction.respond(481);
    this.#dialogs.learn(request, flow);
    this.#fork(transaction, [{ to, request: this.#passOn(request, request.uri, flow, to) }]);
  }

  #fork(transaction: ServerTransaction, branches: Parameters<typeof fork>[1]): void {
    const { endpoint, clock, noAnswerMs } = this.#options;
    const { method, headers } = transaction.request;
    const isFirst = method === 'INVITE' && !parseNameAddr(headers.get('To') ?? '')?.params.has('tag');
    fork(transaction, branches, {
      endpoint,
      clock,
      ...(isFirst && { noAnswerMs }),
      onResponse: (response, flow) => {
        if (method === 'INVITE' && flow && response.status < 300) this.#dialogs.learn(response, flow);
        if (method === 'BYE' && response.status >= 200) this.#forget(transaction.request);
        if (isFirst && response.status >= 600) this.#dialogs.forget(headers.get('Call-ID'));
      },
      onFinal: (status) => {
        if (!isFirst) return;
        const { activity } = this.#options;
        if (status < 300) activity.answered(callIdOf(transaction.request));
        else activity.ends(callIdOf(transaction.request));
      },
    });
  }

  #forget(request: SipRequest): void {
    this.#dialogs.forget(callIdOf(request));
    this.#options.activity.ends(callIdOf(request));
  }

  /** An ACK to a 2xx has no transaction; it goes the way of the dialog. */
  #passAck(ack: SipRequest, flow: Flow): void {
    const to = this.#dialogs.wayFor(ack.headers.get('Call-ID'), ack.uri);
    if (to && hopsLeft(ack) > 0) this.#options.endpoint.send(this.#passOn(ack, ack.uri, flow, to), to);
  }

  /** RFC 3261 §16.6: a copy with the new Request-URI, a hop less, our Route taken off and our Record-Route put on. */
  #passOn(request: SipRequest, uri: string, from: Flow, to: Flow): SipRequest {
    const headers = request.headers.clone();
    headers.set('Max-Forwards', String(hopsLeft(request) - 1));
    headers.delete('Proxy-Authorization');
    while (this.#isOurs(parseNameAddr(headers.list('Route')[0] ?? '')?.uri)) headers.shift('Route');
    // RFC 5658: where the protocol changes, each side gets the address it can reach.
    const sides = from.protocol === to.protocol ? [from.protocol] : [from.protocol, to.protocol];
    if (request.method !== 'ACK')
      for (const protocol of sides) headers.prepend('Record-Route', this.#recordRoute(protocol));
    return { ...request, uri, headers };
  }

  #recordRoute(protocol: Protocol): string {
    const { host, port } = this.#options.endpoint.localAddress(protocol) ?? { host: '127.0.0.1' };
    return `<sip:${formatHostPort(host, port)}${transportParam(protocol)};lr>`;
  }

  #isOurs(uri: SipUri | undefined): boolean {
    if (!uri) return false;
    const port = uri.port ?? defaultPort(uri.params.get('transport') ?? 'udp');
    return protocols.some((protocol) => {
      const local = this.#options.endpoint.localAddress(protocol);
      return local?.port === port && local.host === uri.host;
    });
  }
}

/** RFC 7118 §5.2: `ws` names both kinds of WebSocket; the port tells them apart. */
function transportParam(protocol: Protocol): string {
  if (protocol === 'udp') return '';
  return `;transport=${protocol === 'wss' ? 'ws' : protocol}`;
}

/** RFC 3261 §11: OPTIONS to the exchange itself. */
function isForUs({ method }: SipRequest, uri: SipUri | undefined): boolean {
  return method === 'OPTIONS' && uri?.user === undefined;
}

/** We know no extension: neither as proxy (RFC 3261 §16.3 step 5) nor, of what ends here, as registrar (§10.3 step 2) or server (§8.2.2.3). */
function unsupportedIn(request: SipRequest): string[] {
  const { headers, method } = request;
  const endsHere = method === 'REGISTER' || isForUs(request, parseUri(request.uri));
  return [...headers.list('Proxy-Require'), ...(endsHere ? headers.list('Require') : [])];
}

function hopsLeft(request: SipRequest): number {
  const text = request.headers.get('Max-Forwards') ?? '70';
  return /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
}

function callIdOf({ headers }: SipRequest): string {
  return headers.get('Call-ID') ?? '';
}

function callerOf({ headers }: SipRequest): string {
  return parseNameAddr(headers.get('From') ?? '')?.uri.user ?? '';
}

/** RFC 3261 §16.6 step 2: what a Contact may hold and a Request-URI may not is left out; a header in it would be ours to send. */
function targetOf(contact: SipUri): string {
  const params = new Map(contact.params);
  params.delete('method');
  return formatUri({ ...contact, params, headers: new Map() });
}
