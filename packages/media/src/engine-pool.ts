import { type Clock, systemClock } from './clock.ts';
import { Counters } from './counters.ts';
import { MediaError, type MediaEngine, type MediaSession, type MediaSessionHandler } from './engine.ts';
import { type MediaLog, silentLog } from './media-log.ts';

/** One server of a pool, as an operator sees it. */
export interface PoolServer {
  readonly name: string;
  /** The name of its engine. */
  readonly kind: string;
  readonly isUp: boolean;
  /** New calls go elsewhere. */
  readonly isDraining: boolean;
  readonly sessionCount: number;
}

/** Several engines as one. */
export interface EnginePool extends MediaEngine {
  readonly servers: readonly PoolServer[];
  /** The pool closes it. @throws Error if the name is taken */
  add(name: string, engine: MediaEngine): void;
  /** New calls go elsewhere, those it has stay. `false` takes it back. A name that is not there is passed over. */
  drain(name: string, isDraining: boolean): void;
  /** Drains it, closes it when its last call has ended, and forgets it. Its name is free at once. */
  remove(name: string): void;
}

export interface EnginePoolOptions {
  readonly log?: MediaLog;
  readonly clock?: Pick<Clock, 'now'>;
}

/** How long a server that gave no session is asked after all others. */
const restMs = 30_000;

/**
 * Engines that share the calls. A call goes to the server with the fewest, and to the next one if that gives no session.
 * The health of each is its engine's own knowledge (Janus: keep-alives): it loses its own calls only, and gets calls again
 * when it is up again.
 *
 *   serving ──drain──▶ draining ──drain off──▶ serving
 *      └──────remove──────┴──▶ leaving ──last call ended──▶ closed
 */
export function createEnginePool(options: EnginePoolOptions = {}): EnginePool {
  return new Pool(options);
}

interface Member {
  readonly name: string;
  readonly engine: MediaEngine;
  state: 'serving' | 'draining' | 'leaving';
  /** Sessions that are being opened: the engine counts them when they are open. */
  opening: number;
  /** When it was last given a call, in calls of the pool. */
  lastCall: number;
  restsUntilMs: number;
}

class Pool implements EnginePool {
  readonly name = 'pool';
  readonly #log: MediaLog;
  readonly #clock: Pick<Clock, 'now'>;
  #members: readonly Member[] = [];
  readonly #leavers = new Set<Promise<void>>();
  /** Of servers that have left. */
  readonly #counted = new Counters();
  #calls = 0;
  #wasUp = false;
  #isClosed = false;
  onUpChange?: (isUp: boolean) => void;

  constructor({ log = silentLog, clock = systemClock }: EnginePoolOptions) {
    this.#log = log;
    this.#clock = clock;
  }

  get isUp(): boolean {
    return !this.#isClosed && this.#members.some(canServe);
  }

  get sessionCount(): number {
    return this.#members.reduce((sum, { engine }) => sum + engine.sessionCount, 0);
  }

  counters(): Readonly<Record<string, number>> {
    const all = new Counters();
    for (const counts of [this.#counted.read(), ...this.#members.map(({ engine }) => engine.counters())]) {
      all.addAll(counts);
    }
    return all.read();
  }

  get servers(): readonly PoolServer[] {
    return this.#members.map(({ name, engine, state }) => ({
      name,
      kind: engine.name,
      isUp: engine.isUp,
      isDraining: state !== 'serving',
      sessionCount: engine.sessionCount,
    }));
  }

  add(name: string, engine: MediaEngine): void {
    if (this.#find(name)) throw new Error(`There is a server "${name}" in the pool`);
    const member: Member = { name, engine, state: 'serving', opening: 0, lastCall: 0, restsUntilMs: 0 };
    this.#members = [...this.#members, member];
    engine.onUpChange = (isUp) => {
      if (isUp) member.restsUntilMs = 0;
      this.#tellUp();
    };
    this.#tellUp();
  }

  drain(name: string, isDraining: boolean): void {
    const member = this.#find(name);
    const state = isDraining ? 'draining' : 'serving';
    if (!member || member.state === state) return;
    member.state = state;
    this.#log.info(isDraining ? 'media server drains' : 'media server serves again', { server: name });
    this.#tellUp();
  }

  remove(name: string): void {
    const member = this.#find(name);
    if (!member) return;
    member.state = 'leaving';
    this.#log.info('media server leaves', { server: name, sessions: member.engine.sessionCount });
    this.#tellUp();
    this.#closeIfEmpty(member);
  }

  async open(handler?: MediaSessionHandler): Promise<MediaSession> {
    let failure = new MediaError('engine-down', 'No media server is there');
    for (const member of this.#inOrder()) {
      try {
        return await this.#openAt(member, handler);
      } catch (error) {
        if (!isElsewhereBetter(error)) throw error;
        this.#log.warn('media server gives no session', { server: member.name, error });
        member.restsUntilMs = this.#clock.now() + restMs;
        failure = error;
      }
    }
    throw failure;
  }

  openNow(handler?: MediaSessionHandler): MediaSession | undefined {
    const [member] = this.#inOrder();
    const session = member?.engine.openNow?.(handler);
    if (!member || !session) return undefined;
    this.#noteCall(member);
    return this.#watched(member, session);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#members.map(({ engine }) => engine.close()), ...this.#leavers]);
  }

  async #openAt(member: Member, handler?: MediaSessionHandler): Promise<MediaSession> {
    this.#noteCall(member);
    member.opening += 1;
    try {
      return this.#watched(member, await member.engine.open(handler));
    } finally {
      member.opening -= 1;
      this.#closeIfEmpty(member);
    }
  }

  #noteCall(member: Member): void {
    this.#calls += 1;
    member.lastCall = this.#calls;
  }

  #watched(member: Member, session: MediaSession): MediaSession {
    void session.ended.then(() => this.#closeIfEmpty(member));
    return session;
  }

  /**
   * Fewest calls first; among equals the one that waited longest, as one whose calls end at once must not get all of them.
   * Those that gave no session lately come last.
   */
  #inOrder(): readonly Member[] {
    if (this.#isClosed) return [];
    const nowMs = this.#clock.now();
    const rests = ({ restsUntilMs }: Member): number => Number(restsUntilMs > nowMs);
    return this.#members
      .filter(canServe)
      .sort(
        (one, other) =>
          rests(one) - rests(other) || loadOf(one) - loadOf(other) || one.lastCall - other.lastCall,
      );
  }

  #find(name: string): Member | undefined {
    return this.#members.find((member) => member.name === name && member.state !== 'leaving');
  }

  #closeIfEmpty(member: Member): void {
    if (member.state !== 'leaving' || loadOf(member) > 0 || !this.#members.includes(member)) return;
    this.#members = this.#members.filter((each) => each !== member);
    this.#counted.addAll(member.engine.counters());
    const closing = member.engine.close().finally(() => this.#leavers.delete(closing));
    this.#leavers.add(closing);
  }

  #tellUp(): void {
    const { isUp } = this;
    if (isUp === this.#wasUp) return;
    this.#wasUp = isUp;
    this.onUpChange?.(isUp);
  }
}

function canServe({ state, engine }: Member): boolean {
  return state === 'serving' && engine.isUp;
}

function loadOf({ engine, opening }: Member): number {
  return engine.sessionCount + opening;
}

/** A server that is away or does not answer says nothing about the others. */
function isElsewhereBetter(error: unknown): error is MediaError {
  return error instanceof MediaError && (error.code === 'engine-down' || error.code === 'timeout');
}
