import { median } from './percentiles.ts';

/** What the two sides gave, block by block. */
export interface Blocks<T> {
  readonly ours: readonly T[];
  readonly stock: readonly T[];
}

export interface Pair<T> {
  readonly ours: T;
  readonly stock: T;
}

/**
 * Short blocks by turns, the first of each pair changing: a machine that is busy for a while is busy for both sides,
 * and what one leaves behind meets both.
 */
export async function alternate<Side, T>(
  sides: Pair<Side>,
  blocks: number,
  measure: (side: Side) => Promise<T>,
): Promise<Blocks<T>> {
  const ours: T[] = [];
  const stock: T[] = [];
  for (let block = 0; block < blocks; block += 1) {
    if (block % 2 === 0) stock.push(await measure(sides.stock));
    ours.push(await measure(sides.ours));
    if (block % 2 === 1) stock.push(await measure(sides.stock));
  }
  return { ours, stock };
}

/** Ours divided by theirs: of the ratios of the blocks the one in the middle, so that a single bad moment counts for nothing. */
export function medianRatio<T>({ ours, stock }: Blocks<T>, figure: (facts: T) => number): number {
  const ratios = ours.flatMap((facts, block) => {
    const other = stock[block];
    return other === undefined ? [] : [figure(facts) / figure(other)];
  });
  return Number(median(ratios).toFixed(3));
}
