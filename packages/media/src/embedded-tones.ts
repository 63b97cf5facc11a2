import { rtpPayloadStart } from './srtp-transform.ts';

/** Ratio of the clocks of Opus and of the phones' tones. */
const wide = 48_000 / 8000;
const eventBytes = 4;

/**
 * Chromium's tones beside Opus last as long as they should only at Opus's own clock of 48 kHz; many phones know the event
 * of 8 kHz alone. Such an event is told in the peer's clock: its duration (RFC 4733 §2.3.5), in place. The time stamp
 * stays, it is that of the stream.
 */
export function narrowTone(rtp: Buffer): void {
  const start = rtpPayloadStart(rtp);
  if (start === undefined || start + eventBytes > rtp.length) return;
  rtp.writeUInt16BE(Math.round(rtp.readUInt16BE(start + 2) / wide), start + 2);
}
