import type { Clock } from './clock.ts';

export interface SpareHandlesOptions<Handle> {
  readonly clock: Clock;
  /** As many as are kept while it is quiet; with 0 none are ever kept. */
  readonly least: number;
  readonly attach: () => Promise<Handle>;
  readonly detach: (handle: Handle) => void;
  readonly failed: (error: unknown) => void;
}

const most = 64;
const lookMs = 20;

/**
 * Handles attached ahead, so that a call need not wait for its own. Their number follows the demand, twice what the last
 * moment took. They are attached a moment after a call has taken one: Janus serves one request after the other, and an
 * attach right before the call's own first request would hold that up.
 */
export class SpareHandles<Handle> {
  readonly #options: SpareHandlesOptions<Handle>;
  readonly #handles: Handle[] = [];
  #wanted: number;
  #attaching = 0;
  #takenLately = 0;
  #stopTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: SpareHandlesOptions<Handle>) {
    this.#options = options;
    this.#wanted = options.least;
  }

  get isEmpty(): boolean {
    return this.#handles.length === 0;
  }

  add(handle: Handle): void {
    this.#handles.push(handle);
  }

  take(): Handle | undefined {
    this.#takenLately += 1;
    this.#lookSoon();
    return this.#handles.pop();
  }

  /** Janus has dropped it. */
  forget(handle: Handle): void {
    const at = this.#handles.indexOf(handle);
    if (at >= 0) this.#handles.splice(at, 1);
  }

  /** Attaches what is missing. */
  fill(): void {
    while (!this.#isClosed && this.#handles.length + this.#attaching < this.#wanted) {
      this.#attaching += 1;
      void this.#options
        .attach()
        .then((handle) => this.add(handle), this.#options.failed)
        .finally(() => (this.#attaching -= 1));
    }
  }

  /** Attaches no more. Who closes gives back what is here, with its session. */
  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
  }

  #lookSoon(): void {
    if (this.#isClosed || this.#stopTimer || this.#options.least === 0) return;
    this.#stopTimer = this.#options.clock.setTimeout(() => {
      this.#stopTimer = undefined;
      this.#look();
    }, lookMs);
  }

  #look(): void {
    const { least, detach } = this.#options;
    // Demand that rises is believed at once, demand that falls a handle at a time.
    this.#wanted = Math.max(least, Math.min(most, Math.max(2 * this.#takenLately, this.#wanted - 1)));
    this.#takenLately = 0;
    for (const surplus of this.#handles.splice(this.#wanted)) detach(surplus);
    this.fill();
    if (this.#wanted > least || this.#attaching > 0) this.#lookSoon();
  }
}
