/** Sample rates that occur here: those of the codecs, and of files made of them. */
export type SampleRate = 8000 | 16_000 | 48_000;

/** Taps of the filter for each sample at the lower rate; with the window below, images are 60 dB down. */
const tapsEach = 24;
/** Where the filter ends, as a share of the lower rate's band. */
const passBand = 0.9;

/**
 * Turns one stream of samples from one rate into another, by a whole factor. What comes out is late by half of the filter:
 * 1.5 ms at 8 kHz.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #filter: Float64Array;
  /** The last samples of what came before. */
  #history: Int16Array;

  constructor(from: SampleRate, to: SampleRate) {
    this.#up = to > from ? to / from : 1;
    this.#down = from > to ? from / to : 1;
    const factor = this.#up * this.#down;
    this.#filter = lowPass(tapsEach * factor, passBand / (2 * factor), this.#up);
    this.#history = new Int16Array(this.#filter.length / this.#up);
  }

  /** The number of samples must be a whole one of the lower rate. */
  process(samples: Int16Array): Int16Array {
    if (this.#up * this.#down === 1) return samples;
    const { length } = this.#history;
    const known = new Int16Array(length + samples.length);
    known.set(this.#history);
    known.set(samples, length);
    this.#history = known.slice(-length);
    const made = new Int16Array(Math.floor((samples.length * this.#up) / this.#down));
    for (let index = 0; index < made.length; index += 1) {
      const at = index * this.#down;
      made[index] = this.#sample(known, length + Math.floor(at / this.#up), at % this.#up);
    }
    return made;
  }

  #sample(known: Int16Array, newest: number, phase: number): number {
    let sum = 0;
    for (let tap = phase, at = newest; tap < this.#filter.length; tap += this.#up, at -= 1) {
      sum += (this.#filter[tap] ?? 0) * (known[at] ?? 0);
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
}

/** A windowed sinc (Blackman): the cut in cycles a sample. */
function lowPass(taps: number, cut: number, gain: number): Float64Array {
  return Float64Array.from({ length: taps }, (_none, index) => {
    const fromMiddle = index - (taps - 1) / 2;
    const angle = 2 * Math.PI * cut * fromMiddle;
    const sinc = fromMiddle === 0 ? 2 * cut : Math.sin(angle) / (Math.PI * fromMiddle);
    const turn = (2 * Math.PI * (index + 0.5)) / taps;
    const window = 0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
    return gain * sinc * window;
  });
}
