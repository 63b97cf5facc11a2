import { SrtpIndex } from './srtp-index.ts';
import type { SrtpKey } from './srtp-keys.ts';
import { rollOver, rtpPayloadStart, SrtpTransform } from './srtp-transform.ts';

/** Why a packet is not believed: it is no SRTP, its tag is not that of the key, or it has been before. */
export type SrtpRefusal = 'unreadable' | 'forged' | 'replayed';

const maxStreams = 64;
const rtcpClearBytes = 8;

/** What comes from a peer, decrypted with its key (RFC 3711). Strangers cannot change what it knows. */
export class SrtpReceiver {
  readonly key: SrtpKey;
  readonly #rtp: SrtpTransform;
  readonly #rtcp: SrtpTransform;
  readonly #streams = new Map<number, SrtpIndex>();
  readonly #rtcpSeen = new Map<number, SrtpIndex>();

  constructor(key: SrtpKey) {
    this.key = key;
    this.#rtp = new SrtpTransform(key, 'rtp');
    this.#rtcp = new SrtpTransform(key, 'rtcp');
  }

  /** Writes into the packet it was given. */
  rtp(packet: Buffer): Buffer | SrtpRefusal {
    const { body, tag, isMkiRight } = this.#split(packet, this.#rtp);
    const start = rtpPayloadStart(body);
    if (start === undefined) return 'unreadable';
    if (!isMkiRight) return 'forged';
    const ssrc = body.readUInt32BE(8);
    const stream = this.#streams.get(ssrc) ?? new SrtpIndex();
    const index = stream.indexOf(body.readUInt16BE(2));
    if (!stream.isFresh(index)) return 'replayed';
    if (!this.#rtp.isTagOf(tag, body, rollOver(index))) return 'forged';
    stream.accept(index);
    remember(this.#streams, ssrc, stream);
    this.#rtp.cross(body.subarray(start), ssrc, index);
    return body;
  }

  /** Writes into the packet it was given. */
  rtcp(packet: Buffer): Buffer | SrtpRefusal {
    const { body, tag, isMkiRight } = this.#split(packet, this.#rtcp);
    if (body.length < rtcpClearBytes + 4) return 'unreadable';
    const trailer = body.readUInt32BE(body.length - 4);
    // Unencrypted RTCP would have been agreed on (RFC 4568 §6.3.2), and we do not agree to it.
    if (!isMkiRight || trailer < 0x8000_0000) return 'forged';
    const index = trailer - 0x8000_0000;
    const ssrc = body.readUInt32BE(4);
    const seen = this.#rtcpSeen.get(ssrc) ?? new SrtpIndex();
    if (!seen.isFresh(index)) return 'replayed';
    if (!this.#rtcp.isTagOf(tag, body)) return 'forged';
    seen.accept(index);
    remember(this.#rtcpSeen, ssrc, seen);
    const made = body.subarray(0, -4);
    this.#rtcp.cross(made.subarray(rtcpClearBytes), ssrc, index);
    return made;
  }

  /** RFC 3711 §3.1: the MKI, then the tag, stand at the end. */
  #split(
    packet: Buffer,
    { tagBytes }: SrtpTransform,
  ): { readonly body: Buffer; readonly tag: Buffer; readonly isMkiRight: boolean } {
    const { mki = Buffer.alloc(0) } = this.key;
    const tagStart = Math.max(0, packet.length - tagBytes);
    const bodyEnd = Math.max(0, tagStart - mki.length);
    return {
      body: packet.subarray(0, bodyEnd),
      tag: packet.subarray(tagStart),
      isMkiRight: packet.subarray(bodyEnd, tagStart).equals(mki),
    };
  }
}

/** The streams that were heard last. */
function remember(streams: Map<number, SrtpIndex>, ssrc: number, stream: SrtpIndex): void {
  if (streams.has(ssrc)) return;
  streams.set(ssrc, stream);
  for (const oldest of streams.keys()) {
    if (streams.size <= maxStreams) break;
    streams.delete(oldest);
  }
}
