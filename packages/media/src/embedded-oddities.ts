import { Counters } from './counters.ts';

/** What media is put up with, or is refused, without anybody's call being touched. */
export type Oddity =
  /** On a port that peers send to. */
  | 'rtpBeforeAnswer'
  | 'rtpUnreadable'
  | 'rtpFromStranger'
  | 'rtpOfUnknownPayload'
  | 'rtcpUnreadable'
  | 'rtcpFromStranger'
  | 'srtpUnreadable'
  | 'srtpForged'
  | 'srtpReplayed'
  /** It would have repeated a key stream. */
  | 'srtpNotSent'
  | 'portsExhausted'
  /** From a browser, or on the port that is for it. */
  | 'handsetUnreadable'
  | 'handsetForged'
  | 'handsetReplayed'
  | 'candidatesUnusable'
  | 'candidatesTooMany'
  | 'iceFromStranger'
  /** A check by a name that no call has: the browser is early, or late. */
  | 'iceOfUnknownCall'
  | 'iceForged'
  | 'iceRestartsFailed';

/** These come in good calls too: phones and browsers are early, and browsers name themselves by multicast DNS. */
const usual: readonly Oddity[] = ['rtpBeforeAnswer', 'candidatesUnusable', 'iceOfUnknownCall'];

export interface OddityNews {
  readonly oddity: Oddity;
  /** Undefined where nobody knows whose it is. */
  readonly call: number | undefined;
}

/** Counts them all, and tells of each kind once for each call: a flood of packets is no flood of words. */
export class Oddities {
  readonly #counters = new Counters();
  readonly #tell: (news: OddityNews) => void;
  readonly #told = new Map<number | undefined, Set<Oddity>>();
  #hasChanged = false;

  constructor(tell: (news: OddityNews) => void) {
    this.#tell = tell;
  }

  add(oddity: Oddity, call?: number, count = 1): void {
    this.#counters.add(oddity, count);
    this.#hasChanged = true;
    if (usual.includes(oddity)) return;
    const told = this.#told.get(call) ?? new Set();
    if (told.has(oddity)) return;
    this.#told.set(call, told.add(oddity));
    this.#tell({ oddity, call });
  }

  /** The call is over. */
  forget(call: number): void {
    this.#told.delete(call);
  }

  /** All the counts, if there are other ones than last time. */
  takeChanged(): Readonly<Record<string, number>> | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    return this.#counters.read();
  }
}
