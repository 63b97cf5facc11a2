import { rtcpParts } from './embedded-rtcp.ts';
import type { StretchStats } from './media-stats.ts';
import { tenth } from './received-quality.ts';

const SR = 200;
const RR = 201;
const blockBytes = 24;
const mostReports = 16;

/**
 * Counts what goes out to a receiver, and reads what that one reports. We pass sender reports on as they are, so a report
 * on them tells the round trip between us and the receiver: since we passed it, less what the receiver kept it.
 */
export class SentQuality {
  #packets = 0;
  #bytes = 0;
  #lost: number | undefined;
  #jitterMs: number | undefined;
  #roundTripMs: number | undefined;
  /** When each sender report went by, by the middle of its NTP timestamp. */
  readonly #passedAtMs = new Map<number, number>();

  count(rtp: Buffer): void {
    this.#packets += 1;
    this.#bytes += rtp.length;
  }

  /** RTCP on its way to the receiver. */
  passed(rtcp: Buffer, nowMs: number): void {
    for (const part of rtcpParts(rtcp)) {
      if (part[1] !== SR || part.length < 28) continue;
      this.#passedAtMs.set(part.readUInt32BE(10), nowMs);
      const [oldest] = this.#passedAtMs.keys();
      if (this.#passedAtMs.size > mostReports && oldest !== undefined) this.#passedAtMs.delete(oldest);
    }
  }

  /** RTCP of the receiver; `isOurs` knows the SSRCs of the stream there. */
  reported(rtcp: Buffer, isOurs: (ssrc: number) => boolean, clockRate: number, nowMs: number): void {
    for (const part of rtcpParts(rtcp)) {
      if (part[1] !== SR && part[1] !== RR) continue;
      const count = (part[0] ?? 0) & 0x1f;
      for (let index = 0; index < count; index += 1) {
        const at = (part[1] === SR ? 28 : 8) + index * blockBytes;
        if (at + blockBytes > part.length) break;
        if (isOurs(part.readUInt32BE(at))) this.#read(part.subarray(at, at + blockBytes), clockRate, nowMs);
      }
    }
  }

  get stats(): StretchStats {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      ...(this.#lost !== undefined && { lost: this.#lost }),
      ...(this.#jitterMs !== undefined && { jitterMs: tenth(this.#jitterMs) }),
      ...(this.#roundTripMs !== undefined && { roundTripMs: tenth(this.#roundTripMs) }),
    };
  }

  /** RFC 3550 §6.4.1, figure 2. Duplicates make the loss negative there. */
  #read(block: Buffer, clockRate: number, nowMs: number): void {
    this.#lost = Math.max(0, block.readIntBE(5, 3));
    this.#jitterMs = (block.readUInt32BE(12) * 1000) / clockRate;
    const passedAtMs = this.#passedAtMs.get(block.readUInt32BE(16));
    if (passedAtMs === undefined) return;
    this.#roundTripMs = Math.max(0, nowMs - passedAtMs - (block.readUInt32BE(20) * 1000) / 65_536);
  }
}
