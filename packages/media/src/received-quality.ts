import type { StretchStats } from './media-stats.ts';

/** RFC 3550 §A.1: what is further away is another stream, not loss or disorder. */
const maxDropout = 3000;
const maxMisorder = 100;

/** Counts what comes of a stream: what is missing in it and how evenly it comes (RFC 3550 §A.3 and §A.8). */
export class ReceivedQuality {
  #packets = 0;
  #bytes = 0;
  #lost = 0;
  #ssrc: number | undefined;
  #newest = 0;
  #timestamp = 0;
  #atMs = 0;
  #jitterMs: number | undefined;

  count(rtp: Buffer, clockRate: number, nowMs: number): void {
    const sequence = rtp.readUInt16BE(2);
    const ssrc = rtp.readUInt32BE(8);
    const ahead = (sequence - this.#newest) & 0xffff;
    this.#packets += 1;
    this.#bytes += rtp.length;
    const isMisordered = ahead >= 0x1_0000 - maxMisorder;
    if (ssrc !== this.#ssrc || (ahead >= maxDropout && !isMisordered)) {
      this.#ssrc = ssrc;
    } else if (ahead === 0) {
      return;
    } else if (isMisordered) {
      this.#lost = Math.max(0, this.#lost - 1);
      return;
    } else {
      this.#lost += ahead - 1;
      this.#measure(rtp.readUInt32BE(4), clockRate, nowMs);
    }
    this.#newest = sequence;
    this.#timestamp = rtp.readUInt32BE(4);
    this.#atMs = nowMs;
  }

  get stats(): StretchStats {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: this.#lost,
      ...(this.#jitterMs !== undefined && { jitterMs: tenth(this.#jitterMs) }),
    };
  }

  /** Packets of one frame say nothing of the way, nor does a pause in which the source's clock stood. */
  #measure(timestamp: number, clockRate: number, nowMs: number): void {
    const saidMs = (((timestamp - this.#timestamp) | 0) * 1000) / clockRate;
    const offMs = Math.abs(nowMs - this.#atMs - saidMs);
    if (saidMs === 0 || offMs > 1000) return;
    this.#jitterMs = (this.#jitterMs ?? 0) + (offMs - (this.#jitterMs ?? 0)) / 16;
  }
}

export function tenth(ms: number): number {
  return Math.round(10 * ms) / 10;
}
