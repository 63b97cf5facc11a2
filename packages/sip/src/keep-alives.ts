import { TimerSet } from './clock.ts';
import type { Flow } from './contract.ts';
import { randomBetween } from './core.ts';
import type { Core } from './core.ts';
import type { SipTransport } from './transport.ts';
import type { TransportSet } from './transport-set.ts';

export interface KeepAliveOptions {
  /** Over UDP, where a NAT forgets soon. 0: never. Default 29 s. */
  readonly datagramMs: number;
  /** Over TCP, TLS and WebSockets. 0: never. Default 120 s. */
  readonly streamMs: number;
  /** Over UDP: `stun` needs a server that answers it and shows a flow that is dead; `crlf` only keeps the NAT awake. Default: STUN where the server says that it understands RFC 5626. */
  readonly datagram: 'auto' | 'crlf' | 'stun';
}

/** RFC 5626 §4.4: the upper ends of what it proposes. */
export const defaultKeepAlive: KeepAliveOptions = { datagramMs: 29_000, streamMs: 120_000, datagram: 'auto' };

/** What a server said of a flow when it took a registration over it. */
export interface FlowFacts {
  /** It understands RFC 5626, and so STUN and pings (`Require: outbound`). */
  readonly isOutbound: boolean;
  /** Flow-Timer, RFC 5626 §10. */
  readonly timerSeconds?: number | undefined;
}

const pongWithinMs = 10_000;
/** RFC 5389 §7.2.1, a few tries shorter: 15.5 s in all, so that the next keep-alive finds it decided. */
const stunTries = 5;
const stunRetryMs = 500;

interface Watch {
  readonly flow: Flow;
  readonly transport: SipTransport;
  readonly everyMs: number;
  readonly usesStun: boolean;
  /** An answer is owed: the server has given one before, or promised to. */
  isOwed: boolean;
  mapped: string | undefined;
  readonly timers: TimerSet;
}

/** Keeps flows open over which a server is to reach us, and notices those that have died (RFC 5626 §4.4). */
export class KeepAlives {
  readonly #core: Core;
  readonly #options: KeepAliveOptions;
  readonly #transports: TransportSet;
  readonly #onDead: (flow: Flow) => void;
  readonly #watches = new Map<string, Watch>();

  constructor(
    core: Core,
    transports: TransportSet,
    options: Partial<KeepAliveOptions>,
    onDead: (flow: Flow) => void,
  ) {
    this.#core = core;
    this.#transports = transports;
    this.#options = { ...defaultKeepAlive, ...options };
    this.#onDead = onDead;
  }

  get size(): number {
    return this.#watches.size;
  }

  start(flow: Flow, facts: FlowFacts): void {
    const transport = this.#transports.to(flow);
    const { datagram, datagramMs, streamMs } = this.#options;
    const isDatagram = flow.protocol === 'udp';
    const usualMs = isDatagram ? datagramMs : streamMs;
    if (!transport?.probe || usualMs === 0 || this.#watches.has(flow.id)) return;
    const asked = facts.timerSeconds;
    const watch: Watch = {
      flow,
      transport,
      everyMs: asked !== undefined && asked > 0 ? asked * 1_000 : usualMs,
      usesStun: isDatagram && (datagram === 'stun' || (datagram === 'auto' && facts.isOutbound)),
      isOwed: facts.isOutbound,
      mapped: undefined,
      timers: new TimerSet(this.#core.clock),
    };
    this.#watches.set(flow.id, watch);
    this.#wait(watch);
  }

  stop(flowId: string): void {
    this.#watches.get(flowId)?.timers.stopAll();
    this.#watches.delete(flowId);
  }

  stopAll(): void {
    for (const id of [...this.#watches.keys()]) this.stop(id);
  }

  /** The peer has answered. @param mapped from where it sees us, as STUN says it */
  answered(flow: Flow, mapped?: string): void {
    const watch = this.#watches.get(flow.id);
    if (!watch) return;
    this.#core.count('keepAlivesAnswered');
    watch.isOwed = true;
    watch.timers.stop('answer');
    // RFC 5626 §4.4.2: another address is another flow; the server would send to the old one.
    const hasMoved = watch.mapped !== undefined && mapped !== undefined && mapped !== watch.mapped;
    watch.mapped = mapped ?? watch.mapped;
    if (hasMoved) this.#dead(watch, 'the address that the server sees has changed');
  }

  #wait(watch: Watch): void {
    const delayMs = watch.everyMs * randomBetween(this.#core, 0.8, 1);
    watch.timers.start('next', delayMs, () => {
      this.#wait(watch);
      if (!watch.timers.has('answer')) this.#probe(watch, 1);
    });
  }

  #probe(watch: Watch, attempt: number): void {
    const { flow, transport, usesStun, timers } = watch;
    this.#core.count('keepAlivesSent');
    // Where sending fails, the transport says by `onBroken` that a connection is gone.
    transport.probe?.(flow, usesStun ? 'stun' : 'crlf').catch(() => undefined);
    if (flow.protocol === 'udp' && !usesStun) return;
    const withinMs = usesStun ? stunRetryMs * 2 ** (attempt - 1) : pongWithinMs;
    timers.start('answer', withinMs, () => {
      if (usesStun && attempt < stunTries) this.#probe(watch, attempt + 1);
      else if (watch.isOwed) this.#dead(watch, 'no answer to a keep-alive');
    });
  }

  #dead(watch: Watch, why: string): void {
    this.stop(watch.flow.id);
    this.#core.count('flowsDead');
    this.#core.log.warn({ protocol: watch.flow.protocol, host: watch.flow.remoteHost, why }, 'flow is dead');
    watch.transport.drop?.(watch.flow);
    this.#onDead(watch.flow);
  }
}
