const frameSamples = 160;
/** 60 ms before the first is taken, so that a late packet leaves no gap. */
const startFrames = 3;
/** Beyond 200 ms the oldest go: the delay must not grow. */
const mostFrames = 10;

/** What one speaker has said and nobody has heard yet, in order (a jitter buffer of the simplest kind). */
export class FrameQueue {
  readonly #frames = new Map<number, Int16Array>();
  #next: number | undefined;
  #isRunning = false;

  /** Packets of 20 ms; longer ones are cut, shorter ones are silence at their end. */
  put(samples: Int16Array, sequence: number): void {
    if (this.#next !== undefined && this.#isRunning && isBefore(sequence, this.#next)) return; // Too late.
    for (let at = 0; at < Math.max(1, Math.ceil(samples.length / frameSamples)); at++) {
      const frame = new Int16Array(frameSamples);
      frame.set(samples.subarray(at * frameSamples, (at + 1) * frameSamples));
      this.#frames.set((sequence + at / 64) % 65_536, frame);
    }
    if (this.#frames.size > mostFrames) this.#dropOldest();
    if (!this.#isRunning && this.#frames.size >= startFrames) this.#isRunning = true;
  }

  /** The next 20 ms; undefined: silence. */
  take(): Int16Array | undefined {
    if (!this.#isRunning) return undefined;
    const sequence = this.#oldest();
    if (sequence === undefined) {
      // He has stopped speaking, or his packets are late: wait for a few again.
      this.#isRunning = false;
      return undefined;
    }
    const frame = this.#frames.get(sequence);
    this.#frames.delete(sequence);
    this.#next = sequence;
    return frame;
  }

  #dropOldest(): void {
    const oldest = this.#oldest();
    if (oldest !== undefined) this.#frames.delete(oldest);
  }

  #oldest(): number | undefined {
    let oldest: number | undefined;
    for (const sequence of this.#frames.keys())
      if (oldest === undefined || isBefore(sequence, oldest)) oldest = sequence;
    return oldest;
  }
}

/** In the order of RTP's sequence numbers, which begin anew after 65,535. */
function isBefore(a: number, b: number): boolean {
  const distance = (b - a + 65_536) % 65_536;
  return distance > 0 && distance < 32_768;
}
