import { KitTarget, type KitEvent } from './browser/kit-target.ts';
import type { InProcessConnection, InProcessGateway } from '@soft-handset/gateway/in-process';

/** The far end of the sockets of a page: the gateway in this process, which may go away and come back. */
export class GatewayDoor {
  readonly #gateway: InProcessGateway;
  readonly #sockets = new Set<MemorySocket>();
  #isOpen = true;

  constructor(gateway: InProcessGateway) {
    this.#gateway = gateway;
  }

  /** Every connection breaks, and none can be made until `open`. */
  shut(): void {
    this.#isOpen = false;
    for (const socket of [...this.#sockets]) socket.breaks();
  }

  open(): void {
    this.#isOpen = true;
  }

  admit(socket: MemorySocket): InProcessConnection | undefined {
    if (!this.#isOpen) return undefined;
    this.#sockets.add(socket);
    const connection = this.#gateway.connect((message) => socket.hears(message));
    return {
      ...connection,
      drop: () => {
        this.#sockets.delete(socket);
        connection.drop();
      },
    };
  }
}

/** A WebSocket of the page (W3C), without a network: each message is text, and comes in a turn of its own. */
export class MemorySocket extends KitTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly url: string;
  readonly protocol = 'janus-protocol';
  readonly extensions = '';
  readonly bufferedAmount = 0;
  binaryType = 'blob';
  readyState: number = MemorySocket.CONNECTING;
  onopen: ((event: KitEvent) => void) | null = null;
  onmessage: ((event: KitEvent) => void) | null = null;
  onerror: ((event: KitEvent) => void) | null = null;
  onclose: ((event: KitEvent) => void) | null = null;
  #connection: InProcessConnection | undefined;

  constructor(url: string, door: GatewayDoor) {
    super();
    this.url = url;
    queueMicrotask(() => this.#connect(door));
  }

  send(text: string): void {
    if (this.readyState !== MemorySocket.OPEN) return;
    const message: unknown = JSON.parse(text);
    queueMicrotask(() => this.#connection?.send(message));
  }

  close(): void {
    if (this.readyState >= MemorySocket.CLOSING) return;
    this.readyState = MemorySocket.CLOSING;
    queueMicrotask(() => this.#closed(1000));
  }

  hears(message: unknown): void {
    const data = JSON.stringify(message);
    queueMicrotask(() => {
      if (this.readyState === MemorySocket.OPEN) this.fire('message', { data });
    });
  }

  /** The network ends it. */
  breaks(): void {
    if (this.readyState !== MemorySocket.CLOSED) this.#closed(1006);
  }

  #connect(door: GatewayDoor): void {
    if (this.readyState !== MemorySocket.CONNECTING) return;
    this.#connection = door.admit(this);
    if (this.#connection === undefined) {
      this.fire('error');
      return this.#closed(1006);
    }
    this.readyState = MemorySocket.OPEN;
    this.fire('open');
  }

  #closed(code: number): void {
    this.readyState = MemorySocket.CLOSED;
    this.#connection?.drop();
    this.#connection = undefined;
    this.fire('close', { code, reason: '', wasClean: code === 1000 });
  }
}
