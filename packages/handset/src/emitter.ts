/** Typed events. A listener that throws is reported as an uncaught error is, and cannot break the others. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** The returned function takes the listener off again. */
  on<N extends keyof Events>(event: N, listener: (payload: Events[N]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(event, listeners);
    return () => this.off(event, listener);
  }

  off<N extends keyof Events>(event: N, listener: (payload: Events[N]) => void): void {
    this.#listeners.get(event)?.delete(listener);
  }

  /** Whether anybody listens. */
  hears(event: keyof Events): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  emit<N extends keyof Events>(event: N, payload: Events[N]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (payload: Events[N]) => void)(payload);
      } catch (error) {
        reportError(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
