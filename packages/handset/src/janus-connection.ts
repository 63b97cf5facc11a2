import { sipserverPlugin } from '@soft-handset/protocol';
import { HandsetError } from './handset-error.ts';
import type { JanusApi, JanusPluginCallbacks, JanusPluginHandle, JanusSession } from './janus-api.ts';
import { JanusSocket } from './janus-socket.ts';
import { within } from './limit.ts';
import { SocketWatch } from './socket-watch.ts';
import type { SoftHandlerEvents } from './soft-handler-types.ts';

export type ConnectionState = SoftHandlerEvents['connection']['state'];

export interface JanusConnectionOptions {
  janus: JanusApi;
  /** Tried in turn. */
  servers: readonly string[];
  token?: string | undefined;
  iceServers: RTCIceServer[];
  random: () => number;
}

export interface JanusConnectionListener {
  plugin: JanusPluginCallbacks;
  stateChanged(state: ConnectionState): void;
  /** A fresh session came up in place of the lost one: the server has forgotten us. */
  renewed(): void;
  /** A message comes in; `transaction` is what it answers, where it says so. */
  received(transaction: string | undefined, deliver: () => void): void;
}

const attemptLimitMs = 10_000;
const closeLimitMs = 2_000;
const keepAlivePeriodMs = 15_000;
/** The server keeps a session for 120 s after its socket is gone. */
const reclaimMs = 110_000;
const silently = { cleanupHandles: true, notifyDestroyed: false };

/**
 * A Janus session with the plugin attached, held up for as long as it takes.
 *
 *   connecting ──▶ up ──socket gone or silent──▶ lost ──claimed, or a fresh session──▶ up ...     any ──close──▶ closed
 */
export class JanusConnection {
  readonly #options: JanusConnectionOptions;
  readonly #listener: JanusConnectionListener;
  #state: ConnectionState = 'connecting';
  #session: JanusSession | undefined;
  #sipcall: JanusPluginHandle | undefined;
  #socket: JanusSocket | undefined;
  #lastTransaction: string | undefined;
  /** The server's code of the last refusal; janus.js passes on the words only. */
  #refusal: number | undefined;
  #abortAttempt: ((error: HandsetError) => void) | undefined;
  #lostAt = 0;
  #tries = 0;
  #isSessionGone = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #watch: SocketWatch | undefined;

