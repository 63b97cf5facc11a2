import { sipserverPlugin } from '@soft-handset/protocol';
import { HandsetError } from './handset-error.ts';
import type { JanusApi, JanusPluginCallbacks, JanusPluginHandle, JanusSession } from './janus-api.ts';
import { JanusSocket } from './janus-socket.ts';
import { within } from './limit.ts';

/** One plugin handle of the session, as its owner sees it: janus.js's own object is another one in each session. */
export interface HandleSlot {
  readonly plugin: JanusPluginCallbacks;
  sipcall: JanusPluginHandle | undefined;
  /** The server has let it go, unasked. */
  readonly detached: () => void;
}

export interface JanusLinkOptions {
  janus: JanusApi;
  token?: string | undefined;
  iceServers: RTCIceServer[];
}

export interface JanusLinkListener {
  /** The socket or the session's keep-alive is gone. */
  lost(): void;
}

const attemptLimitMs = 10_000;
const closeLimitMs = 2_000;
export const keepAlivePeriodMs = 15_000;
const silently = { cleanupHandles: true, notifyDestroyed: false };

/** A session of janus.js over a socket of ours: opened, claimed and dropped, each try with its limit. */
export class JanusLink {
  /** What the message that is being delivered answers, where it says so; janus.js tells nobody. */
  transaction: string | undefined;
  readonly #options: JanusLinkOptions;
  readonly #listener: JanusLinkListener;
  #session: JanusSession | undefined;
  #socket: JanusSocket | undefined;
  #lastTransaction: string | undefined;
  /** The server's code of the last refusal; janus.js passes on the words only. */
  #refusal: number | undefined;
  readonly #attempts = new Set<(error: HandsetError) => void>();

  constructor(options: JanusLinkOptions, listener: JanusLinkListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Over HTTP there is none. */
  get socket(): JanusSocket | undefined {
    return this.#socket;
  }

  get isTrying(): boolean {
    return this.#attempts.size > 0;
  }

  /** Runs `send` and gives the transaction that janus.js chose for it; undefined over HTTP. */
  transactionOf(send: () => void): string | undefined {
    this.#lastTransaction = undefined;
    send();
    return this.#lastTransaction;
  }

  async open(server: string, slots: Iterable<HandleSlot>): Promise<void> {
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
            if (this.#session === session) this.#listener.lost();
          },
        },
        this.#makeSocket,
      );
      this.#session = session;
    });
    for (const slot of slots) await this.attach(slot);
  }

  async attach(slot: HandleSlot): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    slot.sipcall = await this.#attempt<JanusPluginHandle>((resolve, reject) => {
      session.attach({
        ...slot.plugin,
        plugin: sipserverPlugin,
        success: resolve,
        error: (reason) => reject(this.#refused(reason)),
        ondetached: () => {
          // Without it we have let it go ourselves.
          if (this.#session !== session || slot.sipcall === undefined) return;
          slot.sipcall = undefined;
          slot.detached();
        },
      });
    });
  }

  /** Settles with whether there is nothing left to claim. */
  async claim(): Promise<{ isGone: boolean; error?: unknown }> {
    const session = this.#session;
    let isGone = false;
    try {
      await this.#attempt((resolve, reject) => {
        if (session === undefined) return reject(HandsetError.of('not-connected'));
        this.#options.janus.reconnect(session, this.#makeSocket, {
          success: resolve,
          error: (reason) => {
            // Refused in words, not by a socket that does not open.
            isGone = this.#refusal !== undefined || this.#socket === undefined;
            reject(this.#refused(reason));
          },
        });
      });
      return { isGone: false };
    } catch (error) {
      return { isGone, error };
    }
  }

  abort(error: HandsetError): void {
    for (const reject of [...this.#attempts]) reject(error);
  }

  /** The page goes away: one word to the server, no waiting. */
  leave(): void {
    this.#session?.destroy({ notifyDestroyed: false });
  }

  /** Lets the server know where that is possible, and forgets the session in any case. */
  async drop(slots: Iterable<HandleSlot>): Promise<void> {
    const session = this.#session;
    const socket = this.#socket;
    this.#session = this.#socket = undefined;
    for (const slot of slots) slot.sipcall = undefined;
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

  /** One try: settled by janus.js, by the end of the socket, by `abort` or by time. */
  async #attempt<T>(
    start: (resolve: (value: T) => void, reject: (error: HandsetError) => void) => void,
  ): Promise<T> {
    this.#refusal = undefined;
    let abort: (error: HandsetError) => void = () => undefined;
    const work = new Promise<T>((resolve, reject) => {
      abort = reject;
      this.#attempts.add(abort);
      start(resolve, reject);
    });
    try {
      return await within(attemptLimitMs, work);
    } finally {
      this.#attempts.delete(abort);
    }
  }

  #refused(reason: unknown): HandsetError {
    // Janus core: 403 no API secret, 405 no token.
    const code = this.#refusal === 403 || this.#refusal === 405 ? 1004 : 'not-connected';
    return HandsetError.of(code, new Error(String(reason)));
  }

  readonly #makeSocket = (server: string, protocol: string): JanusSocket => {
    this.#socket?.abandon();
    const socket = new JanusSocket(server, protocol, {
      sent: (message) => {
        if (message['janus'] === 'message') this.#lastTransaction = textOf(message['transaction']);
      },
      received: (message, deliver) => this.#received(message, deliver),
      gone: () => {
        this.abort(HandsetError.of('not-connected'));
        this.#listener.lost();
      },
    });
    this.#socket = socket;
    return socket;
  };

  #received(message: Record<string, unknown>, deliver: () => void): void {
    // The answer to our probe; janus.js does not know it.
    if (message['janus'] === 'pong') return;
    if (message['janus'] === 'error') this.#refusal = codeOf(message['error']);
    this.transaction = textOf(message['transaction']);
    try {
      deliver();
    } finally {
      this.transaction = undefined;
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function codeOf(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}
