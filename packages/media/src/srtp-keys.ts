import { createCipheriv, randomBytes } from 'node:crypto';
import type { SrtpProfile } from '@soft-handset/protocol';

/** Crypto suites of RFC 4568 §6.2; they differ in the length of the tag that authenticates RTP. */
export type SrtpSuite = SrtpProfile;

/** What one side encrypts what it sends with. */
export interface SrtpKey {
  readonly suite: SrtpSuite;
  readonly master: Buffer;
  readonly salt: Buffer;
  /** Stands in each packet of a sender that says so (RFC 3711 §3.1). */
  readonly mki?: Buffer;
}

/** What is derived from it for RTP, or for RTCP. */
export interface SessionKeys {
  readonly cipherKey: Buffer;
  readonly authKey: Buffer;
  readonly salt: Buffer;
}

export const masterBytes = 16;
export const saltBytes = 14;
const authBytes = 20;

export function freshKey(suite: SrtpSuite): SrtpKey {
  return { suite, master: randomBytes(masterBytes), salt: randomBytes(saltBytes) };
}

export function isSameKey(one: SrtpKey, other: SrtpKey): boolean {
  return one.suite === other.suite && one.master.equals(other.master) && one.salt.equals(other.salt);
}

/** RFC 3711 §4.3.1, with a key derivation rate of 0: once and for all. */
export function sessionKeys({ master, salt }: SrtpKey, use: 'rtp' | 'rtcp'): SessionKeys {
  const first = use === 'rtp' ? 0 : 3;
  const derive = (label: number, length: number): Buffer => {
    const input = Buffer.alloc(16);
    salt.copy(input);
    // The label stands above the 48 bits of the index, and those are 0.
    input.writeUInt8(input.readUInt8(7) ^ label, 7);
    return keyStream(master, input, length);
  };
  return {
    cipherKey: derive(first, masterBytes),
    authKey: derive(first + 1, authBytes),
    salt: derive(first + 2, saltBytes),
  };
}

/** AES in counter mode (RFC 3711 §4.1.1): what the payload is combined with. */
export function keyStream(key: Buffer, start: Buffer, length: number): Buffer {
  return createCipheriv('aes-128-ctr', key, start).update(Buffer.alloc(length));
}
