import type { Clock } from '@soft-handset/sip';
import { TokenBook } from './token-book.ts';

/** How long a link can be used, once. */
export const linkLifeMs = 10 * 60_000;
/** How long it is remembered after that, to say whether it was used or came too late. */
const afterlifeMs = 60 * 60_000;
/** A login that nobody has used for so long is over. */
const loginIdleMs = 24 * 60 * 60_000;

interface Link {
  readonly account: string;
  readonly expiresAt: number;
  isUsed: boolean;
}

interface PageLogin {
  readonly account: string;
  usedAt: number;
}

export type LinkFault = 'used' | 'expired' | 'unknown';
export type Redeemed =
  /** The login goes on with this token: after a reload, on a new connection. */
  { readonly ok: true; readonly loginToken: string } | { readonly ok: false; readonly fault: LinkFault };

/**
 * Links that log a handset in without a secret, once; and the logins that were made by them. Both are in memory only: they
 * end with the server.
 *
 *   issued ──redeemed──▶ used ──▶ a login, until nobody has used it for a day
 *      └──── 10 min ───▶ expired
 */
export class OneTimeLinks {
  readonly #clock: Clock;
  readonly #links = new TokenBook<Link>('once_');
  readonly #logins = new TokenBook<PageLogin>('login_');

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token for the link. */
  issue(account: string): string {
    const now = this.#clock.now();
    this.#links.forget(({ expiresAt }) => now > expiresAt + afterlifeMs);
    return this.#links.issue({ account, expiresAt: now + linkLifeMs, isUsed: false });
  }

  /** Whether somebody may be about to use a link to this account. */
  isOut(account: string): boolean {
    const now = this.#clock.now();
    return this.#links.some((link) => link.account === account && !link.isUsed && now <= link.expiresAt);
  }

  isLink(token: string): boolean {
    return this.#links.isOurs(token);
  }

  isLogin(token: string): boolean {
    return this.#logins.isOurs(token);
  }

  redeem(token: string, account: string): Redeemed {
    const link = this.#links.find(token);
    if (link?.account !== account) return { ok: false, fault: 'unknown' };
    if (link.isUsed) return { ok: false, fault: 'used' };
    const now = this.#clock.now();
    if (now > link.expiresAt) return { ok: false, fault: 'expired' };
    link.isUsed = true;
    this.#logins.forget(({ usedAt }) => now - usedAt > loginIdleMs);
    return { ok: true, loginToken: this.#logins.issue({ account, usedAt: now }) };
  }

  /** Whether the token of a login is still good for the account. */
  continues(token: string, account: string): boolean {
    const login = this.#logins.find(token);
    const now = this.#clock.now();
    if (login?.account !== account || now - login.usedAt > loginIdleMs) return false;
    login.usedAt = now;
    return true;
  }
}
