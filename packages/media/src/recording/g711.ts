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
