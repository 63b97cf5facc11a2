import { through } from './account.ts';
import type { Account } from './account.ts';
import type { Registration, RegistrationHandler, RegistrationOptions } from './contract.ts';
import type { Core } from './core.ts';
import type { Endpoint } from './endpoint.ts';
import { AccountRegistration } from './registration.ts';
import type { Registry } from './registry.ts';
import { SeveralFlows } from './several-flows.ts';

export interface RegistrationsHost {
  readonly core: Core;
  readonly endpoint: Endpoint;
  readonly registry: Registry;
  readonly contactFromServer: boolean;
}

/** The registrations of one account, and what their registrars have said: it decides which way the account's requests go. */
export class AccountRegistrations {
  readonly #host: RegistrationsHost;
  readonly #base: Account;
  readonly #all = new Set<AccountRegistration>();

  constructor(host: RegistrationsHost, account: Account) {
    this.#host = host;
    this.#base = account;
  }

  /** The account with its requests going the way of the first registration that stands. */
  get account(): Account {
    const [first] = this.#all;
    const registration = [...this.#all].find(({ stands }) => stands) ?? first;
    if (!registration) return this.#base;
    const { says } = registration;
    return { ...through(this.#base, says.proxy), registrar: says };
  }

  register(handler: RegistrationHandler, options: RegistrationOptions | undefined): Registration {
    const { proxies, instance } = this.#base;
    if (instance === undefined || proxies.length < 2) return this.#open(handler, options);
    return new SeveralFlows(proxies.length, handler, (regId, one) => this.#open(one, options, regId));
  }

  /** Whether a registrar that has taken us is there. */
  areAt(host: string): boolean {
    return [...this.#all].some(({ serverHost }) => serverHost === host);
  }

  close(): void {
    for (const registration of [...this.#all]) registration.close();
  }

  #open(
    handler: RegistrationHandler,
    options: RegistrationOptions | undefined,
    regId?: number,
  ): AccountRegistration {
    const { core, endpoint, registry, contactFromServer } = this.#host;
    const host = {
      core,
      endpoint,
      account: this.#base,
      contactFromServer,
      ...(regId !== undefined && { regId }),
      flowChanged: registry.flowChanged,
      over: (one: AccountRegistration) => {
        registry.remove(one);
        this.#all.delete(one);
      },
    };
    const registration = new AccountRegistration(host, handler, options);
    registry.add(registration);
    this.#all.add(registration);
    return registration;
  }
}
