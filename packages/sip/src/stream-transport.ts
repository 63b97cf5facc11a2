import { isIP } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Clock, Flow, Protocol, Target } from './contract.ts';
import { formatHostPort } from './host.ts';
import type { MessageLimits } from './limits.ts';
import type { SipMessage } from './message.ts';
import type { ParseFault } from './parse.ts';
import { SipError } from './sip-error.ts';
import { StreamConnection } from './stream-connection.ts';
import type { ConnectionLimits, ConnectionOwner } from './stream-connection.ts';
import type { SipTransport } from './transport.ts';

export interface StreamOptions {
  readonly protocol: Protocol;
  /** Opens a connection; the socket emits `connect` or `error`. */
  readonly dial: (host: string, port: number) => Socket;
  readonly message: MessageLimits;
  readonly connection: ConnectionLimits;
  readonly connectTimeoutMs: number;
  /** In and out together. Further ones are not accepted, and sending to a new target fails. */
  readonly maxConnections: number;
  readonly clock: Clock;
}

/** A listening server and all connections, accepted and opened: one to each remote address and port. */
export class StreamTransport implements SipTransport, ConnectionOwner {
  readonly protocol: Protocol;
  readonly local: { readonly host: string; readonly port: number };
  onMessage?: (message: SipMessage, flow: Flow) => void;
  onMalformed?: (fault: ParseFault, flow: Flow) => void;
  onBroken?: (flow: Flow) => void;
  readonly #server: Server;
  readonly #options: StreamOptions;
  readonly #byFlow = new Map<string, StreamConnection>();
  readonly #byRemote = new Map<string, StreamConnection>();
  readonly #dialling = new Map<string, { socket: Socket; connected: Promise<StreamConnection> }>();
  #flowCount = 0;
  #closed: Promise<void> | undefined;

  constructor(
    server: Server,
    local: { readonly host: string; readonly port: number },
    options: StreamOptions,
  ) {
    this.protocol = options.protocol;
    this.local = local;
    this.#server = server;
    this.#options = options;
    server.on('connection', (socket: Socket) => this.#accept(socket));
    server.on('error', () => undefined); // Failing to accept one connection concerns that one only.
  }

  get connections(): number {
    return this.#byFlow.size;
  }

  async send(bytes: Buffer, to: Flow | Target): Promise<Flow> {
    if (this.#closed) throw SipError.closed(`the ${this.protocol} transport`);
    const connection = 'id' in to ? this.#byFlow.get(to.id) : await this.#connectionTo(to);
    if (!connection) throw SipError.transport('the connection is gone');
    await connection.send(bytes);
    return connection.flow;
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const { socket } of this.#dialling.values()) socket.destroy();
      for (const connection of this.#byFlow.values()) connection.destroy();
    });
    return this.#closed;
  }

  received(message: SipMessage, flow: Flow): void {
    if (!this.#closed) this.onMessage?.(message, flow);
  }

  malformed(fault: ParseFault, flow: Flow): void {
    if (!this.#closed) this.onMalformed?.(fault, flow);
  }

  gone(connection: StreamConnection): void {
    const { flow } = connection;
    const remote = formatHostPort(flow.remoteHost, flow.remotePort);
    this.#byFlow.delete(flow.id);
    if (this.#byRemote.get(remote) === connection) this.#byRemote.delete(remote);
    if (!this.#closed) this.onBroken?.(flow);
  }

  async #connectionTo({ host, port }: Target): Promise<StreamConnection> {
    const remote = formatHostPort(host, port);
    const open = this.#byRemote.get(remote);
    if (open?.isOpen) return open;
    if (isIP(host) === 0) throw SipError.transport(`${JSON.stringify(host)} is no IP address`);
    return (this.#dialling.get(remote) ?? this.#dial(remote, host, port)).connected;
  }

  #dial(
    remote: string,
    host: string,
    port: number,
  ): { socket: Socket; connected: Promise<StreamConnection> } {
    if (this.#isFull()) throw SipError.transport('too many connections are open');
    const socket = this.#options.dial(host, port);
    const connected = new Promise<StreamConnection>((resolve, reject) => {
      const stopTimer = this.#options.clock.setTimeout(() => {
        socket.destroy(SipError.timeout(`connecting to ${remote}`));
      }, this.#options.connectTimeoutMs);
      let cause: unknown;
      socket.once('error', (error) => (cause = error));
      // `close` ends each attempt that fails; `connect` may come first.
      const failed = (): void => {
        stopTimer();
        this.#dialling.delete(remote);
        reject(SipError.transport(`cannot connect to ${remote}`, cause));
      };
      socket.once('close', failed);
      socket.once('connect', () => {
        stopTimer();
        socket.off('close', failed);
        this.#dialling.delete(remote);
        resolve(this.#adopt(socket, { host, port }, false));
      });
    });
    const attempt = { socket, connected };
    this.#dialling.set(remote, attempt);
    return attempt;
  }

  #accept(socket: Socket): void {
    const { remoteAddress: host, remotePort: port } = socket;
    if (this.#closed || this.#isFull() || host === undefined || port === undefined) socket.destroy();
    else this.#adopt(socket, { host, port }, true);
  }

  #adopt(
    socket: Socket,
    { host, port }: { host: string; port: number },
    isAccepted: boolean,
  ): StreamConnection {
    const { protocol, message, connection, clock } = this.#options;
    const id = `${protocol}:${this.local.port}:${++this.#flowCount}`;
    const flow = { protocol, remoteHost: host, remotePort: port, id };
    const adopted = new StreamConnection(socket, flow, this, { message, connection, clock, isAccepted });
    this.#byFlow.set(id, adopted);
    this.#byRemote.set(formatHostPort(host, port), adopted);
    return adopted;
  }

  #isFull(): boolean {
    return this.#byFlow.size + this.#dialling.size >= this.#options.maxConnections;
  }
}
