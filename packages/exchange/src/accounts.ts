import type { DigestSecret } from '@soft-handset/sip';

/** Numbers and their SIP passwords. */
export class Accounts {
  readonly #passwords: ReadonlyMap<string, string>;

  constructor(passwords: ReadonlyMap<string, string>) {
    this.#passwords = passwords;
  }

  has(name: string): boolean {
    return this.#passwords.has(name);
  }

  readonly secretOf = (name: string): DigestSecret | undefined => {
    const password = this.#passwords.get(name);
    return password === undefined ? undefined : { password };
  };
}
