/*
 * Pages of one logical Ogg stream (RFC 3533 §6). Each page ends with a whole packet: nothing here is longer than a page.
 */

const isFirst = 0x02;
const isLast = 0x04;
const mostSegments = 255;
const segmentBytes = 255;
const headerBytes = 27;

/** Puts packets into pages; a page is made when it is asked for or can hold no more. */
export class OggPages {
  readonly #serial: number;
  readonly #write: (page: Buffer) => void;
  #sequence = 0;
  #packets: Uint8Array[] = [];
  #segments = 0;
  #granule = 0n;

  constructor(serial: number, write: (page: Buffer) => void) {
    this.#serial = serial;
    this.#write = write;
  }

  /** The granule position is that of the packet's end; its meaning is the codec's. */
  add(packet: Uint8Array, granule: bigint): void {
    const segments = segmentsOf(packet);
    if (this.#segments + segments > mostSegments) this.flush();
    this.#packets.push(packet);
    this.#segments += segments;
    this.#granule = granule;
  }

  /** Writes what waits. An empty last page is a page too (RFC 3533 §4). */
  flush({ last = false } = {}): void {
    if (this.#packets.length === 0 && !last) return;
    this.#write(this.#page(last));
    this.#sequence += 1;
    this.#packets = [];
    this.#segments = 0;
  }

  #page(last: boolean): Buffer {
    const header = Buffer.alloc(headerBytes);
    header.write('OggS', 0, 'latin1');
    header[5] = (this.#sequence === 0 ? isFirst : 0) | (last ? isLast : 0);
    header.writeBigInt64LE(this.#granule, 6);
    header.writeUInt32LE(this.#serial, 14);
    header.writeUInt32LE(this.#sequence, 18);
    header[26] = this.#segments;
    const page = Buffer.concat([header, ...this.#packets.map(lacingOf), ...this.#packets]);
    page.writeUInt32LE(crcOf(page), 22);
    return page;
  }
}

function segmentsOf(packet: Uint8Array): number {
  return Math.floor(packet.length / segmentBytes) + 1;
}

/** Full segments of 255 bytes and one that is shorter, if need be empty. */
function lacingOf(packet: Uint8Array): Buffer {
  const lacing = Buffer.alloc(segmentsOf(packet), segmentBytes);
  lacing[lacing.length - 1] = packet.length % segmentBytes;
  return lacing;
}

/** RFC 3533 §6: generator 0x04c11db7, the highest bit first, nothing inverted; the field itself counts as zero. */
const crcTable = Uint32Array.from({ length: 256 }, (_none, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 0x8000_0000 ? (rest << 1) ^ 0x04c1_1db7 : rest << 1;
  return rest >>> 0;
});

export function crcOf(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  return crc;
}
