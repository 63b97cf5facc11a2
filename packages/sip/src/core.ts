import { systemClock } from './clock.ts';
import type { Clock, Log, SipStackOptions } from './contract.ts';
import { makeRandomHex } from './random.ts';

/** RFC 3261 table 4 in milliseconds; G, E, A start at T1, I and K are T4, J, L and M are 64*T1 (here: H and F). */
export interface Timers {
  readonly t1: number;
  readonly t2: number;
  readonly t4: number;
  readonly timerB: number;
  readonly timerC: number;
  readonly timerD: number;
  readonly timerF: number;
  readonly timerH: number;
}

/** What each layer above the transports is given: time, chance, log, counters. */
export interface Core {
  /** Its timers run inside `guard`. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: (bytes: number) => string;
  readonly log: Log;
  /** A debug line with facts that take time to gather. */
  readonly trace: (text: string, facts: () => object) => void;
  readonly userAgent: string | undefined;
  readonly stats: Record<string, number>;
  readonly count: (name: string) => void;
  /** Runs our own or an owner's code so that an exception is logged with its stack, counted, and goes no further. */
  readonly guard: (what: string, run: () => void, failed?: () => void) => void;
}

const silent = () => undefined;
const noLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

export function makeCore(options: SipStackOptions): Core {
  const log = options.log ?? noLog;
  const stats: Record<string, number> = {};
  const count = (name: string) => {
    stats[name] = (stats[name] ?? 0) + 1;
  };
  const guard: Core['guard'] = (what, run, failed) => {
    try {
      run();
    } catch (err) {
      count('caughtExceptions');
      log.error({ err, what }, 'a promise of our own code was broken');
      if (failed) guard(`${what}, after it failed`, failed);
    }
  };
  const clock = options.clock ?? systemClock;
  return {
    clock: {
      now: () => clock.now(),
      setTimeout: (run, delayMs) => clock.setTimeout(() => guard('timer', run), delayMs),
    },
    timers: timersOf(options.timers),
    random: options.random ?? makeRandomHex(),
    log,
    trace: (text, facts) => {
      if (log.isLevelEnabled?.('debug') ?? true) log.debug(facts(), text);
    },
    userAgent: options.userAgent,
    stats,
    count,
    guard,
  };
}

function timersOf(wanted: SipStackOptions['timers'] = {}): Timers {
  const t1 = wanted.t1 ?? 500;
  return {
    t1,
    t2: 8 * t1,
    t4: 10 * t1,
    timerB: 64 * t1,
    timerC: 181_000,
    timerD: Math.max(64 * t1, 32_000),
    timerF: 64 * t1,
    timerH: 64 * t1,
    ...wanted,
  };
}

/** A random number in [from, to), good enough for jitter and unguessable besides. */
export function randomBetween(core: Pick<Core, 'random'>, from: number, to: number): number {
  return from + (Number.parseInt(core.random(4), 16) / 2 ** 32) * (to - from);
}
