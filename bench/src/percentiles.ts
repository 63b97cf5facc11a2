export function percentiles(values: readonly number[]): { readonly p50: number; readonly p95: number } {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [upper = NaN, lower = upper] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle) - 1]];
  return (upper + lower) / 2;
}
