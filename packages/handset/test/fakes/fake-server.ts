import { expect, vi } from 'vitest';

interface Json {
  [name: string]: unknown;
}

/** What the handset asked of the plugin. */
export interface Asked {
  request: string;
  body: Json;
  jsep: { type: string; sdp: string } | undefined;
  transaction: string;
  /** The handle that asks; the first one of a session is 7. */
  handle: number;
}

/** Where an event belongs. */
interface About {
  jsep?: object;
  /** What it answers. */
  to?: Asked;
  /** The handle; default: that of the request, or the first one. */
  on?: number;
}

const firstHandle = 7;

/** A WebSocket whose other end is the test. */
export class FakeSocket {
  static readonly OPEN = 1;
  readonly url: string;
  readonly server: FakeServer;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: string, server: FakeServer) {
    this.url = url;
    this.server = server;
    queueMicrotask(() => server.arrived(this));
  }

  send(text: string): void {
    if (this.readyState === FakeSocket.OPEN) this.server.received(this, JSON.parse(text) as Json);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  /** The network ends it. */
  drops(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  fails(): void {
    this.readyState = 3;
    this.onerror?.();
    this.onclose?.();
  }
}

/** The gateway as the handset sees it: the envelope is answered here, what the plugin says is up to the test. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  /** Every verb of the envelope, in order. */
  readonly verbs: string[] = [];
  readonly sent: Json[] = [];
  readonly #asked: Asked[] = [];
  isUp = true;
  /** Replies to the envelope; a silent server is a dead socket that nobody closed. */
  isSilent = false;
  /** Sessions that were known are not. */
  hasForgotten = false;
  /** Every `register` is granted at once, and `hears` does not tell it. */
  letsIn = false;
  readonly letInAs: Json[] = [];
  refusal: { code: number; reason: string } | undefined;
  #sessions = 0;
  #handles = 0;

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  arrived(socket: FakeSocket): void {
    this.sockets.push(socket);
    if (this.isUp) socket.opens();
    else socket.fails();
  }

  received(socket: FakeSocket, message: Json): void {
    this.sent.push(message);
    this.verbs.push(String(message['janus']));
    if (!this.isSilent) queueMicrotask(() => this.#reply(socket, message));
  }

  /** The next request to the plugin, which must have this name. */
  async hears(request: string): Promise<Asked> {
    await settle();
    const asked = this.#asked.shift();
    expect(asked?.request).toBe(request);
    return asked!;
  }

  /** Nothing was asked that `hears` has not told. */
  async hearsNothing(): Promise<void> {
    await settle();
    expect(this.#asked).toEqual([]);
  }

  /** An event of the plugin. */
  async says(event: string, more: Json = {}, about: About & { callId?: string } = {}) {
    await this.saysData(
      { sip: 'event', ...(about.callId ? { call_id: about.callId } : {}), result: { event, ...more } },
      about,
    );
  }

  async refuses(asked: Asked, code: number, error = 'refused'): Promise<void> {
    await this.saysData({ sip: 'event', error_code: code, error }, { to: asked });
  }

  async saysData(data: unknown, about: About = {}): Promise<void> {
    this.#send({
      janus: 'event',
      sender: about.on ?? about.to?.handle ?? firstHandle,
      plugindata: { plugin: 'janus.plugin.sipserver', data },
      ...(about.to ? { transaction: about.to.transaction } : {}),
      ...(about.jsep ? { jsep: about.jsep } : {}),
    });
    await settle();
  }

  /** An event of the Janus core: webrtcup, media, hangup, detached, timeout. */
  async core(janus: string, more: Json = {}): Promise<void> {
    this.#send({ janus, sender: firstHandle, ...more });
    await settle();
  }

  raw(text: string): void {
    this.socket.onmessage?.({ data: text });
  }

  #send(message: Json): void {
    this.raw(JSON.stringify({ session_id: this.#sessions, ...message }));
  }

  #reply(socket: FakeSocket, message: Json): void {
    const { transaction } = message;
    const reply = (more: Json) => socket.onmessage?.({ data: JSON.stringify({ transaction, ...more }) });
    if (this.refusal) return reply({ janus: 'error', error: this.refusal });
    switch (message['janus']) {
      case 'create':
        this.#sessions += 1;
        this.#handles = 0;
        this.hasForgotten = false;
        return reply({ janus: 'success', data: { id: this.#sessions } });
      case 'claim':
        if (!this.hasForgotten) return reply({ janus: 'success', session_id: message['session_id'] });
        return reply({ janus: 'error', error: { code: 458, reason: 'No such session' } });
      case 'attach':
        return reply({
          janus: 'success',
          session_id: this.#sessions,
          data: { id: firstHandle + this.#handles++ },
        });
      case 'detach':
      case 'destroy':
        return reply({ janus: 'success', session_id: message['session_id'] });
      case 'ping':
        return reply({ janus: 'pong' });
      case 'message':
        return this.#asks(message, reply);
      default:
        return reply({ janus: 'ack', session_id: this.#sessions });
    }
  }

  #letIn({ transaction, handle_id: sender, body }: Json, reply: (more: Json) => void): void {
    reply({ janus: 'ack', session_id: this.#sessions });
    this.letInAs.push(body as Json);
    const result = { event: 'registered', username: 'sip:1001@pbx', register_sent: true, master_id: 42 };
    const plugindata = { plugin: 'janus.plugin.sipserver', data: { sip: 'event', result } };
    this.#send({ janus: 'event', sender, transaction, plugindata });
  }

  #asks(message: Json, reply: (more: Json) => void): void {
    if (this.hasForgotten) return reply({ janus: 'error', error: { code: 458, reason: 'No such session' } });
    const body = message['body'] as Json;
    if (this.letsIn && body['request'] === 'register') return this.#letIn(message, reply);
    this.#asked.push({
      request: String(body['request']),
      body,
      jsep: message['jsep'] as Asked['jsep'],
      transaction: String(message['transaction']),
      handle: Number(message['handle_id']),
    });
    reply({ janus: 'ack', session_id: this.#sessions });
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await vi.advanceTimersByTimeAsync(0);
}
