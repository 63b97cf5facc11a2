import type { JanusWebSocket } from './janus-api.ts';

type Listener = (event: { data?: unknown }) => void;

export interface SocketObserver {
  sent(message: Record<string, unknown>): void;
  /** `deliver` hands the message to janus.js. */
  received(message: Record<string, unknown>, deliver: () => void): void;
  /** Closed or failed, not by us. */
  gone(): void;
}

/**
 * The WebSocket under janus.js, with what janus.js lacks: it lets go of a dead socket for good (a late `close` of an
 * old socket would count as the loss of the new one), drops what is not JSON, and shows what passes: janus.js tells
 * nobody which transaction an event answers.
 */
export class JanusSocket implements JanusWebSocket {
  onopen: unknown = null;
  onerror: unknown = null;
  onclose: unknown = null;
  lastHeardAt = Date.now();
  readonly #socket: WebSocket;
  readonly #observer: SocketObserver;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(server: string, protocol: string, observer: SocketObserver) {
    this.#observer = observer;
    this.#socket = new WebSocket(server, protocol);
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = (event: MessageEvent<unknown>) => this.#received(event.data);
    this.#socket.onerror = () => this.#tell('error', {});
    // janus.js hears of an end from us, by a claim or a destroy: told at once, it would leave its keep-alive timer behind.
    this.#socket.onclose = () => this.#observer.gone();
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  send(text: string): void {
    const message = parseObject(text);
    if (message !== undefined) this.#observer.sent(message);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  /** Closes it, and nobody hears of it again. */
  abandon(): void {
    this.#listeners.clear();
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
    socket.close();
  }

  #opened(): void {
    this.lastHeardAt = Date.now();
    this.#tell('open', {});
  }

  #received(data: unknown): void {
    this.lastHeardAt = Date.now();
    const message = typeof data === 'string' ? parseObject(data) : undefined;
    if (message === undefined) return;
    this.#observer.received(message, () => this.#tell('message', { data }));
  }

  #tell(type: string, event: { data?: unknown }): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON: janus.js would throw it at the page.
    return undefined;
  }
}
