import { HandsetError } from './handset-error.ts';

const toneMs = 100;
const gapMs = 70;

/** Tones of a call (RFC 4733), one string after the other; `insertDTMF` would cut off what still plays. */
export class DtmfQueue {
  readonly #send: (tones: string, durationMs: number, gapMs: number) => Promise<unknown>;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;
  #finishTone: (() => void) | undefined;

  constructor(send: (tones: string, durationMs: number, gapMs: number) => Promise<unknown>) {
    this.#send = send;
  }

  /** Settles when the tones have been played. Rejects what is no digit with a `wrong-state`. */
  async send(digits: string): Promise<void> {
    const tones = dtmfDigits(digits);
    const turn = this.#last.then(() => this.#play(tones));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#isClosed = true;
    this.#finishTone?.();
  }

  async #play(tones: string): Promise<void> {
    if (this.#isClosed) throw HandsetError.of('wrong-state');
    await this.#send(tones, toneMs, gapMs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, tones.length * (toneMs + gapMs));
      this.#finishTone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** As they are sent. Throws what is no digit as a `wrong-state`. */
export function dtmfDigits(digits: string): string {
  const tones = digits.toUpperCase();
  if (/^[0-9*#A-D]{1,64}$/.test(tones)) return tones;
  throw HandsetError.of('wrong-state', new Error('DTMF digits are 0-9, *, #, A-D'));
}
