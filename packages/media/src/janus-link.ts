import { janusSubprotocol, parseJanusReply, type JanusReply } from '@soft-handset/protocol';
import { WebSocket, type RawData } from 'ws';
import type { Clock } from './clock.ts';
import { MediaError } from './engine.ts';
import type { MediaLog } from './media-log.ts';

/** What Janus says by itself, or as the late answer to a `message`. */
export type JanusEvent = Extract<JanusReply, { session_id: number }>;
export type JanusSuccess = Extract<JanusReply, { janus: 'success' }>;
export type JanusPluginEvent = Extract<JanusReply, { janus: 'event' }>;

/** Janus's refusal of a request, with its number. */
export class JanusRefusal extends Error {
  override readonly name = 'JanusRefusal';
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

export interface JanusLinkOptions {
  readonly url: string;
  readonly apiSecret?: string;
  readonly token?: string;
  readonly clock: Clock;
  readonly log: MediaLog;
  readonly requestTimeoutMs: number;
}

type Fields = Readonly<Record<string, unknown>>;

interface Waiting {
  /** The `janus` of what ends it: Janus says `ack` first to what it answers later. */
  readonly until: 'success' | 'ack' | 'event';
  readonly done: (reply: JanusReply) => void;
  readonly failed: (error: Error) => void;
  /** For a reply that comes after its time: what it made must be given back. */
  readonly late?: (reply: JanusReply) => void;
}

const maxMessageBytes = 1_000_000;
/** How the acknowledgement begins that Janus sends ahead of what it answers later. */
const ackStart = '{"janus":"ack"';

/**
 * One WebSocket to a Janus server, from open to close; it does not come back. Requests are matched with their replies,
 * everything has a time limit, and what Janus sends is never trusted: what is none of its messages is logged and ignored.
 */
export class JanusLink {
  readonly #options: JanusLinkOptions;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, Waiting>();
  #lastTransaction = 0;
  #acksAwaited = 0;
  /** Resolves once, when the link is gone, with the reason. */
  readonly ended: Promise<string>;
  #end: (why: string) => void = () => undefined;
  #hasEnded = false;
  onEvent?: (event: JanusEvent) => void;

  private constructor(options: JanusLinkOptions, socket: WebSocket) {
    this.#options = options;
    this.#socket = socket;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    socket.on('message', (data, isBinary) => this.#read(data, isBinary));
    socket.on('error', (error) => this.end(`socket error: ${error.message}`));
    socket.on('close', (code) => this.end(`socket closed (${code})`));
  }

  /** @throws MediaError `engine-down` if nobody answers there within the request's time limit */
  static open(options: JanusLinkOptions): Promise<JanusLink> {
    return new Promise((opened, failed) => {
      const socket = new WebSocket(options.url, janusSubprotocol, {
        maxPayload: maxMessageBytes,
        perMessageDeflate: false,
      });
      const link = new JanusLink(options, socket);
      const cancel = options.clock.setTimeout(
        () => link.end('no answer to the handshake'),
        options.requestTimeoutMs,
      );
      socket.once('open', () => {
        cancel();
        opened(link);
      });
      void link.ended.then((why) => {
        cancel();
        failed(new MediaError('engine-down', `Janus cannot be reached: ${why}`));
      });
    });
  }

  /** Closes the socket; every request that waits fails. May be called twice. */
  end(why: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#socket.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(new MediaError('engine-down', `Janus is gone: ${why}`));
    this.#end(why);
  }

  /** A request that Janus answers at once. */
  ask(fields: Fields, late?: (reply: JanusReply) => void): Promise<JanusSuccess> {
    return this.#request(fields, 'success', this.#options.requestTimeoutMs, late) as Promise<JanusSuccess>;
  }

  /** A request that Janus only takes note of. */
  askAck(fields: Fields): Promise<unknown> {
    this.#acksAwaited += 1;
    return this.#request(fields, 'ack', this.#options.requestTimeoutMs).finally(() => {
      this.#acksAwaited -= 1;
    });
  }

  /** A request that a plugin answers when it has done it. */
  askPlugin(fields: Fields, limitMs: number): Promise<JanusPluginEvent> {
    return this.#request(fields, 'event', limitMs) as Promise<JanusPluginEvent>;
  }

  /** A request whose answer nobody waits for; a refusal of it is only noted. */
  tell(fields: Fields): void {
    if (!this.#hasEnded) this.#send(this.#nextTransaction(), fields);
  }

  #request(
    fields: Fields,
    until: Waiting['until'],
    limitMs: number,
    late?: Waiting['late'],
  ): Promise<JanusReply> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) {
        reject(new MediaError('engine-down', 'Janus is gone'));
        return;
      }
      const transaction = this.#nextTransaction();
      const cancel = this.#options.clock.setTimeout(() => {
        if (late) this.#waiting.set(transaction, { until, done: late, failed: () => undefined });
        else this.#waiting.delete(transaction);
        reject(new MediaError('timeout', `Janus did not answer within ${limitMs} ms`));
      }, limitMs);
      this.#waiting.set(transaction, {
        until,
        done: (reply) => {
          cancel();
          resolve(reply);
        },
        failed: (error) => {
          cancel();
          reject(error);
        },
      });
      this.#send(transaction, fields);
    });
  }

  #nextTransaction(): string {
    this.#lastTransaction += 1;
    return `t${this.#lastTransaction}`;
  }

  #send(transaction: string, fields: Fields): void {
    const { apiSecret, token } = this.#options;
    this.#trace('to Janus', () => ({ transaction, ...fields }));
    this.#socket.send(JSON.stringify({ ...fields, transaction, apisecret: apiSecret, token }));
  }

  #read(data: RawData, isBinary: boolean): void {
    // Half of what Janus says are acknowledgements; nearly always it is the event behind it that somebody waits for.
    if (this.#acksAwaited === 0 && isAck(data)) return;
    const reply = isBinary ? undefined : parseReply(textOf(data));
    if (!reply) {
      this.#options.log.warn('Janus sent what is no message of its API');
      return;
    }
    this.#trace('from Janus', () => ({ reply }));
    const transaction = 'transaction' in reply ? reply.transaction : undefined;
    const waiting = transaction === undefined ? undefined : this.#waiting.get(transaction);
    if (transaction !== undefined && waiting) this.#settle(transaction, waiting, reply);
    else if (reply.janus === 'error') this.#options.log.debug('Janus refused', { ...reply.error });
    else if (reply.janus !== 'success' && reply.janus !== 'ack' && 'session_id' in reply) {
      this.onEvent?.(reply as JanusEvent);
    }
  }

  #trace(text: string, facts: () => Fields): void {
    const { log } = this.#options;
    if (log.isDebugging?.() ?? true) log.debug(text, facts());
  }

  #settle(transaction: string, waiting: Waiting, reply: JanusReply): void {
    if (reply.janus === 'error') {
      this.#waiting.delete(transaction);
      waiting.failed(new JanusRefusal(reply.error.code, reply.error.reason));
    } else if (reply.janus === waiting.until) {
      this.#waiting.delete(transaction);
      waiting.done(reply);
    }
  }
}

function parseReply(text: string): JanusReply | undefined {
  try {
    return parseJanusReply(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** ws gives one Buffer unless told otherwise. */
function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8');
}

function isAck(data: RawData): boolean {
  return (data as Buffer).toString('latin1', 0, ackStart.length) === ackStart;
}
