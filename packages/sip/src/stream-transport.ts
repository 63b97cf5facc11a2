import { isIP } from 'node:net';
import type { Clock, Flow, Protocol, Target } from './contract.ts';
import type { Framer } from './framing.ts';
import { formatHostPort } from './host.ts';
import type { MessageLimits } from './limits.ts';
import type { SipMessage } from './message.ts';
import type { ParseFault } from './parse.ts';
import type { Dial, Listener, Pipe } from './pipe.ts';
import { SipError } from './sip-error.ts';
import { StreamConnection } from './stream-connection.ts';
import type { ConnectionLimits, ConnectionOwner } from './stream-connection.ts';
import type { SipTransport } from './transport.ts';

export interface StreamOptions {
  readonly protocol: Protocol;
  readonly dial: Dial;
  readonly framer: (limits: MessageLimits) => Framer;
  /** True: a connection counts for the host name that it was opened for and for no other (RFC 5922 §7.2). */
  readonly isPerName?: boolean;
  readonly message: MessageLimits;
  readonly connection: ConnectionLimits;
  readonly connectTimeoutMs: number;
  /** In and out together. Further ones are not accepted, and sending to a new target fails. */
  readonly maxConnections: number;
  readonly clock: Clock;
}

interface Attempt {
  readonly giveUp: (why?: Error) => void;
  readonly connected: Promise<StreamConnection>;
}

/** A listener and all connections, accepted and opened: one to each remote address and port. */
export class StreamTransport implements SipTransport, ConnectionOwner {
  readonly protocol: Protocol;
  readonly local: { readonly host: string; readonly port: number };
  onMessage?: (message: SipMessage, flow: Flow) => void;
  onMalformed?: (fault: ParseFault, flow: Flow) => void;
  onBroken?: (flow: Flow) => void;
  onAlive?: (flow: Flow) => void;
  readonly #listener: Listener;
  readonly #options: StreamOptions;
  readonly #byFlow = new Map<string, { readonly connection: StreamConnection; readonly remote: string }>();
  readonly #byRemote = new Map<string, StreamConnection>();
  readonly #dialling = new Map<string, Attempt>();
  #flowCount = 0;
  #closed: Promise<void> | undefined;

  constructor(listener: Listener, options: StreamOptions) {
    this.protocol = options.protocol;
    this.local = listener.local;
    this.#listener = listener;
    this.#options = options;
    listener.onPipe = (pipe, host, port) => this.#accept(pipe, host, port);
  }

  get connections(): number {
    return this.#byFlow.size;
  }

  async send(bytes: Buffer, to: Flow | Target): Promise<Flow> {
    if (this.#closed) throw SipError.closed(`the ${this.protocol} transport`);
    const connection = 'id' in to ? this.#byFlow.get(to.id)?.connection : await this.#connectionTo(to);
    if (!connection) throw SipError.transport('the connection is gone');
    await connection.send(bytes);
    return connection.flow;
  }

  async probe(flow: Flow): Promise<void> {
    const connection = this.#byFlow.get(flow.id)?.connection;
    if (!connection) throw SipError.transport('the connection is gone');
    await connection.ping();
  }

  drop(flow: Flow): void {
    this.#byFlow.get(flow.id)?.connection.destroy();
  }

  connect(target: Target, withinMs: number): Promise<Flow> {
    return new Promise((resolve, reject) => {
      const stop = this.#options.clock.setTimeout(
        () => reject(SipError.timeout(`connecting to ${formatHostPort(target.host, target.port)}`)),
        withinMs,
      );
      this.#connectionTo(target)
        .then(({ flow }) => resolve(flow), reject)
        .finally(stop);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  received(message: SipMessage, flow: Flow): void {
    if (!this.#closed) this.onMessage?.(message, flow);
  }

  malformed(fault: ParseFault, flow: Flow): void {
    if (!this.#closed) this.onMalformed?.(fault, flow);
  }

  alive(flow: Flow): void {
    if (!this.#closed) this.onAlive?.(flow);
  }

  gone(connection: StreamConnection): void {
    const { flow } = connection;
    const remote = this.#byFlow.get(flow.id)?.remote ?? '';
    this.#byFlow.delete(flow.id);
    if (this.#byRemote.get(remote) === connection) this.#byRemote.delete(remote);
    if (!this.#closed) this.onBroken?.(flow);
  }

  async #close(): Promise<void> {
    const closing = this.#listener.close();
    for (const { giveUp } of this.#dialling.values()) giveUp();
    for (const { connection } of this.#byFlow.values()) connection.destroy();
    await closing;
  }

  async #connectionTo(target: Target): Promise<StreamConnection> {
    const remote = this.#remoteOf(target);
    const open = this.#byRemote.get(remote);
    if (open?.isOpen) return open;
    if (isIP(target.host) === 0) throw SipError.transport(`${JSON.stringify(target.host)} is no IP address`);
    return (this.#dialling.get(remote) ?? this.#dial(remote, target)).connected;
  }

  #dial(remote: string, target: Target): Attempt {
    if (this.#isFull()) throw SipError.transport('too many connections are open');
    const where = formatHostPort(target.host, target.port);
    let giveUp: Attempt['giveUp'] = () => undefined;
    const connected = new Promise<StreamConnection>((resolve, reject) => {
      const stopTimer = this.#options.clock.setTimeout(() => {
        giveUp(SipError.timeout(`connecting to ${where}`));
      }, this.#options.connectTimeoutMs);
      const over = (): void => {
        stopTimer();
        this.#dialling.delete(remote);
      };
      const failed = (cause: unknown): void => {
        over();
        reject(SipError.transport(`cannot connect to ${this.protocol} ${where}`, cause));
      };
      try {
        giveUp = this.#options.dial(
          target,
          (pipe) => {
            over();
            resolve(this.#adopt(pipe, target, remote, false));
          },
          failed,
        );
      } catch (cause) {
        failed(cause); // A name that a URL cannot hold.
      }
    });
    const attempt = { giveUp, connected };
    this.#dialling.set(remote, attempt);
    return attempt;
  }

  #accept(pipe: Pipe, host: string, port: number): void {
    if (this.#closed || this.#isFull()) return pipe.destroy();
    const remote = this.#remoteOf({ protocol: this.protocol, host, port });
    this.#adopt(pipe, { host, port }, remote, true);
  }

  #adopt(
    pipe: Pipe,
    { host, port }: Pick<Target, 'host' | 'port'>,
    remote: string,
    isAccepted: boolean,
  ): StreamConnection {
    const { protocol, message, framer, connection: limits, clock } = this.#options;
    const id = `${protocol}:${formatHostPort(this.local.host, this.local.port)}:${++this.#flowCount}`;
    const flow = { protocol, remoteHost: host, remotePort: port, id };
    const adopted = new StreamConnection(pipe, flow, this, {
      framer: framer(message),
      limits,
      clock,
      isAccepted,
    });
    this.#byFlow.set(id, { connection: adopted, remote });
    this.#byRemote.set(remote, adopted);
    return adopted;
  }

  #remoteOf({ host, port, name = '' }: Target): string {
    const address = formatHostPort(host, port);
    return this.#options.isPerName === true ? `${name.toLowerCase()} ${address}` : address;
  }

  #isFull(): boolean {
    return this.#byFlow.size + this.#dialling.size >= this.#options.maxConnections;
  }
}
