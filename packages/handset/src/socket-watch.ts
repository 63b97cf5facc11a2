import type { JanusSocket } from './janus-socket.ts';

const periodMs = 10_000;
const answerLimitMs = 5_000;

/**
 * Finds out that a socket is dead without a close (sleep, another network, a proxy that forgot). Silence alone proves
 * nothing, for timers of hidden pages run late: it asks, and believes only that no answer came.
 */
export class SocketWatch {
  readonly #ask: () => void;
  readonly #dead: () => void;
  readonly #quietLimitMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #socket: JanusSocket;
  #askedAt: number | undefined;

  constructor(socket: JanusSocket, quietLimitMs: number, ports: { ask: () => void; dead: () => void }) {
    this.#socket = socket;
    this.#quietLimitMs = quietLimitMs;
    this.#ask = ports.ask;
    this.#dead = ports.dead;
    this.#timer = setInterval(() => this.#look(), periodMs);
  }

  /** At once: the network has changed. */
  ask(): void {
    this.#askedAt = Date.now();
    this.#ask();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { lastHeardAt } = this.#socket;
    const isWaiting = this.#askedAt !== undefined && this.#askedAt > lastHeardAt;
    if (isWaiting && Date.now() - (this.#askedAt ?? 0) >= answerLimitMs) this.#dead();
    else if (!isWaiting && Date.now() - lastHeardAt > this.#quietLimitMs) this.ask();
  }
}
