/*
 * ITU-T G.711: a byte a sample, 8000 a second. Both laws are tables of 256 values.
 */

const muLaw = Int16Array.from({ length: 256 }, (_none, byte) => decodeMuLaw(byte));
const aLaw = Int16Array.from({ length: 256 }, (_none, byte) => decodeALaw(byte));

export function pcmOfMuLaw(payload: Uint8Array): Int16Array {
  return Int16Array.from(payload, (byte) => muLaw[byte] ?? 0);
}

export function pcmOfALaw(payload: Uint8Array): Int16Array {
  return Int16Array.from(payload, (byte) => aLaw[byte] ?? 0);
}

/** The nearest byte to each of 65,536 samples, counted from the lowest. */
const toMuLaw = Uint8Array.from({ length: 65_536 }, (_none, at) => encodeMuLaw(at - 32_768));
const toALaw = Uint8Array.from({ length: 65_536 }, (_none, at) => encodeALaw(at - 32_768));

export function muLawOfPcm(samples: Int16Array): Buffer {
  return encoded(samples, toMuLaw);
}

export function aLawOfPcm(samples: Int16Array): Buffer {
  return encoded(samples, toALaw);
}

function encoded(samples: Int16Array, table: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length);
  for (const [at, sample] of samples.entries()) bytes[at] = table[sample + 32_768] ?? 0;
  return bytes;
}

function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const segment = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (segment + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | mantissa) & 0xff;
}

function encodeALaw(sample: number): number {
  const magnitude = Math.min(sample < 0 ? ~sample : sample, 32_767);
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const mantissa = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ 0x55;
}

/** Sign, three bits of exponent, four of mantissa, all inverted; the bias is that of 14 bits, put into 16. */
function decodeMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** Every other bit is inverted; the two lowest segments have the same step. */
function decodeALaw(byte: number): number {
  const bits = byte ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}
