import type { Side } from './recording.ts';
import { sides } from './recording.ts';
import { type RecordedCodec, recordedCodecs } from './sound-decoder.ts';

/*
 * Packets on their way to the thread that records them: many in one block, which is handed over without being copied.
 * For each: side and codec (a byte each), length (two), time (a double), the packet.
 */

const headerBytes = 12;
const firstBytes = 16_384;

export class PacketBlock {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #used = 0;

  add(side: Side, codec: RecordedCodec, rtp: Uint8Array, atMs: number): void {
    this.#makeRoom(headerBytes + rtp.length);
    const at = this.#used;
    this.#bytes[at] = sides.indexOf(side);
    this.#bytes[at + 1] = recordedCodecs.indexOf(codec);
    this.#bytes.writeUInt16LE(rtp.length, at + 2);
    this.#bytes.writeDoubleLE(atMs, at + 4);
    this.#bytes.set(rtp, at + headerBytes);
    this.#used = at + headerBytes + rtp.length;
  }

  /** What came since it was taken last, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#bytes.buffer, 0, this.#used);
    this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
    this.#used = 0;
    return taken;
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes);
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}

export function readPacketBlock(
  block: Uint8Array,
  hear: (side: Side, codec: RecordedCodec, rtp: Uint8Array, atMs: number) => void,
): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (let at = 0; at + headerBytes <= block.length;) {
    const start = at + headerBytes;
    const end = start + view.getUint16(at + 2, true);
    const side = sides[view.getUint8(at)];
    const codec = recordedCodecs[view.getUint8(at + 1)];
    if (side && codec) hear(side, codec, block.subarray(start, end), view.getFloat64(at + 4, true));
    at = end;
  }
}
