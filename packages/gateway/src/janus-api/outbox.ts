import type { Duplex } from 'node:stream';

/**
 * Keeps what is said to a client until the turn of the event loop is over. A reply often has events in its train, and each write of its
 * own would cost a TLS record and a system call. Above all, what the same turn has for Janus or for a SIP peer, whom everybody waits
 * for, goes out before: not even the text of a message is made earlier.
 */
export class Outbox<Message> {
  readonly #socket: Duplex;
  readonly #write: (message: Message) => void;
  #messages: Message[] = [];

  constructor(socket: Duplex, write: (message: Message) => void) {
    this.#socket = socket;
    this.#write = write;
  }

  add(message: Message): void {
    if (this.#messages.push(message) === 1) setImmediate(() => this.flush());
  }

  /** Writes at once what is there, in one system call. */
  flush(): void {
    const messages = this.#messages;
    if (messages.length === 0) return;
    this.#messages = [];
    this.#socket.cork();
    for (const message of messages) this.#write(message);
    this.#socket.uncork();
  }
}
