import { TimerSet } from './clock.ts';
import type { Clock, Flow } from './contract.ts';
import type { Framer } from './framing.ts';
import type { SipMessage } from './message.ts';
import type { ParseFault } from './parse.ts';
import type { Pipe } from './pipe.ts';
import { markReceived } from './received.ts';
import { SipError } from './sip-error.ts';

/** How long and how much one connection may keep us waiting. */
export interface ConnectionLimits {
  /** Without a byte in either direction. Long, for a registered phone may be silent between refreshes; dead ones TCP's keep-alive finds. */
  readonly idleTimeoutMs: number;
  /** From the first byte of a message to its last, and from accepting a connection to its first message or keep-alive. */
  readonly messageTimeoutMs: number;
  /** For the peer to take what we send. */
  readonly sendTimeoutMs: number;
  /** Bytes that may wait for the peer to take them. */
  readonly unsentBytes: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  idleTimeoutMs: 7_200_000,
  messageTimeoutMs: 15_000,
  sendTimeoutMs: 15_000,
  unsentBytes: 1024 * 1024,
};

export interface ConnectionOwner {
  received(message: SipMessage, flow: Flow): void;
  malformed(fault: ParseFault, flow: Flow): void;
  /** Something has come since our last ping. */
  alive(flow: Flow): void;
  /** Once, when nothing of the connection is left. */
  gone(connection: StreamConnection): void;
}

const ping = '\r\n\r\n';
const pong = '\r\n';

/** One connection over TCP, TLS or a WebSocket: bytes to messages and back. It ends by itself when the peer is too slow, too silent or makes no sense. */
export class StreamConnection {
  readonly flow: Flow;
  readonly #pipe: Pipe;
  readonly #owner: ConnectionOwner;
  readonly #framer: Framer;
  readonly #limits: ConnectionLimits;
  readonly #timers: TimerSet;
  #unconfirmed = 0;
  #hasPinged = false;

  constructor(
    pipe: Pipe,
    flow: Flow,
    owner: ConnectionOwner,
    options: { framer: Framer; limits: ConnectionLimits; clock: Clock; isAccepted: boolean },
  ) {
    this.flow = flow;
    this.#pipe = pipe;
    this.#owner = owner;
    this.#framer = options.framer;
    this.#limits = options.limits;
    this.#timers = new TimerSet(options.clock);
    pipe.listen({ received: (chunk) => this.#receive(chunk), closed: () => this.#gone() });
    this.#touch();
    if (options.isAccepted) this.#startMessageTimer();
  }

  get isOpen(): boolean {
    return this.#pipe.isOpen;
  }

  /** Resolves once the system has the bytes. Rejects with SipError `transport`. */
  send(bytes: Buffer | string): Promise<void> {
    return this.#write((done) => this.#pipe.write(bytes, done));
  }

  /** RFC 5626 §4.4.1. Whatever comes next shows that the peer is there. */
  ping(): Promise<void> {
    this.#hasPinged = true;
    return this.#write((done) => (this.#pipe.ping ? this.#pipe.ping(done) : this.#pipe.write(ping, done)));
  }

  destroy(): void {
    this.#pipe.destroy();
  }

  #write(write: (done: (cause?: Error | null) => void) => void): Promise<void> {
    if (!this.isOpen) return Promise.reject(SipError.transport(`connection ${this.flow.id} is gone`));
    if (this.#pipe.unsentBytes > this.#limits.unsentBytes) {
      this.destroy();
      return Promise.reject(SipError.transport(`the peer of ${this.flow.id} does not read`));
    }
    this.#touch();
    if (this.#unconfirmed++ === 0)
      this.#timers.start('send', this.#limits.sendTimeoutMs, () => this.destroy());
    return new Promise((resolve, reject) => {
      write((cause) => {
        if (--this.#unconfirmed === 0) this.#timers.stop('send');
        if (cause) reject(SipError.transport(`connection ${this.flow.id} broke`, cause));
        else resolve();
      });
    });
  }

  #receive(chunk: Buffer): void {
    this.#touch();
    const frames = this.#framer.push(chunk);
    if (this.#hasPinged) {
      this.#hasPinged = false;
      this.#framer.dropPong();
      this.#owner.alive(this.flow);
    }
    if (!this.#framer.isMidMessage) this.#timers.stop('message');
    else if (frames.length > 0 || !this.#timers.has('message')) this.#startMessageTimer();
    let pings = 0;
    for (const frame of frames) {
      switch (frame.type) {
        case 'ping':
          pings++;
          break;
        case 'message':
          if (frame.message.kind === 'request')
            markReceived(frame.message, this.flow.remoteHost, this.flow.remotePort);
          this.#owner.received(frame.message, this.flow);
          break;
        case 'fault':
          this.#fault(frame.fault, frame.isFatal);
      }
    }
    if (pings > 0) this.send(pong.repeat(pings)).catch(() => undefined); // A connection that breaks here says so by `close`.
  }

  /** The owner may answer at once; what it sends still goes out before the end. */
  #fault(fault: ParseFault, isFatal: boolean): void {
    if (fault.request) markReceived(fault.request, this.flow.remoteHost, this.flow.remotePort);
    this.#owner.malformed(fault, this.flow);
    if (!isFatal) return;
    this.#pipe.end();
    this.#timers.start('end', this.#limits.sendTimeoutMs, () => this.destroy());
  }

  #touch(): void {
    this.#timers.start('idle', this.#limits.idleTimeoutMs, () => this.destroy());
  }

  #startMessageTimer(): void {
    this.#timers.start('message', this.#limits.messageTimeoutMs, () => this.destroy());
  }

  #gone(): void {
    this.#timers.stopAll();
    this.#owner.gone(this);
  }
}
