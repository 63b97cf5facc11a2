import { randomBytes } from 'node:crypto';
import type { Handset } from './handset.ts';

/**
 * Handles of one page that stand for one telephone: a master, and the helpers that take its further calls. What concerns the
 * line is told to the master only, and a call rings at one of them.
 */
export class HelperGroups {
  readonly #ids = new Map<Handset, number>();
  /** Helper to master. */
  readonly #masters = new Map<Handset, Handset>();

  /** The number by which helpers name this master; not to be guessed, for who has it needs no secret. */
  idOf(master: Handset): number {
    const id = this.#ids.get(master) ?? random53Bits();
    this.#ids.set(master, id);
    return id;
  }

  masterWith(id: number): Handset | undefined {
    for (const [master, known] of this.#ids) if (known === id) return master;
    return undefined;
  }

  add(helper: Handset, master: Handset): void {
    this.#masters.set(helper, master);
  }

  isHelper(handset: Handset): boolean {
    return this.#masters.has(handset);
  }

  /** The telephone that it belongs to: the master first, then its helpers as they came. */
  groupOf(handset: Handset): readonly Handset[] {
    const master = this.#masters.get(handset) ?? handset;
    return [master, ...this.helpersOf(master)];
  }

  helpersOf(master: Handset): readonly Handset[] {
    return [...this.#masters].filter(([, of]) => of === master).map(([helper]) => helper);
  }

  /** Where a call rings: at the first that is free of each telephone. */
  firstOfEach(handsets: Iterable<Handset>, isFree: (handset: Handset) => boolean): readonly Handset[] {
    return [...handsets]
      .filter((handset) => !this.isHelper(handset))
      .flatMap((master) => this.groupOf(master).filter(isFree).slice(0, 1));
  }

  delete(handset: Handset): void {
    this.#ids.delete(handset);
    this.#masters.delete(handset);
  }
}

function random53Bits(): number {
  return Number(randomBytes(8).readBigUInt64BE() >> 11n);
}
