import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { janusErrors, janusSubprotocol, type JanusReply } from '@soft-handset/protocol';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { AddressLimits } from './address-limits.ts';
import { clientAddress } from './client-address.ts';
import type { Dispatcher } from './dispatch.ts';
import { isAllowedOrigin, type OriginRules } from './origin.ts';
import { Outbox } from './outbox.ts';
import { refusal } from './replies.ts';
import type { SessionTable } from './session-table.ts';
import type { Session, SessionOwner } from './session.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export interface WebSocketOptions {
  readonly dispatcher: Dispatcher;
  readonly sessions: SessionTable;
  readonly addresses: AddressLimits;
  readonly origins: OriginRules;
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly messageBytes: number;
  /** Messages on one connection. */
  readonly rate: Rate;
  /** A client that has not taken so much of what was sent is given up. */
  readonly unsentBytes: number;
  readonly pingMs: number;
  readonly refused?: (code: number) => void;
}

/** Refusals in a row after which a connection that does not slow down is closed. */
const patience = 1000;

/** The Janus API over WebSocket, sub-protocol `janus-protocol`. */
export class JanusWebSockets {
  readonly #options: WebSocketOptions;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.messageBytes,
      perMessageDeflate: false,
      handleProtocols: (protocols) => (protocols.has(janusSubprotocol) ? janusSubprotocol : false),
    });
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Takes over from the HTTP server, or refuses with an HTTP status. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until ws has taken the socket its errors are ours; there is nobody left to tell.
    const drop = (): void => void socket.destroy();
    socket.on('error', drop);
    const address = clientAddress(request, this.#options.trustedProxies);
    const status = this.#objection(request, address);
    const disconnect = status === undefined ? this.#options.addresses.connect(address) : undefined;
    if (!disconnect) return this.#turnAway(socket, status ?? 429, request, address);
    socket.once('close', disconnect);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', drop);
      const connection = new Connection(webSocket, socket, address, this.#options, () =>
        this.#connections.delete(connection),
      );
      this.#connections.add(connection);
    });
  }

  close(): void {
    for (const connection of this.#connections) connection.close(1001, 'The server is closing');
    this.#server.close();
  }

  #objection({ url, headers }: IncomingMessage, address: string): number | undefined {
    const { addresses, origins } = this.#options;
    if (!addresses.mayAsk(address)) return 429;
    if (!/^\/janus\/?(\?|$)/.test(url ?? '')) return 404;
    if (!isAllowedOrigin(headers.origin, headers.host, origins)) return 403;
    const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    return protocols?.includes(janusSubprotocol) ? undefined : 400;
  }

  #turnAway(socket: Duplex, status: number, request: IncomingMessage, address: string): void {
    this.#options.refused?.(status);
    const facts = { status, address, origin: request.headers.origin, url: request.url };
    this.#options.log.warn(facts, 'websocket refused');
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  }
}

/** One socket: owner of the sessions that were created or claimed over it. */
class Connection implements SessionOwner {
  readonly remoteAddress: string;
  heardAt: number;
  readonly #socket: WebSocket;
  readonly #outbox: Outbox<JanusReply>;
  readonly #options: WebSocketOptions;
  readonly #bucket: TokenBucket;
  #refusals = 0;
  #isAlive = true;
  #stopPinging: () => void;

  constructor(
    socket: WebSocket,
    below: Duplex,
    remoteAddress: string,
    options: WebSocketOptions,
    gone: () => void,
  ) {
    this.#socket = socket;
    this.#outbox = new Outbox(below, (message) => this.#write(message));
    this.remoteAddress = remoteAddress;
    this.heardAt = options.clock.now();
    this.#options = options;
    this.#bucket = new TokenBucket(options.clock, options.rate);
    this.#stopPinging = options.clock.setTimeout(() => this.#ping(), options.pingMs);
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('pong', () => this.#noteLife());
    // A broken frame or one that is too large: ws closes by itself, with the code that says so.
    socket.on('error', (error) => options.log.debug({ err: error, remoteAddress }, 'websocket error'));
    socket.on('close', (code) => {
      this.#stopPinging();
      gone();
      options.sessions.ownerGone(this, code === 1000 || code === 1005 ? 'left' : 'dropped');
    });
  }

  eventsReady(session: Session): void {
    for (const event of session.take()) this.#outbox.add(event);
  }

  close(code: number, reason: string): void {
    this.#outbox.flush();
    this.#socket.close(code, reason);
    // A client that does not answer the close is not waited for.
    this.#stopPinging();
    this.#stopPinging = this.#options.clock.setTimeout(() => this.#socket.terminate(), 1000);
  }

  #noteLife(): void {
    this.#isAlive = true;
    this.heardAt = this.#options.clock.now();
  }

  #hear(data: RawData, isBinary: boolean): void {
    this.#noteLife();
    if (!this.#bucket.take()) return this.#slowDown(data);
    this.#refusals = 0;
    if (isBinary) return this.#refuse(janusErrors.invalidJson, 'Binary frames are not understood');
    const input = parseJson(data);
    if (input === undefined) return this.#refuse(janusErrors.invalidJson, 'The message is not JSON');
    this.#options.dispatcher.dispatch(input, { owner: this, remoteAddress: this.remoteAddress }, (reply) =>
      this.#outbox.add(reply),
    );
  }

  #slowDown(data: RawData): void {
    this.#refusals += 1;
    if (this.#refusals > patience) return this.close(1008, 'Too many messages');
    const { transaction } = Object(parseJson(data)) as { transaction?: unknown };
    this.#refuse(janusErrors.tooManyRequests, 'Too many messages, slow down', transaction);
  }

  #refuse(code: number, reason: string, transaction?: unknown): void {
    this.#options.refused?.(code);
    this.#outbox.add(refusal(code, reason, typeof transaction === 'string' ? { transaction } : {}));
  }

  #write(message: JanusReply): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#options.unsentBytes) {
      this.#options.log.warn({ remoteAddress: this.remoteAddress }, 'websocket client does not read');
      return this.#socket.terminate();
    }
    this.#socket.send(JSON.stringify(message));
  }

  /** A peer that neither answered the last ping nor said anything since is dead: its sessions may be claimed. */
  #ping(): void {
    if (!this.#isAlive) return this.#socket.terminate();
    const { clock, pingMs } = this.#options;
    const silentMs = clock.now() - this.heardAt;
    // Whoever was heard a moment ago need not be asked: ten thousand pages send their keep-alives anyway.
    const isSilent = silentMs >= pingMs;
    if (isSilent) {
      this.#isAlive = false;
      this.#socket.ping();
    }
    this.#stopPinging = clock.setTimeout(() => this.#ping(), isSilent ? pingMs : pingMs - silentMs);
  }
}

/** Undefined for what is no JSON; JSON itself has no undefined. */
function parseJson(data: RawData): unknown {
  try {
    // One string per message: ws gives a Buffer unless told otherwise.
    return JSON.parse((data as Buffer).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
