import type { DigestSecret } from '@soft-handset/sip';

/** Numbers, their SIP passwords, and whose they are. */
export class Accounts {
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #names: ReadonlyMap<string, string>;

  constructor(passwords: ReadonlyMap<string, string>, names: ReadonlyMap<string, string> = new Map()) {
    this.#passwords = passwords;
    this.#names = names;
  }

  has(name: string): boolean {
    return this.#passwords.has(name);
  }

  /** Numbers count by their value: 99 comes before 1001. */
  get all(): { readonly number: string; readonly displayName: string | undefined }[] {
    const numbers = [...this.#passwords.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return numbers.map((number) => ({ number, displayName: this.#names.get(number) }));
  }

  readonly secretOf = (name: string): DigestSecret | undefined => {
    const password = this.#passwords.get(name);
    return password === undefined ? undefined : { password };
  };
}
