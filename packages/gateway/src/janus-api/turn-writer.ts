import type { Duplex } from 'node:stream';

/**
 * Gathers what is written to a socket in one turn of the event loop: each write costs a TLS record and a system call, and
 * a reply often has events in its train. What is next to be sent to Janus or to a SIP peer goes out before it.
 */
export class TurnWriter {
  readonly #socket: Duplex;
  #isHolding = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** What is written from now on goes out at the end of this turn. */
  hold(): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#isHolding = false;
      this.#socket.uncork();
    });
  }
}
