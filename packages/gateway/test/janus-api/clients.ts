import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';

/** Any message of the Janus API, as tests look at it. */
export interface Message {
  readonly janus: string;
  readonly transaction?: string;
  readonly session_id?: number;
  readonly sender?: number;
  readonly data?: { readonly id: number };
  readonly error?: { readonly code: number; readonly reason: string };
  readonly plugindata?: {
    readonly plugin: string;
    readonly data: { readonly result: Record<string, unknown> };
  };
  readonly jsep?: { readonly type: string; readonly sdp: string };
  readonly [other: string]: unknown;
}

/** One way to speak the Janus API; the same conversation runs over each. */
export interface ApiClient {
  /** Sends and resolves with the reply to it. */
  ask(request: Record<string, unknown>): Promise<Message>;
  /** The next event that has not been heard yet. */
  hear(): Promise<Message>;
  close(): Promise<void>;
}

const limitMs = 2000;

/** A WebSocket whose messages can be waited for, in their order. */
export class WsClient implements ApiClient {
  readonly socket: WebSocket;
  /** Everything that came and has not been waited for. */
  readonly inbox: Message[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.inbox.push(JSON.parse(data.toString()) as Message);
      this.#wake();
    });
  }

  static async open(url: string, options: ClientOptions = {}): Promise<WsClient> {
    const socket = new WebSocket(url, 'janus-protocol', options);
    await new Promise((opened, failed) => socket.once('open', opened).once('error', failed));
    socket.on('error', () => undefined);
    onTestFinished(() => socket.terminate());
    return new WsClient(socket);
  }

  ask(request: Record<string, unknown>): Promise<Message> {
    const transaction = `t${Math.random()}`;
    this.socket.send(JSON.stringify({ transaction, ...request }));
    const given = 'transaction' in request ? request['transaction'] : transaction;
    const expected = typeof given === 'string' ? given : undefined;
    return this.#next((message) => message.transaction === expected && message.janus !== 'event');
  }

  /** Sends whatever it is, and waits for the next message. */
  shout(data: string | Buffer): Promise<Message> {
    this.socket.send(data);
    return this.#next(() => true);
  }

  hear(): Promise<Message> {
    return this.#next(() => true);
  }

  /** Resolves with the close code. */
  get closed(): Promise<number> {
    return within(new Promise((closed) => this.socket.once('close', closed)), 'close');
  }

  async close(): Promise<void> {
    const closed = this.closed;
    this.socket.close();
    await closed;
  }

  #next(wanted: (message: Message) => boolean): Promise<Message> {
    return within(
      new Promise((found) => {
        const look = (): void => {
          const index = this.inbox.findIndex(wanted);
          this.#wake = index < 0 ? look : () => undefined;
          if (index >= 0) found(this.inbox.splice(index, 1)[0]!);
        };
        look();
      }),
      'a message',
    );
  }
}

/** POSTs requests and polls for events, a list at a time. */
export class HttpClient implements ApiClient {
  readonly #url: string;
  #sessionId = 0;
  #events: Message[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async ask(request: Record<string, unknown>): Promise<Message> {
    const { session_id = '', handle_id = '', ...body } = request;
    this.#sessionId = Number(session_id) || this.#sessionId;
    const path = [this.#url, session_id, handle_id].filter((part) => part !== '').join('/');
    return post(path, JSON.stringify({ transaction: 't', ...body }));
  }

  async hear(): Promise<Message> {
    if (this.#events.length === 0) {
      const response = await fetch(`${this.#url}/${this.#sessionId}?rid=${Date.now()}&maxev=10`, {
        signal: AbortSignal.timeout(limitMs),
      });
      this.#events = (await response.json()) as Message[];
    }
    return this.#events.shift()!;
  }

  async close(): Promise<void> {}
}

export async function post(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Message> {
  const signal = AbortSignal.timeout(limitMs);
  const response = await fetch(url, { method: 'POST', body, headers, signal });
  return (await response.json()) as Message;
}

function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
