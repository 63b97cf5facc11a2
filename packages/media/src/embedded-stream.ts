/*
 * RFC 3550 §5.1, the fixed header: V P X CC | M PT | sequence number | timestamp | SSRC.
 */

const headerBytes = 12;
/** RFC 3550 §A.1: what is further away is another stream, not loss or disorder. */
const maxDropout = 3000;
const maxMisorder = 100;
const frameMs = 20;

/** True for what can be RTP; RTCP of RFC 5761 §4 is not. */
export function isRtp(packet: Buffer): boolean {
  return packet.length >= headerBytes && (packet[0] ?? 0) >> 6 === 2 && !isRtcpType(packet[1] ?? 0);
}

export function isRtcp(packet: Buffer): boolean {
  return packet.length >= 8 && (packet[0] ?? 0) >> 6 === 2 && isRtcpType(packet[1] ?? 0);
}

function isRtcpType(byte: number): boolean {
  return byte >= 192 && byte <= 223;
}

export function payloadTypeOf(rtp: Buffer): number {
  return (rtp[1] ?? 0) & 0x7f;
}

export function setPayloadType(rtp: Buffer, payload: number): void {
  rtp[1] = ((rtp[1] ?? 0) & 0x80) | payload;
}

/**
 * One stream towards the browser under the one SSRC that we announced, whoever the source is. A new source, or one that
 * begins anew, goes on where the last one stopped: the browser's SRTP takes a jump back in the sequence for a replay and
 * stays silent for good.
 */
export class AnnouncedStream {
  readonly ssrc: number;
  /** The source's own SSRC; undefined before the first packet. */
  #source: number | undefined;
  #sequenceShift = 0;
  #timestampShift = 0;
  #newest = 0;
  #newestTimestamp = 0;
  #newestAtMs = 0;

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  get source(): number | undefined {
    return this.#source;
  }

  /** What was added to the source's sequence numbers; a report about them has to take it off again. */
  get sequenceShift(): number {
    return this.#sequenceShift;
  }

  get timestampShift(): number {
    return this.#timestampShift;
  }

  /** Rewrites a packet of the source in place. */
  rewrite(rtp: Buffer, clockRate: number, nowMs: number): void {
    const sequence = rtp.readUInt16BE(2);
    const timestamp = rtp.readUInt32BE(4);
    const source = rtp.readUInt32BE(8);
    const ahead = (sequence - this.#newest) & 0xffff;
    const isFollowed = source === this.#source && (ahead < maxDropout || ahead >= 0x10000 - maxMisorder);
    if (!isFollowed) this.#follow(source, sequence, timestamp, clockRate, nowMs);
    if (!isFollowed || ahead < maxDropout) {
      this.#newest = sequence;
      this.#newestTimestamp = timestamp;
      this.#newestAtMs = nowMs;
    }
    rtp.writeUInt16BE((sequence + this.#sequenceShift) & 0xffff, 2);
    rtp.writeUInt32BE((timestamp + this.#timestampShift) >>> 0, 4);
    rtp.writeUInt32BE(this.ssrc, 8);
  }

  #follow(source: number, sequence: number, timestamp: number, clockRate: number, nowMs: number): void {
    if (this.#source !== undefined) {
      const next = this.#newest + this.#sequenceShift + 1;
      const passed = Math.round((Math.max(frameMs, nowMs - this.#newestAtMs) * clockRate) / 1000);
      this.#sequenceShift = (next - sequence) & 0xffff;
      this.#timestampShift = (this.#newestTimestamp + this.#timestampShift + passed - timestamp) >>> 0;
    }
    this.#source = source;
  }
}

/** Counts what came of a stream and what is missing in it. */
export class ReceivedStream {
  #newest: number | undefined;
  packets = 0;
  /** Missing since {@link takeLost} was called last; packets that come late are taken off. */
  #lost = 0;

  count(rtp: Buffer): void {
    const sequence = rtp.readUInt16BE(2);
    const ahead = this.#newest === undefined ? 1 : (sequence - this.#newest) & 0xffff;
    this.packets += 1;
    if (ahead === 0) return;
    if (ahead > 0x8000) {
      this.#lost -= 1;
      return;
    }
    if (ahead < maxDropout) this.#lost += ahead - 1;
    this.#newest = sequence;
  }

  takeLost(): number {
    const lost = Math.max(0, this.#lost);
    this.#lost = 0;
    return lost;
  }
}
