import { TimerSet } from './clock.ts';
import type { Core } from './core.ts';
import { cseqOf } from './dialog.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { RunningServerTransaction } from './server-transaction.ts';

/** A provisional response that is repeated until its PRACK. */
export interface ReliableResponse {
  readonly response: SipResponse;
  /** The PRACK has come. */
  readonly acknowledged: (prack: SipRequest) => void;
}

const longestRSeq = 2 ** 31 - 1;

/** The reliable provisional responses to one INVITE, one after the other (RFC 3262 §3). */
export class ReliableResponses {
  readonly #core: Core;
  readonly #transaction: RunningServerTransaction;
  readonly #gaveUp: () => void;
  readonly #timers: TimerSet;
  readonly #waiting: ReliableResponse[] = [];
  #current: (ReliableResponse & { readonly rSeq: number }) | undefined;
  #nextRSeq: number;

  /** @param gaveUp no PRACK came for 64*T1 */
  constructor(core: Core, transaction: RunningServerTransaction, gaveUp: () => void) {
    this.#core = core;
    this.#transaction = transaction;
    this.#gaveUp = gaveUp;
    this.#timers = new TimerSet(core.clock);
    // RFC 3262 §3: chosen at random, with room above it.
    this.#nextRSeq = 1 + (Number.parseInt(core.random(4), 16) % 2 ** 30);
  }

  /** RFC 3262 §3, §5: no 2xx before the PRACK to a response that carries an SDP. */
  get holdsSuccess(): boolean {
    return [this.#current, ...this.#waiting].some((one) => one !== undefined && one.response.body !== '');
  }

  send(one: ReliableResponse): void {
    // RFC 3262 §3: not before the one before it has been acknowledged.
    if (this.#current) this.#waiting.push(one);
    else this.#start(one);
  }

  /** The response that a PRACK acknowledges, if it is the one under way: its RAck names RSeq, CSeq number and method. */
  take(prack: SipRequest): ReliableResponse | undefined {
    const [rSeq, cseq, method] = (prack.headers.get('RAck') ?? '').trim().split(/[ \t]+/);
    const current = this.#current;
    const { request } = this.#transaction;
    const isFor = Number(rSeq) === current?.rSeq && Number(cseq) === cseqOf(request) && method === 'INVITE';
    if (!current || !isFor) return undefined;
    this.#timers.stopAll();
    this.#current = undefined;
    return current;
  }

  /** Sends what waited for that PRACK. */
  goOn(): void {
    const next = this.#waiting.shift();
    if (next) this.#start(next);
  }

  /** A final response has been sent: nothing is repeated any more, but the PRACK of the last may still come (RFC 3262 §3). */
  finish(): void {
    this.#waiting.length = 0;
    this.#timers.stopAll();
  }

  #start(one: ReliableResponse): void {
    const rSeq = this.#nextRSeq;
    this.#nextRSeq = rSeq === longestRSeq ? 1 : rSeq + 1;
    one.response.headers.append('Require', '100rel').append('RSeq', String(rSeq));
    this.#current = { ...one, rSeq };
    const { t1, timerH } = this.#core.timers;
    this.#timers.start('PRACK', timerH, () => {
      this.#core.count('timerPrack');
      this.#timers.stopAll();
      this.#gaveUp();
    });
    this.#repeatAfter(t1);
    this.#transaction.forward(one.response);
  }

  /** From T1 without the limit of T2. */
  #repeatAfter(delayMs: number): void {
    this.#timers.start('1xx', delayMs, () => {
      this.#core.count('retransmissionsSent');
      this.#repeatAfter(2 * delayMs);
      if (this.#current) this.#transaction.forward(this.#current.response);
    });
  }
}
