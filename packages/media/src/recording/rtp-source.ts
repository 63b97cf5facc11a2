import { type RecordedCodec, rtpClocks } from './sound-decoder.ts';

/** One packet, with its time as it came. All times are in samples of the recording. */
export interface HeardPacket {
  readonly codec: RecordedCodec;
  readonly arrival: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

export interface PlacedPacket {
  readonly codec: RecordedCodec;
  readonly payload: Uint8Array;
  /** Where it begins. */
  readonly position: number;
}

interface Waiting {
  readonly packet: HeardPacket;
  readonly sequence: number;
  readonly time: number;
  /** Arrival less RTP time: what a constant delay and some chance of the network add. */
  readonly transit: number;
}

/** RFC 3550 §A.1: what is further away is another stream. */
const maxDropout = 3000;
const mostWaiting = 2000;
const forwardMs = 100;
const backMs = 500;
const oneStoryMs = 2000;

/**
 * The packets of one SSRC at one clock, in the order of their sequence numbers. Their places are their RTP times, so that
 * lost ones and pauses leave their gap, however late the rest came. Where RTP time and arrival part for good the places
 * follow: a phone that stopped its clock on hold, clocks that run apart. "For good" is what the fastest of all waiting
 * packets says: a network that stalls delivers some of them in time again.
 */
export class RtpSource {
  readonly #rate: number;
  readonly #waiting: Waiting[] = [];
  #newest: { sequence: number; timestamp: number; ssrc: number; clock: number } | undefined;
  #taken = -Infinity;
  #offset: number | undefined;

  constructor(rate: number) {
    this.#rate = rate;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** False where it belongs to another source. */
  add(packet: HeardPacket): boolean {
    const clock = rtpClocks[packet.codec];
    const newest = this.#newest ?? { ...packet, clock };
    const ahead = signed(packet.sequence - newest.sequence, 16);
    if (packet.ssrc !== newest.ssrc || clock !== newest.clock || Math.abs(ahead) > maxDropout) return false;
    const sequence = newest.sequence + ahead;
    const timestamp = newest.timestamp + signed(packet.timestamp - newest.timestamp, 32);
    if (ahead >= 0) this.#newest = { sequence, timestamp, ssrc: packet.ssrc, clock };
    const time = Math.round((timestamp * this.#rate) / clock);
    this.#insert({ packet, sequence, time, transit: packet.arrival - time });
    return true;
  }

  /** The next packet, if it begins before then. */
  take(before: number): PlacedPacket | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    const { codec, payload } = first.packet;
    const position = first.time + this.#offsetOf(first);
    if (position >= before) return undefined;
    this.#waiting.shift();
    this.#taken = first.sequence;
    return { codec, payload, position };
  }

  #insert(waiting: Waiting): void {
    if (waiting.sequence <= this.#taken || this.#waiting.length >= mostWaiting) return;
    const before = this.#waiting.findLastIndex(({ sequence }) => sequence <= waiting.sequence);
    if (this.#waiting[before]?.sequence !== waiting.sequence) this.#waiting.splice(before + 1, 0, waiting);
  }

  #offsetOf({ transit }: Waiting): number {
    const fastest = this.#waiting
      .map((each) => each.transit)
      .filter((each) => Math.abs(each - transit) < this.#samples(oneStoryMs))
      .reduce((least, each) => Math.min(least, each), transit);
    const isKept =
      this.#offset !== undefined &&
      fastest - this.#offset < this.#samples(forwardMs) &&
      this.#offset - fastest < this.#samples(backMs);
    if (!isKept) this.#offset = fastest;
    return this.#offset ?? fastest;
  }

  #samples(ms: number): number {
    return (ms * this.#rate) / 1000;
  }
}

/** A difference of counters that wrap at that many bits. */
function signed(difference: number, bits: 16 | 32): number {
  const size = 2 ** bits;
  const positive = ((difference % size) + size) % size;
  return positive >= size / 2 ? positive - size : positive;
}
