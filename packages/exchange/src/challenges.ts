import { type Clock, type DigestServer, type SipRequest } from '@soft-handset/sip';
import type { Accounts } from './accounts.ts';
import { GuessLimit } from './guess-limit.ts';

/** `auto`: SIP phones are asked for MD5, who is known to choose well for SHA-256 or MD5. */
export type DigestChoice = 'auto' | 'MD5' | 'SHA-256' | 'both';

/** What becomes of a request that must be authenticated: go on as `username`, or be answered. */
export type Admission =
  | { readonly ok: true; readonly username: string }
  | {
      readonly ok: false;
      readonly status: 401 | 403 | 407 | 503;
      readonly headers: readonly (readonly [name: string, value: string])[];
    };

type Where = 'registrar' | 'proxy';

const headersOf = {
  registrar: { status: 401, asks: 'WWW-Authenticate', answers: 'Authorization' },
  proxy: { status: 407, asks: 'Proxy-Authenticate', answers: 'Proxy-Authorization' },
} as const;

/** Asks for passwords and checks them (RFC 3261 §22), as registrar and as proxy; who guesses has to wait. */
export class Challenges {
  readonly #digest: DigestServer;
  readonly #accounts: Accounts;
  readonly #choice: DigestChoice;
  readonly #guesses: GuessLimit;

  constructor(options: {
    readonly digest: DigestServer;
    readonly accounts: Accounts;
    readonly choice: DigestChoice;
    readonly clock: Clock;
  }) {
    this.#digest = options.digest;
    this.#accounts = options.accounts;
    this.#choice = options.choice;
    this.#guesses = new GuessLimit(options.clock);
  }

  /** @param address where the request came from */
  admit(request: SipRequest, address: string, where: Where): Admission {
    const { status, asks, answers } = headersOf[where];
    const credentials = request.headers.getAll(answers);
    const guess = `${address} ${usernameIn(credentials)}`;
    const waitMs = this.#guesses.waitMs(guess);
    if (waitMs > 0)
      return { ok: false, status: 503, headers: [['Retry-After', String(Math.ceil(waitMs / 1000))]] };
    const verdict = this.#digest.verify({ method: request.method, credentials }, this.#accounts.secretOf);
    if (verdict.ok) return verdict;
    switch (verdict.why) {
      case 'wrong':
      case 'unknown-user':
        this.#guesses.wrong(guess);
        return { ok: false, status: 403, headers: [] };
      case 'missing':
      case 'malformed':
      case 'stale':
      case 'replayed': {
        const stale = verdict.why === 'stale' || verdict.why === 'replayed';
        const challenges = this.#digest.challenge({ stale, algorithms: this.#algorithmsFor(request) });
        return { ok: false, status, headers: challenges.map((value) => [asks, value]) };
      }
    }
  }

  /**
   * RFC 8760 §2.4 has a phone choose the first challenge that it understands, but baresip 1.0 and others give up on a challenge that names
   * an algorithm they do not know. So only who is known to choose gets a choice, and the others MD5.
   */
  #algorithmsFor({ headers }: SipRequest): readonly string[] {
    switch (this.#choice) {
      case 'MD5':
      case 'SHA-256':
        return [this.#choice];
      case 'both':
        return ['SHA-256', 'MD5'];
      case 'auto':
        return choosesWell.test(headers.get('User-Agent') ?? '') ? ['SHA-256', 'MD5'] : ['MD5'];
    }
  }
}

/** Whom the guess is about: behind one gateway are many, and one who guesses must not shut out the others. */
function usernameIn(credentials: readonly string[]): string {
  return /\busername="([^"]{0,64})"/.exec(credentials.join())?.[1] ?? '';
}

/** Our own gateway. */
const choosesWell = /^SoftHandset\//;