  constructor(options: JanusConnectionOptions, listener: JanusConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    addEventListener('online', this.#onOnline);
    addEventListener('pagehide', this.#onPageHide);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The plugin handle, while there is a session. */
  get sipcall(): JanusPluginHandle | undefined {
    return this.#sipcall;
  }

  /** Runs `send` and gives the transaction that janus.js chose for it; undefined over HTTP. */
  transactionOf(send: () => void): string | undefined {
    this.#lastTransaction = undefined;
    send();
    return this.#lastTransaction;
  }

  /** The first connection; rejects when no server takes us. */
  async open(): Promise<void> {
    this.#listener.stateChanged('connecting');
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
    this.#abortAttempt?.(HandsetError.of('closed'));
    this.#setState('closed');
    await this.#dropSession();
  }

  async #openSession(): Promise<void> {
    let fault: HandsetError = HandsetError.of('not-connected');
    for (const server of this.#options.servers) {
      try {
        await this.#openOn(server);
        return;
      } catch (error) {
        fault = HandsetError.from(error, 'not-connected');
        await this.#dropSession();
        if (this.#isClosed()) break;
      }
    }
    throw fault;
  }

  async #openOn(server: string): Promise<void> {
    const { janus, token, iceServers } = this.#options;
    await this.#attempt((resolve, reject) => {
      const session = janus.open(
        {
          server,
          ...(token === undefined ? {} : { token }),
          iceServers,
          keepAlivePeriod: keepAlivePeriodMs,
          // `beforeunload` also fires for a mail link; `pagehide` is the end.
          destroyOnUnload: false,
          success: resolve,
          error: (reason) => {
            reject(this.#refused(reason));
            if (this.#session === session) this.#lose();
          },
        },
        this.#makeSocket,
      );
      this.#session = session;
    });
    await this.#attach();
  }

  async #attach(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const { plugin } = this.#listener;
    this.#sipcall = await this.#attempt<JanusPluginHandle>((resolve, reject) => {
      session.attach({
        ...plugin,
        plugin: sipserverPlugin,
        success: resolve,
        error: (reason) => reject(this.#refused(reason)),
        ondetached: () => {
          if (this.#session === session) this.sessionGone();
        },
      });
    });
  }

  #claim(): Promise<unknown> {
    const session = this.#session;
    return this.#attempt((resolve, reject) => {
      if (session === undefined) return reject(HandsetError.of('not-connected'));
      this.#options.janus.reconnect(session, this.#makeSocket, {
        success: resolve,
        error: (reason) => {
          // Refused in words, not by a socket that does not open: there is nothing left to claim.
          if (this.#refusal !== undefined || this.#socket === undefined) this.#isSessionGone = true;
          reject(this.#refused(reason));
        },
      });
    });
  }

  /** One try: settled by janus.js, by the end of the socket, by `close` or by time. */
  async #attempt<T>(
    start: (resolve: (value: T) => void, reject: (error: HandsetError) => void) => void,
  ): Promise<T> {
    this.#refusal = undefined;
    const work = new Promise<T>((resolve, reject) => {
      this.#abortAttempt = reject;
      start(resolve, reject);
    });
    try {
      return await within(attemptLimitMs, work);
    } finally {
      this.#abortAttempt = undefined;
    }
  }

  #refused(reason: unknown): HandsetError {
    // Janus core: 403 no API secret, 405 no token.
    const code = this.#refusal === 403 || this.#refusal === 405 ? 1004 : 'not-connected';
    return HandsetError.of(code, new Error(String(reason)));
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
    this.#socket?.abandon();
    this.#lostAt = Date.now();
    this.#setState('lost');
    this.#retryLater();
  }

  #retryLater(): void {
    const backOffMs = Math.min(10_000, 500 * 2 ** this.#tries * (1 + this.#options.random() / 2));
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
      this.#options.janus.debug('reconnecting failed', error);
      if (this.#isClosed()) return;
      this.#socket?.abandon();
      if (mayClaim && this.#isSessionGone) await this.#retry();
      else this.#retryLater();
      return;
    }
    this.#up();
    if (!mayClaim && !this.#isClosed()) this.#listener.renewed();
  }

  async #renew(): Promise<void> {
    this.#sipcall?.hangup();
    await this.#dropSession();
    if (!this.#isClosed()) await this.#openSession();
  }

  /** Lets the server know where that is possible, and forgets the session in any case. */
  async #dropSession(): Promise<void> {
    const session = this.#session;
    const socket = this.#socket;
    this.#session = this.#sipcall = this.#socket = undefined;
    const sessionId = session?.getSessionId?.();
    if (session !== undefined && typeof sessionId === 'number') {
      this.#options.janus.forget(sessionId);
      await this.#destroy(session, socket);
    }
    socket?.abandon();
  }

  async #destroy(session: JanusSession, socket: JanusSocket | undefined): Promise<void> {
    const destroyed = new Promise<unknown>((resolve) => {
      session.destroy({ ...silently, success: resolve, error: resolve });
    });
    try {
      await within(closeLimitMs, destroyed);
    } catch (error) {
      this.#options.janus.debug('the server did not confirm the end of the session', error);
      // janus.js would keep its timers as long as it waits; over a closed socket it gives up at once.
      socket?.abandon();
      session.destroy(silently);
    }
  }

  /** Over HTTP there is none. */
  #watchSocket(): SocketWatch | undefined {
    const socket = this.#socket;
    if (socket === undefined) return undefined;
    const { token } = this.#options;
    const ping = { janus: 'ping', transaction: 'probe', ...(token === undefined ? {} : { token }) };
    return new SocketWatch(socket, keepAlivePeriodMs + 5_000, {
      ask: () => socket.send(JSON.stringify(ping)),
      dead: () => this.#lose(),
    });
  }

  readonly #makeSocket = (server: string, protocol: string): JanusSocket => {
    this.#socket?.abandon();
    const socket = new JanusSocket(server, protocol, {
      sent: (message) => {
        if (message['janus'] === 'message') this.#lastTransaction = textOf(message['transaction']);
      },
      received: (message, deliver) => this.#received(message, deliver),
      gone: () => {
        this.#abortAttempt?.(HandsetError.of('not-connected'));
        this.#lose();
      },
    });
    this.#socket = socket;
    return socket;
  };

  #received(message: Record<string, unknown>, deliver: () => void): void {
    // The answer to our probe; janus.js does not know it.
    if (message['janus'] === 'pong') return;
    if (message['janus'] === 'error') this.#refusal = codeOf(message['error']);
    this.#listener.received(textOf(message['transaction']), deliver);
  }

  readonly #onOnline = (): void => {
    if (this.#state === 'lost' && this.#abortAttempt === undefined) void this.#retry();
    else if (this.#state === 'up') this.#watch?.ask();
  };

  readonly #onPageHide = (event: PageTransitionEvent): void => {
    // A page that is kept for the back button keeps its session as well.
    if (!event.persisted) this.#session?.destroy({ notifyDestroyed: false });
  };

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#listener.stateChanged(state);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function codeOf(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}
