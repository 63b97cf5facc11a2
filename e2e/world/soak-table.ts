/** A figure counts as grown when it has done so by more than both. */
const grownShare = 0.1;
const grownMegabytes = 8;
const memory = ['heap MB', 'engine MB'] as const;

/** What a long run holds, row after row; each row is printed as it comes. */
export class SoakTable {
  readonly #rows: Readonly<Record<string, number>>[] = [];

  add(row: Readonly<Record<string, number>>): void {
    if (this.#rows.length === 0) console.log(Object.keys(row).join('  '));
    this.#rows.push(row);
    console.log(
      Object.entries(row)
        .map(([name, value]) =>
          (Number.isInteger(value) ? value : Math.round(10 * value) / 10).toString().padStart(name.length),
        )
        .join('  '),
    );
  }

  /** Memory that was more in the last third of the run than in the second: caches fill in the first. */
  grownMemory(): readonly string[] {
    const third = Math.ceil(this.#rows.length / 3);
    const [second, last] = [this.#rows.slice(third, 2 * third), this.#rows.slice(2 * third)];
    if (second.length === 0 || last.length === 0) return [];
    return memory.flatMap((name) => {
      const [was, is] = [second, last].map((rows) => median(rows.map((row) => row[name] ?? 0)));
      if (was === undefined || is === undefined) return [];
      const growth = is - was;
      return growth > grownMegabytes && growth > grownShare * was
        ? [`${name} from ${was.toFixed(1)} to ${is.toFixed(1)}`]
        : [];
    });
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
