import type { Clock } from '@soft-handset/sip';

export type Doing = 'idle' | 'ringing' | 'busy';

interface CallInProgress {
  readonly caller: string;
  readonly callee: string;
  isAnswered: boolean;
  readonly since: number;
}

/** A call whose end nobody told us is over by then. */
const longestMs = 12 * 3600 * 1000;
const mostCalls = 10_000;

/** Who is in a call, by Call-ID. */
export class Activity {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #calls = new Map<string, CallInProgress>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#calls.size;
  }

  begins(callId: string, caller: string, callee: string): void {
    const now = this.#clock.now();
    for (const [known, { since }] of this.#calls) {
      if (this.#calls.size < mostCalls && now - since < longestMs) break;
      this.#calls.delete(known);
    }
    this.#calls.set(callId, { caller, callee, isAnswered: false, since: now });
  }

  answered(callId: string): void {
    const call = this.#calls.get(callId);
    if (call) call.isAnswered = true;
  }

  ends(callId: string): void {
    this.#calls.delete(callId);
  }

  /** Busy comes before ringing: a phone in a call may ring for a second one. */
  of(number: string): Doing {
    let doing: Doing = 'idle';
    for (const { caller, callee, isAnswered } of this.#calls.values()) {
      if (caller === number || (callee === number && isAnswered)) return 'busy';
      if (callee === number) doing = 'ringing';
    }
    return doing;
  }
}
