/*
 * G.711 as RTP carries it (RFC 3551 §4.5.14): payload type 0 is PCMU, 8 is PCMA, 8000 samples a second, a byte each.
 */

export type G711 = 'PCMU' | 'PCMA';

export const g711 = {
  PCMU: { payloadType: 0, encode: encodeMuLaw, decode: decodeMuLaw },
  PCMA: { payloadType: 8, encode: encodeALaw, decode: decodeALaw },
} as const;

const muLawBias = 0x84;
const muLawClip = 32_635;

function encodeMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), muLawClip) + muLawBias;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function decodeMuLaw(byte: number): number {
  const value = ~byte & 0xff;
  const exponent = (value >> 4) & 7;
  const magnitude = ((((value & 0x0f) << 3) + muLawBias) << exponent) - muLawBias;
  return value & 0x80 ? -magnitude : magnitude;
}

function encodeALaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(Math.abs(sample), 32_767) >> 4;
  const exponent = magnitude < 0x10 ? 0 : 31 - Math.clz32(magnitude) - 3;
  const mantissa = (exponent <= 1 ? magnitude : magnitude >> (exponent - 1)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

function decodeALaw(byte: number): number {
  const value = byte ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return value & 0x80 ? magnitude : -magnitude;
}
