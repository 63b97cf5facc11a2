import { checkRequest, checkResponse } from './check.ts';
import type { ClientTransaction, Flow, LocalAddress, Protocol, SipEndpoint, Target } from './contract.ts';
import type { TransactionUser } from './client-transaction.ts';
import type { Core } from './core.ts';
import { defaultPort } from './default-port.ts';
import type { SipDns } from './dns.ts';
import { FailedTargets } from './failed-targets.ts';
import { topVia } from './header-values.ts';
import { canAnswer, makeResponse } from './make.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { isSentBy } from './received.ts';
import { Outbound, outline } from './outbound.ts';
import { RequestTries } from './request-tries.ts';
import type { TriesHost, Try } from './request-tries.ts';
import { Resolver } from './resolve.ts';
import type { Hops, NextHop, Way } from './resolve.ts';
import type { RunningServerTransaction, ServerWire } from './server-transaction.ts';
import { TransactionLayer } from './transaction-layer.ts';
import type { SipTransport } from './transport.ts';
import { TransportSet } from './transport-set.ts';

/** Who stands above the endpoint. What it throws ends the transaction concerned, nothing else. */
export interface EndpointUser {
  request(transaction: RunningServerTransaction): void;
  ack(ack: SipRequest, flow: Flow): void;
  /** A connection is gone. */
  broken(flow: Flow): void;
  /** A keep-alive was answered. */
  alive(flow: Flow, mapped: string | undefined): void;
  /** Handling the message threw: whose call it was must end. */
  failed(message: SipMessage): void;
}

export interface EndpointOptions {
  readonly advertisedHost?: string | undefined;
  readonly dns?: Partial<SipDns> | undefined;
  /** Requests that are longer go over TCP where there is some (RFC 3261 §18.1.1). Default 1300. */
  readonly longestDatagram?: number | undefined;
  readonly serverTransactions?: number | undefined;
}

const failedForMs = 60_000;
const longestRetryAfterMs = 600_000;

/** Transports below, transactions inside: the one place where messages come in and go out. */
export class Endpoint implements Omit<SipEndpoint, 'onRequest' | 'onAck' | 'onFlowLost'> {
  readonly #core: Core;
  readonly transports: TransportSet;
  readonly #resolver: Resolver;
  readonly #failed: FailedTargets;
  readonly #outbound: Outbound;
  readonly layer: TransactionLayer;
  user: EndpointUser | undefined;

  constructor(core: Core, transports: readonly SipTransport[], options: EndpointOptions = {}) {
    this.#core = core;
    this.transports = new TransportSet(transports, options, core.clock);
    this.layer = new TransactionLayer(core, options.serverTransactions);
    this.#resolver = new Resolver(core, this.transports, options.dns);
    this.#failed = new FailedTargets(core.clock);
    this.#outbound = new Outbound(core, this.transports, options.longestDatagram);
    for (const transport of transports) this.#listenTo(transport);
  }

  localAddress(protocol: Protocol, toward?: string): LocalAddress | undefined {
    return this.transports.localAddress(protocol, toward);
  }

  /** What a request to there will go over; undefined if there is no such transport. */
  protocolTo(hop: NextHop): Protocol | undefined {
    return this.#resolver.protocolTo(hop);
  }

  get connections(): number {
    return this.transports.connections;
  }

