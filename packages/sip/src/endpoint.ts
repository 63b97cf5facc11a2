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
import { RequestTries } from './request-tries.ts';
import type { TriesHost, Try } from './request-tries.ts';
import { Resolver } from './resolve.ts';
import type { Hops, NextHop, Way } from './resolve.ts';
import type { RunningServerTransaction, ServerWire } from './server-transaction.ts';
import { TransactionLayer } from './transaction-layer.ts';
import type { SipTransport } from './transport.ts';
import { TransportSet } from './transport-set.ts';
import type { Hop } from './transport-set.ts';
import { formatVia } from './via.ts';
import { writeMessage } from './write.ts';

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

/** RFC 3261 §18.1.1: what is longer may not go over UDP where the path is not known better. */
const longestDatagram = 1_300;
/** A firewall may swallow what asks for a connection: the call must not wait for that. */
const tcpInsteadMs = 2_000;
const noTcpForMs = 600_000;
const failedForMs = 60_000;
const longestRetryAfterMs = 600_000;

/** Transports below, transactions inside: the one place where messages come in and go out. */
export class Endpoint implements Omit<SipEndpoint, 'onRequest' | 'onAck' | 'onFlowLost'> {
  readonly #core: Core;
  readonly transports: TransportSet;
  readonly #resolver: Resolver;
  readonly #failed: FailedTargets;
  readonly #noTcp: FailedTargets;
  readonly #longestDatagram: number;
  readonly layer: TransactionLayer;
  user: EndpointUser | undefined;

  constructor(core: Core, transports: readonly SipTransport[], options: EndpointOptions = {}) {
    this.#core = core;
    this.transports = new TransportSet(transports, options, core.clock);
    this.layer = new TransactionLayer(core, options.serverTransactions);
    this.#resolver = new Resolver(core, this.transports, options.dns);
    this.#failed = new FailedTargets(core.clock);
    this.#noTcp = new FailedTargets(core.clock);
    this.#longestDatagram = options.longestDatagram ?? longestDatagram;
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
        this.#sendFirst(own, branch, way, (hops) => this.#write(own, hops, ignore), ignore);
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
      send: (response) => this.#write(response, hops, () => wire.onFailed?.()),
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
        send: (message) => this.#write(message, hops, failed),
      });
    return { transaction, launch: (way) => this.#sendFirst(own, branch, way, start, failed) };
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

  /**
   * Writes the top Via for the way and goes on with it. RFC 3261 §18.1.1: what is too long for a datagram takes TCP; where no connection
   * comes about, UDP after all.
   */
  #sendFirst(
    request: SipRequest,
    branch: string,
    way: Hops,
    go: (way: Hops) => void,
    failed: () => void,
  ): void {
    const over = (hops: Hops) => {
      request.headers.shift('Via');
      this.#prependVia(request, hops[0], branch);
      go(hops);
    };
    this.#prependVia(request, way[0], branch);
    this.#core.guard(
      'write',
      () => {
        const instead = this.#tcpInstead(request, way[0]);
        if (!instead) return go(way);
        instead.connect.then(
          (flow) => this.#core.guard('tcp instead of udp', () => over([flow]), failed),
          () => {
            this.#core.count('tcpInsteadRefused');
            this.#noTcp.add(instead.target, noTcpForMs);
            this.#core.guard('udp after all', () => over(way), failed);
          },
        );
      },
      failed,
    );
  }

  #tcpInstead(
    request: SipRequest,
    hop: Hop,
  ): { readonly target: Target; readonly connect: Promise<Flow> } | undefined {
    // A flow was chosen by the peer: nothing else may reach it (RFC 5626 §5.3).
    if (hop.protocol !== 'udp' || !('host' in hop)) return undefined;
    if (writeMessage(request).length <= this.#longestDatagram) return undefined;
    const target: Target = { ...hop, protocol: 'tcp' };
    if (this.#noTcp.has(target)) return undefined;
    const connect = this.transports.to(target)?.connect?.(target, tcpInsteadMs);
    return connect && { target, connect };
  }

  /** Tries one hop after the other. */
  #write(message: SipMessage, [hop, ...others]: readonly Hop[], failed: () => void): void {
    const transport = hop && this.transports.to(hop);
    if (!transport) return failed();
    const to = { to: hopHost(hop), protocol: hop.protocol };
    this.#core.trace('sent', () => ({ ...to, ...outline(message) }));
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

  #prependVia(request: SipRequest, hop: Hop, branch: string): void {
    const { protocol } = hop;
    const local = this.localAddress(protocol, hopHost(hop)) ?? { host: 'invalid' };
    const params = new Map([['branch', branch]]);
    if (protocol === 'udp') params.set('rport', '');
    request.headers.prepend('Via', formatVia({ transport: protocol.toUpperCase(), ...local, params }));
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
