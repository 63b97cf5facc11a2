import type { AccountRegistration } from './registration.ts';

/** All registrations of a stack, and which of them hang on which connection. */
export class Registry {
  readonly #all = new Set<AccountRegistration>();
  readonly #byFlow = new Map<string, Set<AccountRegistration>>();

  get size(): number {
    return this.#all.size;
  }

  add(registration: AccountRegistration): void {
    this.#all.add(registration);
  }

  remove(registration: AccountRegistration): void {
    this.#all.delete(registration);
  }

  readonly flowChanged = (
    one: AccountRegistration,
    before: string | undefined,
    now: string | undefined,
  ): void => {
    if (before !== undefined) {
      const left = this.#byFlow.get(before);
      left?.delete(one);
      if (left?.size === 0) this.#byFlow.delete(before);
    }
    if (now === undefined) return;
    const members = this.#byFlow.get(now) ?? new Set();
    members.add(one);
    this.#byFlow.set(now, members);
  };

  connectionLost(flowId: string): void {
    for (const registration of [...(this.#byFlow.get(flowId) ?? [])]) registration.connectionLost();
  }

  all(): AccountRegistration[] {
    return [...this.#all];
  }
}
