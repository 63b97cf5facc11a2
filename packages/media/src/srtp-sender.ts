import { SrtpIndex } from './srtp-index.ts';
import type { SrtpKey } from './srtp-keys.ts';
import { rollOver, rtpPayloadStart, SrtpTransform } from './srtp-transform.ts';

/** More than a browser has in a call; a stream that was forgotten and came back would repeat its key stream. */
const maxStreams = 64;
const maxRtcpIndex = 2 ** 31 - 1;
const rtcpClearBytes = 8;

/**
 * What goes to a peer, encrypted with our key (RFC 3711). Nothing is sent twice under one index: the key stream would
 * give the payload away (§9.1).
 */
export class SrtpSender {
  readonly key: SrtpKey;
  readonly #rtp: SrtpTransform;
  readonly #rtcp: SrtpTransform;
  readonly #streams = new Map<number, SrtpIndex>();
  #rtcpIndex = 0;

  constructor(key: SrtpKey) {
    this.key = key;
    this.#rtp = new SrtpTransform(key, 'rtp');
    this.#rtcp = new SrtpTransform(key, 'rtcp');
  }

  /** Undefined if it must not be sent. */
  rtp(packet: Buffer): Buffer | undefined {
    const start = rtpPayloadStart(packet);
    if (start === undefined) return undefined;
    const ssrc = packet.readUInt32BE(8);
    const stream = this.#streamOf(ssrc);
    const index = stream?.indexOf(packet.readUInt16BE(2)) ?? -1;
    if (!stream?.isFresh(index)) return undefined;
    stream.accept(index);
    const made = Buffer.from(packet);
    this.#rtp.cross(made.subarray(start), ssrc, index);
    return Buffer.concat([made, this.#rtp.tagOf(made, rollOver(index))]);
  }

  /** Undefined if it must not be sent. */
  rtcp(packet: Buffer): Buffer | undefined {
    if (packet.length < rtcpClearBytes || this.#rtcpIndex >= maxRtcpIndex) return undefined;
    const index = (this.#rtcpIndex += 1);
    const made = Buffer.alloc(packet.length + 4);
    packet.copy(made);
    this.#rtcp.cross(made.subarray(rtcpClearBytes, packet.length), packet.readUInt32BE(4), index);
    // RFC 3711 §3.4: E says that it is encrypted.
    made.writeUInt32BE((0x8000_0000 | index) >>> 0, packet.length);
    return Buffer.concat([made, this.#rtcp.tagOf(made)]);
  }

  #streamOf(ssrc: number): SrtpIndex | undefined {
    const known = this.#streams.get(ssrc);
    if (known || this.#streams.size >= maxStreams) return known;
    const stream = new SrtpIndex();
    this.#streams.set(ssrc, stream);
    return stream;
  }
}
