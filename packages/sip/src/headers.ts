import { headerKey, headerName, isListHeader } from './header-names.ts';
import { isToken, splitOutside } from './scan.ts';
import { SipError } from './sip-error.ts';

/**
 * The header fields of one message, in their order, as raw text. Names compare without case and in either form: `get('v')` finds
 * `Via` (RFC 3261 §7.3.1, §7.3.3). No value in here holds a CR or LF, so nothing that is copied can forge a header.
 */
export class Headers {
  #keys: string[] = [];
  #names: string[] = [];
  #values: string[] = [];
  #readings: Reading[] = [];

  /** @throws SipError `invalid-header` */
  constructor(entries: Iterable<readonly [name: string, value: string]> = []) {
    for (const [name, value] of entries) this.append(name, value);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The first value. */
  get(name: string): string | undefined {
    const at = this.#keys.indexOf(headerKey(name));
    return at < 0 ? undefined : this.#values[at];
  }

  /**
   * What `parse` makes of the first value. It is worked out once for each value: every layer that a message passes looks at the same
   * few headers of it.
   */
  read<T>(name: string, parse: (value: string) => T): T | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const known = this.#readings.find((one) => one.value === value && one.parse === parse);
    // Only `parse` itself has put a result beside its name.
    if (known) return known.result as T;
    const result = parse(value);
    this.#readings.push({ value, parse, result });
    return result;
  }

  /** How many header fields have that name. */
  count(name: string): number {
    const key = headerKey(name);
    let count = 0;
    for (let at = this.#keys.indexOf(key); at >= 0; at = this.#keys.indexOf(key, at + 1)) count += 1;
    return count;
  }

  /** Each header field's value, unsplit. */
  getAll(name: string): string[] {
    const key = headerKey(name);
    return this.#values.filter((_, at) => this.#keys[at] === key);
  }

  /** All elements of a comma list, over all its header fields; headers that are no lists by their grammar are not split. */
  list(name: string): string[] {
    const key = headerKey(name);
    if (!isListHeader(key)) return this.getAll(key);
    const elements: string[] = [];
    for (let at = this.#keys.indexOf(key); at >= 0; at = this.#keys.indexOf(key, at + 1)) {
      for (const element of splitOutside(this.#values[at] ?? '', ',')) {
        if (element !== '') elements.push(element);
      }
    }
    return elements;
  }

  has(name: string): boolean {
    return this.#keys.includes(headerKey(name));
  }

  /** Replaces all fields of that name by one, where the first stood. @throws SipError `invalid-header` */
  set(name: string, value: string): this {
    check(name, value);
    const key = headerKey(name);
    const at = this.#keys.indexOf(key);
    if (at < 0) return this.append(name, value);
    this.#values[at] = value;
    for (let later = this.#keys.lastIndexOf(key); later > at; later = this.#keys.lastIndexOf(key))
      this.#remove(later);
    return this;
  }

  /** Adds a field at the end. @throws SipError `invalid-header` */
  append(name: string, value: string): this {
    check(name, value);
    return this.appendTrusted(name, value);
  }

  /** Adds a field before all of its name, else before all others: how a hop adds Via and Record-Route. @throws SipError `invalid-header` */
  prepend(name: string, value: string): this {
    check(name, value);
    const { key, spelling } = headerName(name);
    const at = Math.max(this.#keys.indexOf(key), 0);
    this.#keys.splice(at, 0, key);
    this.#names.splice(at, 0, spelling);
    this.#values.splice(at, 0, value);
    return this;
  }

  /** Removes all fields of that name; says whether there were any. */
  delete(name: string): boolean {
    const key = headerKey(name);
    const had = this.#keys.includes(key);
    for (let at = this.#keys.lastIndexOf(key); at >= 0; at = this.#keys.lastIndexOf(key)) this.#remove(at);
    return had;
  }

  /** Removes the first element of a list header (the top Via, the first Route) and returns it. */
  shift(name: string): string | undefined {
    const key = headerKey(name);
    const at = this.#keys.indexOf(key);
    const value = this.#values[at];
    if (value === undefined) return undefined;
    const [first, ...rest] = isListHeader(key) ? splitOutside(value, ',') : [value];
    if (rest.length > 0) this.#values[at] = rest.join(', ');
    else this.#remove(at);
    return first;
  }

  *entries(): IterableIterator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.#names.length; at++) yield [this.#names[at] ?? '', this.#values[at] ?? ''];
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.entries();
  }

  clone(): Headers {
    const copy = new Headers();
    copy.#keys = this.#keys.slice();
    copy.#names = this.#names.slice();
    copy.#values = this.#values.slice();
    return copy;
  }

  /** For the parser, which has split its input at each line end: `append` without the check. */
  appendTrusted(name: string, value: string): this {
    const { key, spelling } = headerName(name);
    this.#keys.push(key);
    this.#names.push(spelling);
    this.#values.push(value);
    return this;
  }

  #remove(at: number): void {
    this.#keys.splice(at, 1);
    this.#names.splice(at, 1);
    this.#values.splice(at, 1);
  }
}

/** A value holds for good, so what was read of it never has to be forgotten. */
interface Reading {
  readonly value: string;
  readonly parse: unknown;
  readonly result: unknown;
}

function check(name: string, value: string): void {
  if (!isToken(name)) throw SipError.invalidHeader(name, 'has a name that is no token');
  if (value.includes('\r') || value.includes('\n')) throw SipError.invalidHeader(name, 'holds a line end');
}
