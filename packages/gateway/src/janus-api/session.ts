import type { JanusReply } from '@soft-handset/protocol';
import type { Clock } from '../clock.ts';
import type { Handle } from './handle.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

/** Who hears a session's events and may ask in its name: one socket, or the HTTP side as a whole. */
export interface SessionOwner {
  /** When the client last gave a sign of life, on the clock, where its connection tells so without the client's doing. */
  readonly heardAt?: number;
  /** The session has events to be taken. */
  eventsReady(session: Session): void;
}

export interface SessionOptions {
  readonly id: number;
  readonly clock: Clock;
  /** Events that may wait for a client that does not fetch them. */
  readonly queuedEvents: number;
  /** How fast it may be asked where there is no socket to count on. */
  readonly rate: Rate;
  /** More events wait than may; the session is of no use any more. */
  overflowed(): void;
}

/**
 * One client's stay. Events stand in one queue in the order in which they happened, until the owner takes them;
 * while a request is being served they are held, so that its reply goes out first.
 */
export class Session {
  readonly id: number;
  readonly handles = new Map<number, Handle>();
  readonly budget: TokenBucket;
  owner: SessionOwner | undefined;
  readonly #options: SessionOptions;
  #queue: JanusReply[] = [];
  #isHeld = false;
  #isOverflowed = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.budget = new TokenBucket(options.clock, options.rate);
  }

  get hasEvents(): boolean {
    return this.#queue.length > 0;
  }

  deliver(event: JanusReply): void {
    if (this.#isOverflowed) return;
    if (this.#queue.length >= this.#options.queuedEvents) {
      this.#isOverflowed = true;
      this.#options.overflowed();
      return;
    }
    this.#queue.push(event);
    this.#wakeOwner();
  }

  take(most = Infinity): JanusReply[] {
    return this.#queue.splice(0, most);
  }

  /** Runs `serve` and what sends its reply; events that come up meanwhile go out after it. */
  replyFirst(serve: () => void): void {
    this.#isHeld = true;
    try {
      serve();
    } finally {
      this.#isHeld = false;
      this.#wakeOwner();
    }
  }

  #wakeOwner(): void {
    if (!this.#isHeld && this.hasEvents) this.owner?.eventsReady(this);
  }
}
