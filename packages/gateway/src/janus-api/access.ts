import { createHash, timingSafeEqual } from 'node:crypto';

export interface AccessOptions {
  readonly secret?: string | undefined;
  readonly tokens: readonly string[];
}

/** As in Janus: the API secret or one of the tokens opens the door; without either configured it stands open. */
export class Access {
  readonly #secret: Buffer | undefined;
  readonly #tokens: readonly Buffer[];

  constructor(options: AccessOptions) {
    this.#secret = options.secret === undefined ? undefined : digest(options.secret);
    this.#tokens = options.tokens.map(digest);
  }

  allows(apisecret: unknown, token: unknown): boolean {
    if (!this.#secret && this.#tokens.length === 0) return true;
    if (this.#secret && isSame(this.#secret, apisecret)) return true;
    return this.#tokens.some((known) => isSame(known, token));
  }
}

/** Digests have one length, so that the comparison takes the same time whatever is sent. */
function isSame(known: Buffer, given: unknown): boolean {
  return typeof given === 'string' && timingSafeEqual(known, digest(given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
