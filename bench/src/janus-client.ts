import { janusSubprotocol, type Jsep } from '@soft-handset/protocol';
import { WebSocket } from 'ws';

/** A plugin's event as it came, with the time. */
export interface PluginEvent {
  readonly event: string;
  readonly jsep: Jsep | undefined;
  readonly at: number;
}

interface Message {
  readonly janus: string;
  readonly transaction?: string;
  readonly sender?: number;
  readonly reason?: string;
  readonly data?: { readonly id: number };
  readonly error?: { readonly code: number; readonly reason: string };
  readonly plugindata?: {
    readonly data: {
      readonly result?: { readonly event: string; readonly code?: number; readonly reason?: string };
      readonly error_code?: number;
      readonly error?: string;
    };
  };
  readonly jsep?: Jsep;
}

const answerTimeoutMs = 10_000;
/** As janus.js does. */
const keepaliveMs = 25_000;

/**
 * A client of the Janus API that measures: the same code speaks to a Janus and to our gateway.
 * Every wait ends after ten seconds.
 */
export class JanusClient {
  readonly #socket: WebSocket;
  readonly #replies = new Map<string, (message: Message) => void>();
  readonly #handles = new Map<number, JanusHandle>();
  #asked = 0;
  #sessionId = 0;
  #keepalive: NodeJS.Timeout | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Message));
  }

  static async connect(url: string): Promise<JanusClient> {
    // Our gateway makes its certificate itself.
    const socket = new WebSocket(url, janusSubprotocol, { rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const client = new JanusClient(socket);
    const created = await client.ask({ janus: 'create' });
    client.#sessionId = created.data?.id ?? 0;
    client.#keepalive = setInterval(() => client.#send({ janus: 'keepalive' }), keepaliveMs);
    return client;
  }

  async attach(plugin: string): Promise<JanusHandle> {
    const { data } = await this.ask({ janus: 'attach', plugin });
    if (!data) throw new Error(`${plugin}: attached without a handle`);
    const handle = new JanusHandle(this, data.id);
    this.#handles.set(data.id, handle);
    return handle;
  }

  /** Sends a request and waits for its `success` or `ack`. */
  ask(request: object): Promise<Message> {
    return new Promise((resolve, reject) => {
      const transaction = this.#send(request);
      const timer = setTimeout(() => {
        this.#replies.delete(transaction);
        reject(new Error(`no reply to ${JSON.stringify(request).slice(0, 80)}`));
      }, answerTimeoutMs);
      this.#replies.set(transaction, (message) => {
        clearTimeout(timer);
        if (message.error) reject(new Error(`${message.error.code} ${message.error.reason}`));
        else resolve(message);
      });
    });
  }

  close(): Promise<void> {
    clearInterval(this.#keepalive);
    this.#socket.terminate();
    return Promise.resolve();
  }

  #send(request: object): string {
    const transaction = `t${(this.#asked += 1)}`;
    const session = this.#sessionId === 0 ? {} : { session_id: this.#sessionId };
    this.#socket.send(JSON.stringify({ ...request, ...session, transaction }));
    return transaction;
  }

  #take(message: Message): void {
    const reply = message.transaction === undefined ? undefined : this.#replies.get(message.transaction);
    if (message.transaction !== undefined && reply && message.janus !== 'event') {
      this.#replies.delete(message.transaction);
      reply(message);
    } else if (message.sender !== undefined) {
      this.#handles.get(message.sender)?.take(eventOf(message));
    }
  }
}

/** A plugin's events by their name, `core hangup` for Janus's own, `failed: ...` for an error. */
function eventOf({ janus, reason, plugindata, jsep }: Message): PluginEvent {
  const data = plugindata?.data;
  const result = data?.result;
  const why = result?.code === undefined ? '' : ` ${result.code} ${result.reason ?? ''}`;
  const event =
    janus !== 'event'
      ? `core ${janus}`
      : result
        ? `${result.event}${result.event === 'registration_failed' ? why : ''}`
        : `failed: ${data?.error_code ?? 0} ${data?.error ?? reason ?? ''}`;
  return { event, jsep, at: performance.now() };
}

/** A handle whose events are kept until somebody waits for them. */
export class JanusHandle {
  readonly id: number;
  readonly #client: JanusClient;
  readonly #kept: PluginEvent[] = [];
  #arrived: (() => void) | undefined;

  constructor(client: JanusClient, id: number) {
    this.#client = client;
    this.id = id;
  }

  async message(body: object, jsep?: Jsep): Promise<void> {
    await this.#client.ask({ janus: 'message', handle_id: this.id, body, ...(jsep && { jsep }) });
  }

  async detach(): Promise<void> {
    await this.#client.ask({ janus: 'detach', handle_id: this.id });
  }

  /** Waits for this event and drops what comes before it. @throws when something fails instead, or nothing comes in time */
  async hears(wanted: string, timeoutMs?: number): Promise<PluginEvent> {
    return this.hearsAll([wanted], timeoutMs);
  }

  /** Waits until each of these has come, in whatever order, and gives the last. */
  async hearsAll(wanted: readonly string[], timeoutMs = answerTimeoutMs): Promise<PluginEvent> {
    const deadline = performance.now() + timeoutMs;
    const missing = new Set(wanted);
    for (;;) {
      const event = this.#kept.shift();
      if (!event) await this.#arrival([...missing].join(', '), deadline);
      else if (isFailure(event)) throw new Error(`waited for ${wanted.join(', ')}, heard ${event.event}`);
      else if (missing.delete(event.event) && missing.size === 0) return event;
    }
  }

  take(event: PluginEvent): void {
    this.#kept.push(event);
    this.#arrived?.();
  }

  #arrival(wanted: string, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${wanted} in time`)),
        Math.max(0, deadline - performance.now()),
      );
      this.#arrived = () => {
        clearTimeout(timer);
        this.#arrived = undefined;
        resolve();
      };
    });
  }
}

function isFailure({ event }: PluginEvent): boolean {
  return event.startsWith('failed:') || event.startsWith('registration_failed');
}
