/** Time and timers as the engines need them; the shape is that of the server's own clock, so that one fits all. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Runs it once after that time; the result of this takes it back. */
  setTimeout(run: () => void, delayMs: number): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
