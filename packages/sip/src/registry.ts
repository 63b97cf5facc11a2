import type { Flow } from './contract.ts';
import type { FlowFacts, KeepAlives } from './keep-alives.ts';
import type { AccountRegistration } from './registration.ts';

/** All registrations of a stack, and which of them hang on which flow. A flow is kept open as long as one does. */
export class Registry {
  readonly #all = new Set<AccountRegistration>();
  readonly #byFlow = new Map<string, Set<AccountRegistration>>();
  readonly #keepAlives: Pick<KeepAlives, 'start' | 'stop'>;

  constructor(keepAlives: Pick<KeepAlives, 'start' | 'stop'>) {
    this.#keepAlives = keepAlives;
  }

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
    before: Flow | undefined,
    now: Flow | undefined,
    facts: FlowFacts,
  ): void => {
    if (before) {
      const left = this.#byFlow.get(before.id);
      left?.delete(one);
      if (left?.size === 0) {
        this.#byFlow.delete(before.id);
        this.#keepAlives.stop(before.id);
      }
    }
    if (!now) return;
    const members = this.#byFlow.get(now.id) ?? new Set();
    members.add(one);
    this.#byFlow.set(now.id, members);
    if (members.size === 1) this.#keepAlives.start(now, facts);
  };

  connectionLost(flowId: string): void {
    for (const registration of [...(this.#byFlow.get(flowId) ?? [])]) registration.connectionLost();
  }

  all(): AccountRegistration[] {
    return [...this.#all];
  }
}
