import { Emitter } from './emitter.ts';
import { HandsetError } from './handset-error.ts';
import type { HandleSlot, JanusLinkOptions } from './janus-link.ts';
import { JanusLink, keepAlivePeriodMs } from './janus-link.ts';
import { SocketWatch } from './socket-watch.ts';
import type { SoftHandlerEvents } from './soft-handler-types.ts';

export type ConnectionState = SoftHandlerEvents['connection']['state'];

export interface JanusConnectionOptions extends JanusLinkOptions {
  /** Tried in turn. */
  servers: readonly string[];
  random?: () => number;
}

export interface JanusConnectionEvents {
  state: ConnectionState;
  /** A fresh session came up in place of the lost one: the server has forgotten us. */
  renewed: undefined;
}

/** The server keeps a session for 120 s after its socket is gone. */
const reclaimMs = 110_000;

/**
 * A Janus session with its plugin handles, held up for as long as it takes.
 *
 *   connecting ──▶ up ──socket gone or silent──▶ lost ──claimed, or a fresh session──▶ up ...     any ──close──▶ closed
 */
export class JanusConnection extends Emitter<JanusConnectionEvents> {
  readonly #options: JanusConnectionOptions;
  readonly #link: JanusLink;
  readonly #slots = new Set<HandleSlot>();
  #state: ConnectionState = 'connecting';
  #lostAt = 0;
  #tries = 0;
  #isSessionGone = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #watch: SocketWatch | undefined;

  constructor(options: JanusConnectionOptions) {
    super();
    this.#options = options;
    this.#link = new JanusLink(options, { lost: () => this.#lose() });
    addEventListener('online', this.#onOnline);
    addEventListener('pagehide', this.#onPageHide);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** What the message that is being delivered answers. */
  get transaction(): string | undefined {
    return this.#link.transaction;
  }

  transactionOf(send: () => void): string | undefined {
    return this.#link.transactionOf(send);
  }

  /** The handle is attached in this session and in each that takes its place. */
  async attach(slot: HandleSlot): Promise<void> {
    this.#slots.add(slot);
    if (this.#state === 'up') await this.#link.attach(slot);
  }

  detach(slot: HandleSlot): void {
    this.#slots.delete(slot);
    const { sipcall } = slot;
    slot.sipcall = undefined;
    if (this.#state === 'up') sipcall?.detach({});
  }

  debug(...facts: unknown[]): void {
    this.#options.janus.debug(...facts);
  }

  /** The first connection; rejects when no server takes us. */
  async open(): Promise<void> {
    this.emit('state', 'connecting');
    await this.#openSession();
    this.#up();
  }

  /** The session answers no more or was refused: a fresh one. */
  sessionGone(): void {
    this.#isSessionGone = true;
    this.#lose();
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    clearTimeout(this.#retryTimer);
    this.#watch?.close();
    removeEventListener('online', this.#onOnline);
    removeEventListener('pagehide', this.#onPageHide);
    this.#link.abort(HandsetError.of('closed'));
    this.#setState('closed');
    await this.#link.drop(this.#slots);
    this.clear();
  }

  async #openSession(): Promise<void> {
    let fault: HandsetError = HandsetError.of('not-connected');
    for (const server of this.#options.servers) {
      try {
        await this.#link.open(server, this.#slots);
        return;
      } catch (error) {
        fault = HandsetError.from(error, 'not-connected');
        await this.#link.drop(this.#slots);
        if (this.#isClosed()) break;
      }
    }
    throw fault;
  }

  #up(): void {
    if (this.#isClosed()) return;
    this.#tries = 0;
    this.#isSessionGone = false;
    this.#watch = this.#watchSocket();
    this.#setState('up');
  }

  #lose(): void {
    if (this.#state !== 'up') return;
    this.#watch?.close();
    this.#link.socket?.abandon();
    this.#lostAt = Date.now();
    this.#setState('lost');
    this.#retryLater();
  }

  #retryLater(): void {
    const { random = Math.random } = this.#options;
    const backOffMs = Math.min(10_000, 500 * 2 ** this.#tries * (1 + random() / 2));
    this.#tries += 1;
    this.#retryTimer = setTimeout(() => void this.#retry(), backOffMs);
  }

  async #retry(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const mayClaim = !this.#isSessionGone && Date.now() - this.#lostAt < reclaimMs;
    try {
      if (mayClaim) await this.#claim();
      else await this.#renew();
    } catch (error) {
      this.debug('reconnecting failed', error);
      if (this.#isClosed()) return;
      this.#link.socket?.abandon();
      if (mayClaim && this.#isSessionGone) await this.#retry();
      else this.#retryLater();
      return;
    }
    this.#up();
    if (!mayClaim && !this.#isClosed()) this.emit('renewed', undefined);
  }

  async #claim(): Promise<void> {
    const { isGone, error } = await this.#link.claim();
    if (isGone) this.#isSessionGone = true;
    if (error !== undefined) throw HandsetError.from(error, 'not-connected');
  }

  async #renew(): Promise<void> {
    for (const { sipcall } of this.#slots) sipcall?.hangup();
    await this.#link.drop(this.#slots);
    if (!this.#isClosed()) await this.#openSession();
  }

  #watchSocket(): SocketWatch | undefined {
    const { socket } = this.#link;
    if (socket === undefined) return undefined;
    const { token } = this.#options;
    const ping = { janus: 'ping', transaction: 'probe', ...(token === undefined ? {} : { token }) };
    return new SocketWatch(socket, keepAlivePeriodMs + 5_000, {
      ask: () => socket.send(JSON.stringify(ping)),
      dead: () => this.#lose(),
    });
  }

  readonly #onOnline = (): void => {
    if (this.#state === 'lost' && !this.#link.isTrying) void this.#retry();
    else if (this.#state === 'up') this.#watch?.ask();
  };

  readonly #onPageHide = (event: PageTransitionEvent): void => {
    // A page that is kept for the back button keeps its session as well.
    if (!event.persisted) this.#link.leave();
  };

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.emit('state', state);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
