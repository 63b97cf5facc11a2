import { within } from './until.ts';

/** Something real that runs and must be ended; `close` may be called twice. */
export interface Part {
  close(): Promise<void>;
}

const closeTimeoutMs = 15_000;

/** The parts of one test: whatever happens in it, `close` ends all of them, the youngest first. */
export class Parts {
  readonly #open: Part[] = [];

  /** Waits for the part and takes it into the scope. */
  async use<T extends Part>(part: T | Promise<T>): Promise<T> {
    const started = await part;
    this.#open.push(started);
    return started;
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let part = this.#open.pop(); part; part = this.#open.pop()) {
      try {
        await within(closeTimeoutMs, 'a part is closed', part.close());
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not every part could be closed');
  }
}
