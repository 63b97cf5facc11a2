/** Taken before a test can put fake timers into the globals: what waits here waits for real. */
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** What is waited for until it is there, looked at whenever things have changed. */
export class Changes {
  readonly #patienceMs: number;
  readonly #waiting = new Set<() => void>();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  tell(): void {
    for (const look of [...this.#waiting]) look();
  }

  /**
   * The first that `look` finds.
   * @throws Error when patience is at its end; `what` says what was expected, `seen` what there was instead
   */
  until<T>(look: () => T | undefined, what: string, seen: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const limit = startTimer(() => {
        this.#waiting.delete(again);
        reject(new Error(`${what}: not within ${this.#patienceMs} ms; ${seen()}`));
      }, this.#patienceMs);
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        stopTimer(limit);
        this.#waiting.delete(again);
        resolve(found);
      };
      this.#waiting.add(again);
      again();
    });
  }
}
