import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { type SessionKeys, sessionKeys, type SrtpKey } from './srtp-keys.ts';

/** RFC 4568 §6.2: RTCP has the long tag with either suite. */
const longTagBytes = 10;
const shortTagBytes = 4;

/** The two things that are done to a packet (RFC 3711 §3.1): its payload combined with a key stream, its whole hashed. */
export class SrtpTransform {
  readonly tagBytes: number;
  readonly #keys: SessionKeys;

  constructor(key: SrtpKey, use: 'rtp' | 'rtcp') {
    this.#keys = sessionKeys(key, use);
    this.tagBytes = use === 'rtp' && key.suite.endsWith('_32') ? shortTagBytes : longTagBytes;
  }

  /** Encrypts or decrypts in place: it is the same (RFC 3711 §4.1.1). */
  cross(payload: Buffer, ssrc: number, index: number): void {
    const { cipherKey, salt } = this.#keys;
    const start = Buffer.alloc(16);
    salt.copy(start);
    start.writeUInt32BE((start.readUInt32BE(4) ^ ssrc) >>> 0, 4);
    start.writeUInt16BE(start.readUInt16BE(8) ^ Math.floor(index / 2 ** 32), 8);
    start.writeUInt32BE((start.readUInt32BE(10) ^ (index % 2 ** 32)) >>> 0, 10);
    createCipheriv('aes-128-ctr', cipherKey, start).update(payload).copy(payload);
  }

  /** RFC 3711 §4.2: of these, one after the other. */
  tagOf(...parts: readonly Buffer[]): Buffer {
    const hash = createHmac('sha1', this.#keys.authKey);
    for (const part of parts) hash.update(part);
    return hash.digest().subarray(0, this.tagBytes);
  }

  isTagOf(tag: Buffer, ...parts: readonly Buffer[]): boolean {
    return tag.length === this.tagBytes && timingSafeEqual(tag, this.tagOf(...parts));
  }
}

/** The roll-over counter is hashed with RTP, but not sent. */
export function rollOver(index: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Math.floor(index / 0x1_0000) >>> 0);
  return bytes;
}

const headerBytes = 12;

/** Where the payload of an RTP packet begins (RFC 3550 §5.1, §5.3.1); undefined if the packet ends before that. */
export function rtpPayloadStart(rtp: Buffer): number | undefined {
  if (rtp.length < headerBytes) return undefined;
  const first = rtp.readUInt8(0);
  let start = headerBytes + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (start + 4 > rtp.length) return undefined;
    start += 4 + 4 * rtp.readUInt16BE(start + 2);
  }
  return start <= rtp.length ? start : undefined;
}
