import { SipError } from '@soft-handset/sip';
import type { Log, SipResponse } from '@soft-handset/sip';
import type { Note, NoteNews } from './note.ts';

/** A note on its way to one peer. */
export interface NoteOrder {
  readonly note: Note;
  /** Undefined: the call that it belongs to is over. */
  readonly send: () => Promise<SipResponse> | undefined;
  readonly tell: (news: NoteNews) => void;
  /** It has not gone out. */
  readonly refuse: () => void;
}

const mostWaiting = 64;

/**
 * Notes to one peer, in their order: the next goes out when the one before is answered. RFC 3428 §8 wants that of messages, and digits
 * over UDP would otherwise overtake each other.
 */
export class NoteQueue {
  readonly #log: Log;
  readonly #onIdle: () => void;
  readonly #waiting: NoteOrder[] = [];
  #isWorking = false;

  constructor(log: Log, onIdle: () => void = () => undefined) {
    this.#log = log;
    this.#onIdle = onIdle;
  }

  /** False: too many wait already. */
  add(order: NoteOrder): boolean {
    if (this.#waiting.length >= mostWaiting) return false;
    this.#waiting.push(order);
    void this.#work();
    return true;
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let order = this.#waiting.shift(); order; order = this.#waiting.shift()) await this.#serve(order);
    this.#isWorking = false;
    this.#onIdle();
  }

  async #serve({ note, send, tell, refuse }: NoteOrder): Promise<void> {
    const isMessage = note.told === 'messagesent';
    const answer = send();
    if (!answer && !isMessage) return refuse();
    tell({ event: note.told });
    const { status, reason } = answer ? await this.#answerTo(answer) : dialogGone;
    if (isMessage) tell({ event: 'messagedelivery', code: status, reason });
    else if (status >= 300)
      this.#log.warn({ status, reason, type: note.contentType }, 'peer refused an INFO');
  }

  async #answerTo(answer: Promise<SipResponse>): Promise<Pick<SipResponse, 'status' | 'reason'>> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof SipError && error.code === 'wrong-state') return dialogGone;
      this.#log.warn({ err: error }, 'note not sent');
      return { status: 503, reason: 'Service Unavailable' };
    }
  }
}

const dialogGone = { status: 481, reason: 'Call/Transaction Does Not Exist' } as const;