  request(request: SipRequest, user: TransactionUser, to?: Flow | Target | Way): ClientTransaction {
    const tries = new RequestTries(this.#tries, request, user);
    const failed = () => tries.fail();
    this.#findWays(request, to, failed, (ways) => tries.start(ways));
    return tries;
  }

  send(request: SipRequest, to?: Flow | Target | Way): void {
    this.sendRepeatable(request, to);
  }

  /** Like `send`; the function returned sends the very same message again: an ACK for each retransmitted 2xx (RFC 3261 §13.2.2.4). */
  sendRepeatable(request: SipRequest, to?: Flow | Target | Way): () => void {
    const ignore = () => undefined;
    const branch = this.layer.newBranch();
    let repeat: () => void = ignore;
    this.#findWays(request, to, ignore, ([way]) => {
      if (!way) return;
      repeat = () => {
        const own: SipRequest = { ...request, headers: request.headers.clone() };
        this.#outbound.start(own, branch, way, (hops) => this.#outbound.write(own, hops, ignore), ignore);
      };
      repeat();
    });
    return () => repeat();
  }

  async close(): Promise<void> {
    this.layer.close();
    await this.transports.close();
  }

  #listenTo(transport: SipTransport): void {
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
    transport.onAlive = (flow, mapped) => {
      this.#core.guard('keep-alive answered', () => this.user?.alive(flow, mapped));
    };
    transport.onBroken = (flow) => {
      this.#core.count('connectionsLost');
      this.#core.guard('connection lost', () => this.user?.broken(flow));
    };
  }

  #receive(message: SipMessage, flow: Flow): void {
    const from = { from: flow.remoteHost, protocol: flow.protocol };
    this.#core.trace('received', () => ({ ...from, ...outline(message) }));
    if (message.kind === 'response') this.#receiveResponse(message, flow);
    else this.#receiveRequest(message, flow);
  }

  #receiveResponse(response: SipResponse, flow: Flow): void {
    const fault = checkResponse(response);
    const local = this.localAddress(flow.protocol, flow.remoteHost);
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
    const byVia: Target = { protocol, host, port: via?.port ?? defaultPort(protocol) };
    const overUdp = via?.params.has('rport') ? { ...byVia, port: flow.remotePort } : byVia;
    const hops = protocol === 'udp' ? [overUdp] : [flow, byVia];
    const wire: ServerWire = {
      reliable: protocol !== 'udp',
      flow,
      send: (response) => this.#outbound.write(response, hops, () => wire.onFailed?.()),
    };
    return wire;
  }

  readonly #tries: TriesHost = {
    open: (request, user) => this.#openTry(request, user),
    failed: ([hop], { headers }) => {
      if (!('host' in hop)) return;
      const retryAfterMs = Number.parseInt(headers.get('Retry-After') ?? '', 10) * 1_000;
      this.#failed.add(hop, retryAfterMs > 0 ? Math.min(retryAfterMs, longestRetryAfterMs) : failedForMs);
    },
  };

  #openTry(request: SipRequest, user: TransactionUser): Try {
    const own: SipRequest = { ...request, headers: request.headers.clone() };
    const branch = this.layer.newBranch();
    const transaction = this.layer.client(own, branch, user);
    const failed = () => transaction.fail(503);
    const start = (hops: Hops) =>
      transaction.start({
        reliable: hops[0].protocol !== 'udp',
        send: (message) => this.#outbound.write(message, hops, failed),
      });
    return { transaction, launch: (way) => this.#outbound.start(own, branch, way, start, failed) };
  }

  /** Calls `found` at once where no name has to be looked up; otherwise never before the caller has the transaction in hand. */
  #findWays(
    request: SipRequest,
    to: Flow | Target | Way | undefined,
    failed: () => void,
    found: (ways: readonly Hops[]) => void,
  ): void {
    const go = (ways: readonly Hops[]) => {
      if (ways.length === 0) this.#noWay(request);
      found(this.#failed.lastOf(ways));
    };
    const ways = this.#resolver.hopsFor(request, to);
    if (!(ways instanceof Promise) && ways.length > 0) return go(ways);
    void Promise.resolve(ways).then((all) => this.#core.guard('next hop', () => go(all), failed));
  }

  #noWay(request: SipRequest): void {
    this.#core.count('noNextHop');
    this.#core.log.warn(
      { method: request.method },
      'no way to the next hop: host unknown or transport not open',
    );
  }
}

function isSips({ uri }: SipRequest): boolean {
  return uri.slice(0, 5).toLowerCase() === 'sips:';
}
