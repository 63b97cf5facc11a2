import { accountOf } from './account.ts';
import type {
  ClientTransaction,
  ClientTransactionHandler,
  Flow,
  LocalAddress,
  Protocol,
  ServerTransaction,
  SipStack,
  SipStackOptions,
  Target,
  UserAgent,
  UserAgentOptions,
} from './contract.ts';
import { makeCore } from './core.ts';
import type { Core } from './core.ts';
import { Endpoint } from './endpoint.ts';
import { tagOf } from './header-values.ts';
import type { Session } from './invite-session.ts';
import type { SipRequest } from './message.ts';
import { KeepAlives } from './keep-alives.ts';
import { Registry } from './registry.ts';
import { allowedWithOwner, isKnownMethod, methodRefusal, supportedTags } from './request-rules.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { DialogUser } from './session-host.ts';
import { SessionTable } from './session-table.ts';
import { SipError } from './sip-error.ts';
import { openTransports } from './open-transports.ts';
import type { SipTransport } from './transport.ts';
import { formatUri, parseUri } from './uri.ts';
import { AccountUserAgent } from './user-agent.ts';

/** Opens sockets and puts the stack on them. @throws SipError `transport` if one cannot be bound */
export async function openSipStack(options: SipStackOptions): Promise<SipStack> {
  return stackOn(await openTransports(options), options);
}

/** The stack over transports that are open: it owns them from here on. */
export function stackOn(transports: readonly SipTransport[], options: SipStackOptions): SipStack {
  return new Stack(transports, options);
}

/** Hands each request to the session or user agent it is for, the others to who composed the stack. */
class Stack implements SipStack {
  onRequest?: (transaction: ServerTransaction) => void;
  onAck?: (ack: SipRequest, flow: Flow) => void;
  onFlowLost?: (flow: Flow) => void;
  readonly #core: Core;
  readonly #endpoint: Endpoint;
  readonly #sessions = new SessionTable<Session>();
  readonly #subscriptions = new SessionTable<DialogUser>();
  readonly #keepAlives: KeepAlives;
  readonly #registry: Registry;
  readonly #userAgents = new Map<string, AccountUserAgent>();
  readonly #contactFromServer: boolean;
  #closing: Promise<void> | undefined;

