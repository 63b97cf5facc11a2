import { isIPv6 } from 'node:net';
import { checkRequest, checkResponse } from './check.ts';
import type { ClientTransaction, Flow, Protocol, SipEndpoint, Target } from './contract.ts';
import type { TransactionUser } from './client-transaction.ts';
import type { Core } from './core.ts';
import { topVia } from './header-values.ts';
import { canAnswer, makeResponse } from './make.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { isSentBy } from './received.ts';
import { ReachableHost } from './reachable-host.ts';
import { Resolver } from './resolve.ts';
import type { Hop, Hops, NextHop, Way } from './resolve.ts';
import type { RunningServerTransaction, ServerWire } from './server-transaction.ts';
import { TransactionLayer } from './transaction-layer.ts';
import type { SipTransport } from './transport.ts';
import { formatVia } from './via.ts';
import { writeMessage } from './write.ts';

/** Who stands above the endpoint. What it throws ends the transaction concerned, nothing else. */
export interface EndpointUser {
  request(transaction: RunningServerTransaction): void;
  ack(ack: SipRequest, flow: Flow): void;
  /** A connection is gone. */
  broken(flow: Flow): void;
  /** Handling the message threw: whose call it was must end. */
  failed(message: SipMessage): void;
}

export interface EndpointOptions {
  readonly advertisedHost?: string | undefined;
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
  readonly serverTransactions?: number | undefined;
}

/** Transports below, transactions inside: the one place where messages come in and go out. */
export class Endpoint implements Omit<SipEndpoint, 'onRequest' | 'onAck'> {
  readonly #core: Core;
  readonly #transports = new Map<Protocol, SipTransport>();
  readonly #advertisedHost: string | undefined;
  readonly #reachableHost: ReachableHost;
  readonly #resolver: Resolver;
  readonly layer: TransactionLayer;
  user: EndpointUser | undefined;

  constructor(core: Core, transports: readonly SipTransport[], options: EndpointOptions = {}) {
    this.#core = core;
    this.#advertisedHost = options.advertisedHost;
    this.#reachableHost = new ReachableHost(core.clock);
    this.layer = new TransactionLayer(core, options.serverTransactions);
    this.#resolver = new Resolver(core, { family: (protocol) => this.#family(protocol) }, options.resolve);
    for (const transport of transports) this.#open(transport);
  }

  localAddress(protocol: Protocol): { readonly host: string; readonly port: number } | undefined {
    const local = this.#transports.get(protocol)?.local;
    return local && { host: this.#advertisedHost ?? this.#reachableHost.of(local.host), port: local.port };
  }

  /** What a request to there will go over; undefined if there is no such transport. */
  protocolTo(hop: NextHop): Protocol | undefined {
    return this.#resolver.protocolTo(hop);
  }

  get connections(): number {
    return [...this.#transports.values()].reduce((sum, transport) => sum + transport.connections, 0);
  }

  request(request: SipRequest, user: TransactionUser, to?: Flow | Target | Way): ClientTransaction {
    const own: SipRequest = { ...request, headers: request.headers.clone() };
    const branch = this.layer.newBranch();
    const transaction = this.layer.client(own, branch, user);
    const failed = () => transaction.fail(503);
    this.#findWay(own, to, failed, (protocol, hops) => {
      this.#prependVia(own, protocol, branch);
      transaction.start({
        reliable: protocol !== 'udp',
        send: (message) => this.#write(message, hops, failed),
      });
    });
    return transaction;
  }

  send(request: SipRequest, to?: Flow | Target | Way): void {
    this.sendRepeatable(request, to);
  }

