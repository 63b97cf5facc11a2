import { isIP } from 'node:net';
import type { Clock, Flow, Protocol, Target } from './contract.ts';
import { formatHostPort } from './host.ts';
import type { SipMessage } from './message.ts';
import { parseMessage } from './parse.ts';
import type { ParseFault } from './parse.ts';
import { markReceived } from './received.ts';
import { SipError } from './sip-error.ts';
import type { SipTransport } from './transport.ts';

/** What the network does to datagrams; may be changed at any time. */
export interface Weather {
  /** 0 to 1. */
  loss: number;
  delayMs: number;
  /** Up to so much more delay, at random: datagrams overtake each other. */
  jitterMs: number;
  /** 0 to 1: how many arrive twice. */
  duplicates: number;
}

/** A network of datagrams under a clock of the test's choice. It carries bytes, not objects, so that writer and parser take part. */
export class MemoryNetwork {
  readonly weather: Weather = { loss: 0, delayMs: 1, jitterMs: 0, duplicates: 0 };
  /** Every datagram that was sent, lost ones included. */
  readonly sent: { readonly from: string; readonly to: string; readonly bytes: Buffer }[] = [];
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #open = new Map<string, MemoryTransport>();

  /** @param random numbers in [0, 1), seeded where a test must come out the same each time */
  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  open(host: string, port: number, protocol: Protocol = 'udp'): MemoryTransport {
    const transport = new MemoryTransport(this, protocol, { host, port });
    this.#open.set(addressOf(transport.local), transport);
    return transport;
  }

  carry(bytes: Buffer, from: MemoryTransport, to: { readonly host: string; readonly port: number }): void {
    const copy = Buffer.from(bytes);
    this.sent.push({ from: addressOf(from.local), to: addressOf(to), bytes: copy });
    const { loss, duplicates } = this.weather;
    const times = this.#random() < loss ? 0 : this.#random() < duplicates ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const delayMs = this.weather.delayMs + this.#random() * this.weather.jitterMs;
      this.#clock.setTimeout(() => this.#open.get(addressOf(to))?.receive(copy, from.local), delayMs);
    }
  }

  forget(transport: MemoryTransport): void {
    if (this.#open.get(addressOf(transport.local)) === transport)
      this.#open.delete(addressOf(transport.local));
  }
}

export class MemoryTransport implements SipTransport {
  readonly protocol: Protocol;
  readonly local: { readonly host: string; readonly port: number };
  readonly connections = 0;
  onMessage?: (message: SipMessage, flow: Flow) => void;
  onMalformed?: (fault: ParseFault, flow: Flow) => void;
  /** Set: each `send` is rejected with it, as if the system refused. */
  refusal: Error | undefined;
  readonly #network: MemoryNetwork;
  #isClosed = false;

  constructor(
    network: MemoryNetwork,
    protocol: Protocol,
    local: { readonly host: string; readonly port: number },
  ) {
    this.#network = network;
    this.protocol = protocol;
    this.local = local;
  }

  send(bytes: Buffer, to: Flow | Target): Promise<Flow> {
    if (this.#isClosed) return Promise.reject(SipError.closed('the memory transport'));
    if (this.refusal) return Promise.reject(SipError.transport('refused', this.refusal));
    const target =
      'id' in to ? { host: to.remoteHost, port: to.remotePort } : { host: to.host, port: to.port };
    if (isIP(target.host) === 0) return Promise.reject(SipError.transport(`${target.host} is no IP address`));
    this.#network.carry(bytes, this, target);
    return Promise.resolve(this.#flow(target));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#network.forget(this);
    return Promise.resolve();
  }

  receive(bytes: Buffer, from: { readonly host: string; readonly port: number }): void {
    if (this.#isClosed) return;
    const result = parseMessage(bytes);
    const request = result.ok ? result.message : result.request;
    if (request?.kind === 'request') markReceived(request, from.host, from.port);
    if (result.ok) this.onMessage?.(result.message, this.#flow(from));
    else this.onMalformed?.(result, this.#flow(from));
  }

  #flow({ host, port }: { readonly host: string; readonly port: number }): Flow {
    return {
      protocol: this.protocol,
      remoteHost: host,
      remotePort: port,
      id: `memory:${formatHostPort(host, port)}`,
    };
  }
}

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return formatHostPort(host, port);
}
