import { createHash, randomBytes } from 'node:crypto';

/**
 * Random tokens and what each stands for. Only their digests are kept, so that neither the memory nor the time of a look-up
 * tells one. The oldest is forgotten when there are too many.
 */
export class TokenBook<T> {
  readonly #prefix: string;
  readonly #most: number;
  /** Oldest first. */
  readonly #entries = new Map<string, T>();

  constructor(prefix: string, most = 1000) {
    this.#prefix = prefix;
    this.#most = most;
  }

  /** Whether a text is a token of this book, by its looks. */
  isOurs(text: string): boolean {
    return text.startsWith(this.#prefix);
  }

  issue(value: T): string {
    const token = this.#prefix + randomBytes(16).toString('base64url');
    this.#entries.set(digest(token), value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#most && oldest !== undefined) this.#entries.delete(oldest);
    return token;
  }

  find(token: string): T | undefined {
    return this.#entries.get(digest(token));
  }

  forget(isOld: (value: T) => boolean): void {
    for (const [key, value] of this.#entries) if (isOld(value)) this.#entries.delete(key);
  }

  some(isMeant: (value: T) => boolean): boolean {
    return [...this.#entries.values()].some(isMeant);
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
