import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { Session, type SessionOwner } from './session.ts';
import type { Rate } from './token-bucket.ts';

export interface SessionTableOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** A session whose client is not heard for so long is over: neither a request nor, over WebSocket, a pong. */
  readonly timeoutMs: number;
  /** How long a session waits to be claimed after its socket dropped ... */
  readonly reclaimMs: number;
  /** ... and after the client closed the socket itself: a page that went away, or is loading again. */
  readonly leaveMs: number;
  readonly maxSessions: number;
  /** One client must not take all of them. */
  readonly sessionsPerAddress: number;
  readonly queuedEvents: number;
  readonly rate: Rate;
  /** 1 to 2^53 - 1, not to be guessed: who knows it may claim the session. */
  readonly randomId?: () => number;
}

/** Why a session ended; `destroyed` is the client's wish. */
export type SessionEnd = 'destroyed' | 'timeout' | 'not claimed' | 'overflow' | 'shutdown';

interface Life {
  readonly session: Session;
  /** Where it was created from. */
  readonly address: string;
  /** On the clock, unless something is heard before. */
  endsAt: number;
  endsAs: SessionEnd;
  stopTimer: () => void;
}

/**
 * All sessions, and when they end.
 *
 *   owned ──nothing heard for timeoutMs──▶ over
 *     │ ▲
 *     │ └──claim──┐
 *     └─socket gone─▶ waiting ──reclaimMs or leaveMs──▶ over
 */
export class SessionTable {
  readonly #options: SessionTableOptions;
  readonly #lives = new Map<number, Life>();
  readonly #countByAddress = new Map<string, number>();

  constructor(options: SessionTableOptions) {
    this.#options = options;
  }

  get counts(): { readonly sessions: number; readonly handles: number } {
    let handles = 0;
    for (const { session } of this.#lives.values()) handles += session.handles.size;
    return { sessions: this.#lives.size, handles };
  }

  /** `id` is the client's wish. */
  create(owner: SessionOwner, address: string, id = this.randomId()): Session | 'taken' | 'full' {
    const { clock, queuedEvents, rate, maxSessions, sessionsPerAddress } = this.#options;
    const count = this.#countByAddress.get(address) ?? 0;
    if (this.#lives.size >= maxSessions || count >= sessionsPerAddress) return 'full';
    if (this.#lives.has(id)) return 'taken';
    this.#countByAddress.set(address, count + 1);
    // An overflow comes up while a plugin speaks; it must not be detached from under its own feet.
    const overflowed = (): void => void clock.setTimeout(() => this.end(session, 'overflow'), 0);
    const session = new Session({ id, clock, queuedEvents, rate, overflowed });
    session.owner = owner;
    const life: Life = { session, address, endsAt: 0, endsAs: 'timeout', stopTimer: () => undefined };
    this.#lives.set(id, life);
    this.heardFrom(session);
    this.#watch(life);
    return session;
  }

  find(id: number): Session | undefined {
    return this.#lives.get(id)?.session;
  }

  /** The client of an owned session gave a sign of life. */
  heardFrom(session: Session): void {
    const life = this.#lives.get(session.id);
    if (!life) return;
    life.endsAt = this.#options.clock.now() + this.#options.timeoutMs;
    life.endsAs = 'timeout';
  }

  /** The session moves to another socket, whether or not the old one has been found dead. */
  claim(session: Session, owner: SessionOwner): void {
    session.owner = owner;
    this.heardFrom(session);
  }

  /** A socket is gone; its sessions wait for a while. */
  ownerGone(owner: SessionOwner, how: 'dropped' | 'left'): void {
    const { clock, reclaimMs, leaveMs } = this.#options;
    for (const life of this.#lives.values()) {
      if (life.session.owner !== owner) continue;
      life.session.owner = undefined;
      life.endsAt = clock.now() + (how === 'left' ? Math.min(leaveMs, reclaimMs) : reclaimMs);
      life.endsAs = 'not claimed';
      life.stopTimer();
      this.#watch(life);
    }
  }

  end(session: Session, why: SessionEnd): void {
    const life = this.#lives.get(session.id);
    if (life?.session !== session) return;
    life.stopTimer();
    this.#lives.delete(session.id);
    this.#forgetAt(life.address);
    for (const handle of session.handles.values()) handle.detach();
    session.handles.clear();
    if (why === 'timeout' || why === 'overflow') session.owner?.eventsReady(session);
    const facts = { sessionId: session.id, why };
    if (why === 'overflow') this.#options.log.warn(facts, 'session ended');
    else this.#options.log.debug(facts, 'session ended');
  }

  close(): void {
    for (const { session } of [...this.#lives.values()]) this.end(session, 'shutdown');
  }

  /** An id for a session or a handle. */
  randomId(): number {
    return this.#options.randomId?.() ?? random53Bits();
  }

  #forgetAt(address: string): void {
    const left = (this.#countByAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#countByAddress.set(address, left);
    else this.#countByAddress.delete(address);
  }

  #watch(life: Life): void {
    const { clock } = this.#options;
    life.stopTimer = clock.setTimeout(
      () => {
        if (clock.now() < this.#endOf(life)) return this.#watch(life);
        const { session } = life;
        if (life.endsAs === 'timeout') session.deliver({ janus: 'timeout', session_id: session.id });
        this.end(session, life.endsAs);
      },
      Math.max(1, this.#endOf(life) - clock.now()),
    );
  }

  /** A hidden tab may send its keep-alives once a minute only, while its browser answers pings: it can be rung. */
  #endOf({ session, endsAt }: Life): number {
    return Math.max(endsAt, (session.owner?.heardAt ?? -Infinity) + this.#options.timeoutMs);
  }
}

function random53Bits(): number {
  const id = Number(randomBytes(8).readBigUInt64BE() >> 11n);
  return id === 0 ? random53Bits() : id;
}
