import { TimerSet } from './clock.ts';
import type { Core } from './core.ts';
import type { SipResponse } from './message.ts';
import type { RunningServerTransaction } from './server-transaction.ts';

/** Sends a 2xx to an INVITE and repeats it from T1 to T2, over any transport, until `stop` or timer H (RFC 3261 §13.3.1.4). */
export class SuccessRepeater {
  readonly #core: Core;
  readonly #timers: TimerSet;
  readonly #transaction: RunningServerTransaction;
  readonly #response: SipResponse;

  /** @param gaveUp the ACK never came */
  constructor(core: Core, transaction: RunningServerTransaction, response: SipResponse, gaveUp: () => void) {
    this.#core = core;
    this.#timers = new TimerSet(core.clock);
    this.#transaction = transaction;
    this.#response = response;
    this.#timers.start('H', core.timers.timerH, () => {
      core.count('timerH');
      this.stop();
      gaveUp();
    });
    this.#repeatAfter(core.timers.t1);
    transaction.forward(response);
  }

  stop(): void {
    this.#timers.stopAll();
  }

  #repeatAfter(delayMs: number): void {
    this.#timers.start('2xx', delayMs, () => {
      this.#core.count('retransmissionsSent');
      this.#repeatAfter(Math.min(2 * delayMs, this.#core.timers.t2));
      this.#transaction.forward(this.#response);
    });
  }
}
