import type { Account } from '../account.ts';
import { isLoopback } from '../janus-api/client-address.ts';
import type { OneTimeLinks } from './one-time-links.ts';

/** What the exchange beside us has to offer to those who try. */
export interface ExchangeFacts {
  /** The number of the echo. */
  readonly echo: string;
  /** Where a SIP phone registers: `192.0.2.10:5060`. */
  readonly address: string;
}

export interface SecondHandsetOptions {
  readonly accounts: readonly Account[];
  readonly exchange: ExchangeFacts | undefined;
  readonly links: OneTimeLinks;
  /** Whether a handset is logged in to the account. */
  readonly isInUse: (account: string) => boolean;
}

export interface SecondHandsetLink {
  readonly account: string;
  readonly token: string;
}

/**
 * "Open a second handset": a one-time link to a number to try that nobody uses. Only accounts that ask this machine for no
 * secret are given away, and only to this machine or to a handset whose account may: nobody gets what he could not have.
 */
export class SecondHandset {
  readonly #options: SecondHandsetOptions;
  readonly #free: readonly Account[];

  constructor(options: SecondHandsetOptions) {
    this.#options = options;
    this.#free = options.accounts.filter((account) => account.open || account.openOnLoopback);
  }

  isOfferedTo(account: string, remoteAddress: string): boolean {
    const { accounts, exchange } = this.#options;
    if (exchange === undefined || !this.#free.some(({ name }) => name !== account)) return false;
    return isLoopback(remoteAddress) || (accounts.find(({ name }) => name === account)?.mayInvite ?? false);
  }

  /** Undefined: all numbers are in use. Numbers to which a link is on its way come last. */
  link(): SecondHandsetLink | undefined {
    const { links, isInUse } = this.#options;
    const idle = this.#free.filter(({ name }) => !isInUse(name));
    const account = (idle.find(({ name }) => !links.isOut(name)) ?? idle[0])?.name;
    return account === undefined ? undefined : { account, token: links.issue(account) };
  }
}
