import type { Registration, RegistrationHandler } from './contract.ts';

type Failure = Parameters<RegistrationHandler['failed']>[0];

/** From what is best for whoever calls us to what is worst. */
const best: readonly Registration['state'][] = [
  'registered',
  'registering',
  'waiting',
  'unregistering',
  'refused',
  'unregistered',
];

/** One account registered over several flows at the same time (RFC 5626 §4.2.1): it is registered as long as one of them stands. */
export class SeveralFlows implements Registration {
  readonly #handler: RegistrationHandler;
  readonly #flows: readonly Registration[];
  /** What each flow came to last; those that are asked for the first time are missing. */
  readonly #outcomes = new Map<number, 'registered' | Failure>();
  #isFirst = true;

  /** @param open begins the registration over the flow of that number, from 1 on */
  constructor(
    count: number,
    handler: RegistrationHandler,
    open: (regId: number, handler: RegistrationHandler) => Registration,
  ) {
    this.#handler = handler;
    this.#flows = Array.from({ length: count }, (_, at) =>
      open(at + 1, {
        registered: ({ expires }) => this.#registered(at, expires),
        failed: (failure) => this.#failed(at, failure),
      }),
    );
  }

  get state(): Registration['state'] {
    const states = new Set(this.#flows.map(({ state }) => state));
    return best.find((state) => states.has(state)) ?? 'unregistered';
  }

  refresh(): void {
    for (const flow of this.#flows) flow.refresh();
  }

  async unregister(): Promise<void> {
    const wasUp = this.state !== 'unregistered';
    await Promise.all(this.#flows.map((flow) => flow.unregister()));
    if (wasUp) this.#handler.unregistered?.();
  }

  close(): void {
    for (const flow of this.#flows) flow.close();
  }

  #registered(at: number, expires: number): void {
    this.#outcomes.set(at, 'registered');
    const first = this.#isFirst;
    this.#isFirst = false;
    this.#handler.registered({ expires, first });
  }

  /** Of interest only when it was the last one. */
  #failed(at: number, failure: Failure): void {
    this.#outcomes.set(at, failure);
    const failures = [...this.#outcomes.values()].filter((outcome) => outcome !== 'registered');
    if (failures.length < this.#flows.length) return;
    const retries = failures.flatMap(({ retryInMs }) => retryInMs ?? []);
    const { status, reason } = failure;
    this.#handler.failed({ status, reason, ...(retries.length > 0 && { retryInMs: Math.min(...retries) }) });
  }
}
