/*
 * One sub-band of ITU-T G.722: an adaptive predictor with two poles and six zeros (clause 4.2, figures 21 to 27), in the
 * 16-bit arithmetic of the recommendation. The names in capitals are its blocks.
 */

export class G722Band {
  /** The prediction for the next sample: output of PREDIC. */
  prediction = 0;
  /** Step size of the quantizer. */
  step: number;
  /** Its logarithm. */
  logStep = 0;
  #zeroPrediction = 0;
  readonly #poles: [number, number] = [0, 0];
  readonly #zeros = [0, 0, 0, 0, 0, 0];
  /** Quantized differences, the newest first. */
  readonly #differences = [0, 0, 0, 0, 0, 0];
  #reconstructed = 0;
  /** Partly reconstructed signals, the newest first. */
  readonly #partial: [number, number] = [0, 0];

  constructor(firstStep: number) {
    this.step = firstStep;
  }

  /** SCALEL and SCALEH: the step from its logarithm. */
  scale(logStep: number, shift: number): void {
    this.logStep = logStep;
    const fraction = inverseLog[(logStep >> 6) & 31] ?? 0;
    const exponent = shift - (logStep >> 11);
    this.step = (exponent < 0 ? fraction << -exponent : fraction >> exponent) << 2;
  }

  /** Takes a quantized difference and predicts the next sample. */
  adapt(difference: number): void {
    const reconstructed = saturated(this.prediction + difference);
    const partial = saturated(this.#zeroPrediction + difference);
    this.#adaptPoles(partial);
    this.#adaptZeros(difference);
    this.#partial[1] = this.#partial[0];
    this.#partial[0] = partial;
    this.#predict(reconstructed, difference);
  }

  /** UPPOL2 and UPPOL1. */
  #adaptPoles(partial: number): void {
    const [first, second] = this.#poles;
    const isLikeLast = isNegative(partial) === isNegative(this.#partial[0]);
    const isLikeSecondLast = isNegative(partial) === isNegative(this.#partial[1]);
    const slope = saturated(first << 2);
    const turned = Math.min(isLikeLast ? -slope : slope, 32_767);
    const wanted = (turned >> 7) + (isLikeSecondLast ? 128 : -128) + ((second * 32_512) >> 15);
    const newSecond = clamped(wanted, 12_288);
    const newFirst = saturated((isLikeLast ? 192 : -192) + ((first * 32_640) >> 15));
    this.#poles[1] = newSecond;
    this.#poles[0] = clamped(newFirst, saturated(15_360 - newSecond));
  }

  /** UPZERO. */
  #adaptZeros(difference: number): void {
    const gain = difference === 0 ? 0 : 128;
    for (let index = 0; index < 6; index += 1) {
      const isLike = isNegative(this.#differences[index] ?? 0) === isNegative(difference);
      this.#zeros[index] = saturated((isLike ? gain : -gain) + (((this.#zeros[index] ?? 0) * 32_640) >> 15));
    }
  }

  /** DELAYA, FILTEP, FILTEZ and PREDIC. */
  #predict(reconstructed: number, difference: number): void {
    const [first, second] = this.#poles;
    const poles =
      ((first * saturated(2 * reconstructed)) >> 15) + ((second * saturated(2 * this.#reconstructed)) >> 15);
    this.#reconstructed = reconstructed;
    this.#differences.pop();
    this.#differences.unshift(difference);
    let zeros = 0;
    for (let index = 0; index < 6; index += 1) {
      zeros += ((this.#zeros[index] ?? 0) * saturated(2 * (this.#differences[index] ?? 0))) >> 15;
    }
    this.#zeroPrediction = saturated(zeros);
    this.prediction = saturated(saturated(poles) + this.#zeroPrediction);
  }
}

/** Table 14 of the recommendation, as integers. */
const inverseLog = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
  3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

export function saturated(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}

function clamped(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

function isNegative(value: number): boolean {
  return value < 0;
}
