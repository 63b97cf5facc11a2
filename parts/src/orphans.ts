/**
 * The one list a process keeps for itself: who must be ended when it exits, whatever the tests in it did.
 * An exit hook can only be one per process, so this state cannot be handed in.
 */
const living = new Set<number>();
const fatalSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the process group `pid` when our own process exits. Returns how to take it off the list. */
export function guardAgainstOrphans(pid: number): () => void {
  if (living.size === 0) watch();
  living.add(pid);
  return () => {
    living.delete(pid);
    if (living.size === 0) unwatch();
  };
}

function watch(): void {
  process.on('exit', endAll);
  for (const signal of fatalSignals) process.on(signal, endAllAndObey);
}

function unwatch(): void {
  process.off('exit', endAll);
  for (const signal of fatalSignals) process.off(signal, endAllAndObey);
}

function endAllAndObey(signal: NodeJS.Signals): void {
  endAll();
  unwatch();
  // Another listener (a test runner's, a benchmark's) may have its own way to end; without one the signal does its work.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function endAll(): void {
  for (const pid of living) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It was gone already.
    }
  }
}
