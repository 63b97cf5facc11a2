import type { Clock } from '@soft-handset/sip';

/** A frame of G.711: 160 samples at 8 kHz. */
export const frameMs = 20;
/** After a stall so many frames are made up for at once; more would only come too late. */
const mostAtOnce = 5;

/**
 * The beat of all sound that we make: each twenty milliseconds of absolute time, so that a late timer does not make the sound slower. It runs
 * while somebody listens.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #beats = new Set<() => void>();
  #next = 0;
  #stop: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#beats.size;
  }

  /** @returns ends it */
  add(beat: () => void): () => void {
    this.#beats.add(beat);
    if (!this.#stop) {
      this.#next = this.#clock.now() + frameMs;
      this.#wait();
    }
    return () => {
      this.#beats.delete(beat);
      if (this.#beats.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #wait(): void {
    this.#stop = this.#clock.setTimeout(() => this.#beat(), Math.max(0, this.#next - this.#clock.now()));
  }

  #beat(): void {
    const now = this.#clock.now();
    if (now - this.#next > mostAtOnce * frameMs) this.#next = now - mostAtOnce * frameMs;
    for (; this.#next <= now && this.#beats.size > 0; this.#next += frameMs)
      for (const beat of [...this.#beats]) beat();
    if (this.#beats.size > 0) this.#wait();
  }
}
