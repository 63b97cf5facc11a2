import { rtpPayloadStart } from './srtp-transform.ts';

/** Ratio of the clocks of Opus and of the phones' tones. */
const wide = 48_000 / 8000;
const eventBytes = 4;
const endBit = 0x80;

/** One more segment begins where the one before has ended, or a packet later. */
const nearSegments = 2 * 0xffff;

/** The event that was told last. */
interface ToldEvent {
  readonly code: number;
  /** Time stamps of its first segment and of the newest one. */
  readonly start: number;
  readonly segment: number;
  readonly hasEnded: boolean;
}

/**
 * Chromium's tones beside Opus last as long as they should only at Opus's own clock of 48 kHz; many phones know the event
 * of 8 kHz alone. Such events are told in the peer's clock, in place: their durations (RFC 4733 §2.3.5). The time stamp at
 * which an event begins stays, it is that of the stream. One that lasts longer than a duration can say has more segments
 * (§2.5.1.3), and to the peer each begins where the one before has ended in its clock; else it hears as many keys.
 */
export class NarrowTones {
  #last: ToldEvent | undefined;

  /** A packet of events; one that cannot be read stays as it is. */
  narrow(rtp: Buffer): void {
    const start = rtpPayloadStart(rtp);
    if (start === undefined) return;
    const end = rtp.length - paddingOf(rtp);
    if (start + eventBytes > end) return;
    const timestamp = rtp.readUInt32BE(4);
    const code = rtp.readUInt8(start);
    const first = this.#last && isSame(this.#last, code, timestamp) ? this.#last.start : timestamp;
    let passed = (timestamp - first) >>> 0;
    let told = Math.floor(passed / wide);
    rtp.writeUInt32BE((first + told) >>> 0, 4);
    let last = start;
    // §2.5.1.5: several events in a packet follow each other.
    for (let at = start; at + eventBytes <= end; at += eventBytes) {
      const duration = rtp.readUInt16BE(at + 2);
      passed += duration;
      // Counted from the start of the event, so that no rounding adds up; §2.3.5 keeps 0 for states.
      const toldDuration = duration === 0 ? 0 : Math.max(1, Math.floor(passed / wide) - told);
      rtp.writeUInt16BE(toldDuration, at + 2);
      told += toldDuration;
      last = at;
    }
    // A packet of several has no segments: RFC 4733 §2.5.1.5 packs events that have ended.
    const hasEnded = last !== start || (rtp.readUInt8(start + 1) & endBit) !== 0;
    this.#last = { code, start: first, segment: timestamp, hasEnded };
  }
}

/** §2.5.1.4: the last packet of an event comes three times. */
function isSame(last: ToldEvent, code: number, timestamp: number): boolean {
  if (code !== last.code) return false;
  if (timestamp === last.segment) return true;
  const isNear = Math.abs((timestamp - last.segment) | 0) < nearSegments;
  return !last.hasEnded && isNear && ((timestamp - last.start) | 0) >= 0;
}

/** RFC 3550 §5.1: the last byte says how many are padding. */
function paddingOf(rtp: Buffer): number {
  return (rtp.readUInt8(0) & 0x20) === 0 ? 0 : rtp.readUInt8(rtp.length - 1);
}
