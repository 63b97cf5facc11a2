/** Time, as far as the engine needs it; tests have their own. */
export interface Clock {
  /** Runs it once after that time; the result of this takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
