import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
import type { Flow, Target } from './contract.ts';
import { formatHostPort } from './host.ts';
import { withDefaultLimits } from './limits.ts';
import type { MessageLimits } from './limits.ts';
import type { SipMessage } from './message.ts';
import { parseMessage, skipLineEnds } from './parse.ts';
import type { ParseFault } from './parse.ts';
import { markReceived } from './received.ts';
import { makeRandomHex } from './random.ts';
import { SipError } from './sip-error.ts';
import { looksLikeStun, parseStun, stunRequest, stunResponse } from './stun.ts';
import type { SipTransport } from './transport.ts';

export interface UdpOptions {
  /** An IP address. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  readonly limits?: Partial<MessageLimits>;
}

const mostProbes = 10_000;

/** Enough for some thousand requests that come at once, e.g. after a restart. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** Binds one socket. @throws SipError `transport` */
export async function openUdp(options: UdpOptions = {}): Promise<SipTransport> {
  const { host = '127.0.0.1', port = 0 } = options;
  const isV6 = isIPv6(host);
  const socket = createSocket({
    type: isV6 ? 'udp6' : 'udp4',
    ipv6Only: isV6,
    recvBufferSize: receiveBufferBytes,
    // Only addresses come here; Node would ask its resolver about each of them for each datagram.
    lookup: (address, _options, found) => found(null, address, isV6 ? 6 : 4),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      reject(SipError.transport(`cannot bind udp ${formatHostPort(host, port)}`, cause));
    });
    socket.bind(port, host, resolve);
  });
  socket.removeAllListeners('error');
  return new UdpTransport(socket, withDefaultLimits(options.limits));
}

/** A flow here is no connection, only the address to answer to. */
class UdpTransport implements SipTransport {
  readonly protocol = 'udp';
  readonly local: { readonly host: string; readonly port: number };
  readonly connections = 0;
  onMessage?: (message: SipMessage, flow: Flow) => void;
  onMalformed?: (fault: ParseFault, flow: Flow) => void;
  onAlive?: (flow: Flow, mapped?: string) => void;
  readonly #random = makeRandomHex();
  /** The last STUN request to each flow: only its answer counts, and only from there. */
  readonly #probes = new Map<string, string>();
  readonly #socket: Socket;
  readonly #limits: MessageLimits;
  #closed: Promise<void> | undefined;

  constructor(socket: Socket, limits: MessageLimits) {
    this.#socket = socket;
    this.#limits = limits;
    const { address, port } = socket.address();
    this.local = { host: address, port };
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    // An ICMP error tells of one datagram to one peer; that peer's transactions time out by themselves.
    socket.on('error', () => undefined);
  }

  send(bytes: Buffer, to: Flow | Target): Promise<Flow> {
    if (this.#closed) return Promise.reject(SipError.closed('the udp socket'));
    const [host, port] = 'id' in to ? [to.remoteHost, to.remotePort] : [to.host, to.port];
    if (isIP(host) === 0)
      return Promise.reject(SipError.transport(`${JSON.stringify(host)} is no IP address`));
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, port, host, (cause) => {
        if (cause) reject(SipError.transport(`udp to ${formatHostPort(host, port)} failed`, cause));
        else resolve(this.#flow(host, port));
      });
    });
  }

  async probe(flow: Flow, how: 'crlf' | 'stun'): Promise<void> {
    if (how === 'crlf') {
      await this.send(Buffer.from('\r\n\r\n'), flow);
      return;
    }
    const id = this.#random(12);
    if (this.#probes.size >= mostProbes) this.#probes.clear();
    this.#probes.set(flow.id, id);
    await this.send(stunRequest(id), flow);
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#socket.close(() => resolve()));
    return this.#closed;
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    if (this.#closed || skipLineEnds(bytes, 0) === bytes.length) return; // Nothing, or a keep-alive.
    const flow = this.#flow(from.address, from.port);
    if (looksLikeStun(bytes)) return this.#receiveStun(bytes, flow);
    const result = parseMessage(bytes, this.#limits);
    const request = result.ok ? result.message : result.request;
    if (request?.kind === 'request') markReceived(request, from.address, from.port);
    if (result.ok) this.onMessage?.(result.message, flow);
    else this.onMalformed?.(result, flow);
  }

  /** RFC 5626 §4.4.2, §8: STUN on the port of SIP. */
  #receiveStun(bytes: Buffer, flow: Flow): void {
    const message = parseStun(bytes);
    if (message?.kind === 'request') {
      const answer = stunResponse(message.id, flow.remoteHost, flow.remotePort);
      this.send(answer, flow).catch(() => undefined); // Who asks again is answered again.
    } else if (message && this.#probes.get(flow.id) === message.id) {
      this.#probes.delete(flow.id);
      this.onAlive?.(flow, message.mapped);
    }
  }

  #flow(host: string, port: number): Flow {
    const id = `udp:${this.local.port}:${formatHostPort(host, port)}`;
    return { protocol: 'udp', remoteHost: host, remotePort: port, id };
  }
}