  /** Like `send`; the function returned sends the very same message again: an ACK for each retransmitted 2xx (RFC 3261 §13.2.2.4). */
  sendRepeatable(request: SipRequest, to?: Flow | Target | Way): () => void {
    const own: SipRequest = { ...request, headers: request.headers.clone() };
    const ignore = () => undefined;
    let repeat: () => void = ignore;
    this.#findWay(own, to, ignore, (protocol, hops) => {
      this.#prependVia(own, protocol, this.layer.newBranch());
      repeat = () => this.#write(own, hops, ignore);
      repeat();
    });
    return () => repeat();
  }

  async close(): Promise<void> {
    this.layer.close();
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }

  #open(transport: SipTransport): void {
    this.#transports.set(transport.protocol, transport);
    transport.onMessage = (message, flow) => {
      // The one door by which a peer's bytes come in: nothing behind it throws out of the stack.
      this.#core.guard(
        `${message.kind} from a peer`,
        () => this.#receive(message, flow),
        () => this.#giveUp(message, flow),
      );
    };
    transport.onMalformed = (fault, flow) => {
      this.#core.count('malformedMessages');
      this.#core.log.debug({ from: flow.remoteHost, reason: fault.reason }, 'malformed message');
      const { request } = fault;
      if (request && canAnswer(request)) this.#refuse(request, flow, fault.status, fault.reason);
    };
    transport.onBroken = (flow) => {
      this.#core.count('connectionsLost');
      this.#core.guard('connection lost', () => this.user?.broken(flow));
    };
  }

  #receive(message: SipMessage, flow: Flow): void {
    this.#core.log.debug({ from: flow.remoteHost, protocol: flow.protocol, ...outline(message) }, 'received');
    if (message.kind === 'response') this.#receiveResponse(message, flow);
    else this.#receiveRequest(message, flow);
  }

  #receiveResponse(response: SipResponse, flow: Flow): void {
    const fault = checkResponse(response);
    const local = this.localAddress(flow.protocol);
    if (fault) {
      this.#core.count('malformedMessages');
      this.#core.log.debug({ from: flow.remoteHost, reason: fault.reason }, 'malformed response dropped');
    } else if (!local || !isSentBy(response, local)) {
      // RFC 3261 §18.1.2: it is another's.
      this.#core.count('strayResponses');
    } else this.layer.receiveResponse(response, flow);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const fault = checkRequest(request);
    if (fault) {
      this.#core.count('malformedMessages');
      if (canAnswer(request)) this.#refuse(request, flow, fault.status, fault.reason);
      return;
    }
    const received = this.layer.receiveRequest(request, this.#serverWire(request, flow));
    switch (received.kind) {
      case 'handled':
        return;
      case 'ack':
        return this.user?.ack(request, flow);
      case 'new':
        // RFC 3261 §26.2.2: a sips URI asks for TLS on each hop.
        if (isSips(request) && flow.protocol !== 'tls' && flow.protocol !== 'wss')
          received.transaction.respond(416);
        else this.user?.request(received.transaction);
    }
  }

  #giveUp(message: SipMessage, flow: Flow): void {
    if (message.kind === 'request' && canAnswer(message)) {
      const open = this.layer.find(message);
      if (open?.isOpen) open.respond(500);
      else if (!open) this.#refuse(message, flow, 500);
    }
    this.user?.failed(message);
  }

  /** An answer without a transaction: what cannot be read cannot be matched either. */
  #refuse(request: SipRequest, flow: Flow, status: number, reason?: string): void {
    const tag = { toTag: this.#core.random(8) };
    this.#core.guard('refusal', () => {
      const response = makeResponse(request, status, reason === undefined ? tag : { ...tag, reason });
      this.#serverWire(request, flow).send(response);
    });
  }

  /**
   * RFC 3261 §18.2.2, RFC 3581: over UDP to where the request came from, at the port that Via or `rport` names; otherwise over the
   * same connection, or when it is gone over a new one to the port in Via.
   */
  #serverWire(request: SipRequest, flow: Flow): ServerWire {
    const via = topVia(request);
    const { protocol, remoteHost: host } = flow;
    const byVia: Target = { protocol, host, port: via?.port ?? 5060 };
    const overUdp = via?.params.has('rport') ? { ...byVia, port: flow.remotePort } : byVia;
    const hops = protocol === 'udp' ? [overUdp] : [flow, byVia];
    const wire: ServerWire = {
      reliable: protocol !== 'udp',
      flow,
      send: (response) => this.#write(response, hops, () => wire.onFailed?.()),
    };
    return wire;
  }

  /** Calls `found` at once where no name has to be looked up. */
  #findWay(
    request: SipRequest,
    to: Flow | Target | Way | undefined,
    failed: () => void,
    found: (protocol: Protocol, hops: Hops) => void,
  ): void {
    const go = (hops: Hops | undefined) =>
      hops ? found(hops[0].protocol, hops) : this.#noWay(request, failed);
    const hops = this.#resolver.hopsFor(request, to);
    if (hops && !(hops instanceof Promise)) return go(hops);
    // Never before the caller has the transaction in hand.
    void Promise.resolve(hops).then((one) => this.#core.guard('next hop', () => go(one), failed));
  }

  #noWay(request: SipRequest, failed: () => void): void {
    this.#core.count('noNextHop');
    this.#core.log.warn(
      { method: request.method },
      'no way to the next hop: host unknown or transport not open',
    );
    failed();
  }

  /** Tries one hop after the other. */
  #write(message: SipMessage, [hop, ...others]: readonly Hop[], failed: () => void): void {
    const transport = hop && this.#transports.get(hop.protocol);
    if (!transport) return failed();
    this.#core.log.debug({ to: hopHost(hop), protocol: hop.protocol, ...outline(message) }, 'sent');
    this.#core.guard(
      'write',
      () => {
        transport.send(writeMessage(message), hop).catch((err: unknown) => {
          if (others.length > 0) return this.#write(message, others, failed);
          this.#core.count('transportErrors');
          this.#core.log.warn({ err, host: hopHost(hop), protocol: hop.protocol }, 'message not sent');
          this.#core.guard('message not sent', failed);
        });
      },
      failed,
    );
  }

  #prependVia(request: SipRequest, protocol: Protocol, branch: string): void {
    const local = this.localAddress(protocol) ?? { host: 'invalid', port: 0 };
    const params = new Map([['branch', branch]]);
    if (protocol === 'udp') params.set('rport', '');
    request.headers.prepend('Via', formatVia({ transport: protocol.toUpperCase(), ...local, params }));
  }

  #family(protocol: Protocol): 4 | 6 | undefined {
    const local = this.#transports.get(protocol)?.local;
    return local && (isIPv6(local.host) ? 6 : 4);
  }
}

function hopHost(hop: Hop): string {
  return 'host' in hop ? hop.host : hop.remoteHost;
}

/** What a log shows of a message: nothing that names a person or could be a secret. */
function outline(message: SipMessage): object {
  const { headers } = message;
  const what = message.kind === 'request' ? { method: message.method } : { status: message.status };
  return { ...what, cseq: headers.get('CSeq'), callId: headers.get('Call-ID') };
}

function isSips({ uri }: SipRequest): boolean {
  return uri.slice(0, 5).toLowerCase() === 'sips:';
}
