import type { Clock } from '@soft-handset/sip';

/** What is due at once happens in this turn, so that a test that stops the clock still has its calls go on. */
export const promptClock: Clock = {
  now: () => performance.now(),
  setTimeout(run, delayMs) {
    if (delayMs > 0) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    }
    let isStopped = false;
    queueMicrotask(() => {
      if (!isStopped) run();
    });
    return () => (isStopped = true);
  },
};