  constructor(transports: readonly SipTransport[], options: SipStackOptions) {
    this.#core = makeCore(options);
    this.#contactFromServer = options.contactFromServer ?? true;
    this.#endpoint = new Endpoint(this.#core, transports, {
      advertisedHost: options.advertisedHost,
      dns: options.dns,
      longestDatagram: options.longestDatagram,
      serverTransactions: options.limits?.serverTransactions,
    });
    this.#keepAlives = new KeepAlives(
      this.#core,
      this.#endpoint.transports,
      options.keepAlive ?? {},
      (flow) => this.#registry.connectionLost(flow.id),
    );
    this.#registry = new Registry(this.#keepAlives);
    this.#endpoint.user = {
      request: (transaction) => this.#receive(transaction),
      ack: (ack, flow) => this.#receiveAck(ack, flow),
      broken: (flow) => {
        this.#registry.connectionLost(flow.id);
        this.onFlowLost?.(flow);
      },
      alive: (flow, mapped) => this.#keepAlives.answered(flow, mapped),
      failed: (message) => this.#sessions.find(message)?.fail(500),
    };
  }

  get stats(): Readonly<Record<string, number>> {
    return this.#core.stats;
  }

  localAddress(protocol: Protocol, toward?: string): LocalAddress | undefined {
    return this.#endpoint.localAddress(protocol, toward);
  }

  request(request: SipRequest, handler: ClientTransactionHandler, to?: Flow | Target): ClientTransaction {
    const { guard } = this.#core;
    return this.#endpoint.request(
      request,
      {
        provisional: (response, flow) => guard('provisional', () => handler.provisional?.(response, flow)),
        final: (response, flow) => guard('final', () => handler.final(response, flow)),
      },
      to,
    );
  }

  send(request: SipRequest, to?: Flow | Target): void {
    this.#endpoint.send(request, to);
  }

  createUserAgent(options: UserAgentOptions): UserAgent {
    if (this.#closing) throw SipError.closed('the stack');
    const account = accountOf(options, this.#core);
    const user = contactKey(account.contactUser);
    const host = {
      core: this.#core,
      endpoint: this.#endpoint,
      sessions: this.#sessions,
      subscriptions: this.#subscriptions,
      registry: this.#registry,
      contactFromServer: this.#contactFromServer,
      closed: (one: AccountUserAgent) => {
        if (this.#userAgents.get(user) === one) this.#userAgents.delete(user);
      },
    };
    const userAgent = new AccountUserAgent(host, account);
    this.#userAgents.set(user, userAgent);
    return userAgent;
  }

  counts(): ReturnType<SipStack['counts']> {
    return {
      transactions: this.#endpoint.layer.size,
      sessions: this.#sessions.size + this.#subscriptions.size,
      registrations: this.#registry.size,
      connections: this.#endpoint.connections,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const session of this.#sessions.all()) session.fail(503);
    for (const registration of this.#registry.all()) registration.close();
    for (const userAgent of [...this.#userAgents.values()]) userAgent.close();
    this.#keepAlives.stopAll();
    await this.#endpoint.close();
  }

  #receive(transaction: RunningServerTransaction): void {
    const { request } = transaction;
    const dialog = this.#sessions.find(request) ?? this.#subscriptions.find(request);
    if (dialog) return dialog.receive(transaction);
    const userAgent = this.#userAgents.get(parseUri(request.uri)?.user ?? '');
    const inDialog = tagOf(request.headers.get('To')) !== undefined;
    if (userAgent) return inDialog ? transaction.respond(481) : userAgent.receive(transaction);
    if (this.onRequest) this.#receiveForOwner(transaction, this.onRequest);
    else this.#receiveForNobody(transaction, inDialog);
  }

  #receiveForNobody(transaction: RunningServerTransaction, inDialog: boolean): void {
    const { method, uri } = transaction.request;
    const allow = ['Allow', allowedWithOwner] as const;
    if (!isKnownMethod(method)) {
      const { status, headers } = methodRefusal(method, allowedWithOwner);
      return transaction.respond(status, { headers });
    }
    // RFC 3261 §11: to the host itself; proxies and PBXs ask so whether we are alive.
    const isPing = method === 'OPTIONS' && parseUri(uri)?.user === undefined;
    if (isPing && !inDialog)
      return transaction.respond(200, {
        headers: [allow, ['Accept', 'application/sdp'], ['Supported', supportedTags.join(', ')]],
      });
    transaction.respond(inDialog ? 481 : 404);
  }

  /** RFC 3261 §16.3: who forwards must not go on for ever. A registrar, and whoever answers OPTIONS, is the end of the way itself. */
  #receiveForOwner(
    transaction: RunningServerTransaction,
    onRequest: (transaction: ServerTransaction) => void,
  ): void {
    const { method, headers } = transaction.request;
    const isForwarded = method !== 'REGISTER' && method !== 'OPTIONS';
    if (isForwarded && Number(headers.get('Max-Forwards') ?? '70') === 0) return transaction.respond(483);
    onRequest(transaction);
  }

  #receiveAck(ack: SipRequest, flow: Flow): void {
    const session = this.#sessions.find(ack);
    if (session) session.receiveAck(ack);
    else this.onAck?.(ack, flow);
  }
}

/** The user part as it stands in a parsed URI. */
function contactKey(user: string): string {
  const params = new Map<string, string>();
  return parseUri(formatUri({ scheme: 'sip', user, host: 'h', params, headers: params }))?.user ?? user;
}
