import { G722Band, saturated } from './g722-band.ts';

/*
 * ITU-T G.722 at 64 kbit/s: a byte is two samples at 16 kHz, six bits for the lower band and two for the upper. Numbers of
 * tables are those of the recommendation.
 */

/** Decodes one stream; its packets must come in their order. */
export class G722Decoder {
  readonly #lower = new G722Band(32);
  readonly #upper = new G722Band(8);
  /** Sums and differences of the two bands, the newest last. */
  readonly #history = new Int32Array(24);

  decode(payload: Uint8Array): Int16Array {
    const samples = new Int16Array(2 * payload.length);
    payload.forEach((byte, index) => {
      const lower = this.#decodeLower(byte & 0x3f);
      const upper = this.#decodeUpper(byte >> 6);
      this.#history.copyWithin(0, 2);
      this.#history[22] = lower + upper;
      this.#history[23] = lower - upper;
      this.#synthesize(samples, 2 * index);
    });
    return samples;
  }

  #decodeLower(code: number): number {
    const band = this.#lower;
    const decoded = limited(band.prediction + ((band.step * (sixBits[code] ?? 0)) >> 15));
    const short = code >> 2;
    const difference = (band.step * (fourBits[short] ?? 0)) >> 15;
    const change = lowerLogs[lowerIndexes[short] ?? 0] ?? 0;
    band.scale(Math.max(0, Math.min(18_432, ((band.logStep * 127) >> 7) + change)), 8);
    band.adapt(difference);
    return decoded;
  }

  #decodeUpper(code: number): number {
    const band = this.#upper;
    const difference = (band.step * (twoBits[code] ?? 0)) >> 15;
    const decoded = limited(band.prediction + difference);
    const change = code & 1 ? -214 : 798;
    band.scale(Math.max(0, Math.min(22_528, ((band.logStep * 127) >> 7) + change)), 10);
    band.adapt(difference);
    return decoded;
  }

  /** The receive quadrature mirror filter (clause 4.4). */
  #synthesize(samples: Int16Array, at: number): void {
    let first = 0;
    let second = 0;
    for (let tap = 0; tap < 12; tap += 1) {
      first += (this.#history[2 * tap + 1] ?? 0) * (mirror[11 - tap] ?? 0);
      second += (this.#history[2 * tap] ?? 0) * (mirror[tap] ?? 0);
    }
    samples[at] = saturated(first >> 11);
    samples[at + 1] = saturated(second >> 11);
  }
}

/** Half of the 24 coefficients of table 11; the other half is the same backwards. */
const mirror = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
/** Table 9. */
const sixBits = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360,
  -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688,
  -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192,
  6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432,
  -136,
];
const fourBits = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
];
const twoBits = [-7408, -1616, 7408, 1616];
/** Tables 12 and 13. */
const lowerIndexes = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const lowerLogs = [-60, -30, 58, 172, 334, 538, 1198, 3042];

function limited(value: number): number {
  return Math.max(-16_384, Math.min(16_383, value));
}
