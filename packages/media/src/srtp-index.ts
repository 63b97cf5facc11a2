const sequences = 0x1_0000;
const half = sequences / 2;
/** RFC 3711 §3.3.2 wants 64 at least. */
const windowSize = 128;

/**
 * The numbers of one stream's packets beyond the 16 bits that RTP has for them, and which of them have been. Nothing is
 * kept before a packet has proved to be genuine: ask `indexOf` and `isFresh` first, `accept` it then.
 */
export class SrtpIndex {
  readonly #seen = new Float64Array(windowSize).fill(-1);
  #highest = -1;

  /** RFC 3711 §3.3.1: the roll-over counter that puts the packet next to the newest one, however much was lost. */
  indexOf(sequence: number): number {
    if (this.#highest < 0) return sequence;
    const newest = this.#highest % sequences;
    const start = this.#highest - newest;
    if (newest < half) return start + sequence - (sequence - newest > half ? sequences : 0);
    return start + sequence + (newest - half > sequence ? sequences : 0);
  }

  /** False for a packet that has been, and for one that is too old to tell. */
  isFresh(index: number): boolean {
    if (index < 0) return false;
    if (index > this.#highest) return true;
    return this.#highest - index < windowSize && this.#seen[index % windowSize] !== index;
  }

  accept(index: number): void {
    this.#seen[index % windowSize] = index;
    if (index > this.#highest) this.#highest = index;
  }
}
