import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

const windowMs = 60_000;
const mostInWindow = 10;

/**
 * What happens to an error that nobody has caught. It is a bug of ours, and is logged with its stack.
 *
 * The process goes on: calls do not share state, everything from outside comes in through a guard of its own (a plugin's,
 * the SIP stack's), and ending all calls for the error of one is the greater harm. When such errors keep coming, that
 * reasoning no longer holds: then `giveUp` is called, once, and whoever supervises the process starts it afresh.
 */
export function catchTheUncaught(
  process: NodeJS.EventEmitter,
  log: Log,
  clock: Clock,
  giveUp: () => void,
): () => void {
  let recent: number[] = [];
  let hasGivenUp = false;
  const note = (what: string) => (error: unknown) => {
    const err = error instanceof Error ? error : new Error(String(error));
    log.error({ err }, what);
    const now = clock.now();
    recent = [...recent.filter((at) => now - at < windowMs), now];
    if (recent.length < mostInWindow || hasGivenUp) return;
    hasGivenUp = true;
    log.error({ count: recent.length, windowMs }, 'too many uncaught errors, the gateway ends');
    giveUp();
  };
  const uncaught = note('uncaught exception');
  const unhandled = note('unhandled rejection');
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', unhandled);
  return () => {
    process.off('uncaughtException', uncaught);
    process.off('unhandledRejection', unhandled);
  };
}
