import { join } from 'node:path';
import { MediaError, startLocalJanus, type LocalJanus } from '@soft-handset/media';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { StartError } from './start-error.ts';

/** A Janus of our own. */
export interface OwnJanus {
  readonly url: string;
  close(): Promise<void>;
}

export interface JanusConfig {
  readonly dataDir: string;
  readonly janus: { readonly binary?: string; readonly apiSecret?: string };
  /** The address for RTP. */
  readonly mediaHost?: string | undefined;
  /** The one that its SDP for SIP peers names. */
  readonly mediaIp?: string | undefined;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;

/**
 * A Janus of our own on this machine, which is started again whenever it dies.
 * @throws StartError if it cannot be started
 */
export async function startJanus(config: JanusConfig, log: Log, clock: Clock): Promise<OwnJanus> {
  try {
    const first = await start(config, log);
    return new WatchedJanus(first, (port) => start(config, log, port), log, clock);
  } catch (cause) {
    if (cause instanceof MediaError) throw new StartError(cause.message, { cause });
    throw cause;
  }
}

function start(
  { janus, dataDir, mediaHost, mediaIp }: JanusConfig,
  log: Log,
  wsPort?: number,
): Promise<LocalJanus> {
  return startLocalJanus({
    dataDir: join(dataDir, 'janus'),
    ...(janus.binary !== undefined && { binary: janus.binary }),
    ...(janus.apiSecret !== undefined && { apiSecret: janus.apiSecret }),
    ...(wsPort !== undefined && { wsPort }),
    ...(mediaHost !== undefined && { mediaHost }),
    ...(mediaIp !== undefined && { mediaIp }),
    log: (line) => log.debug({ line }, 'janus says'),
  });
}

class WatchedJanus implements OwnJanus {
  readonly url: string;
  readonly #start: (port: number) => Promise<LocalJanus>;
  readonly #log: Log;
  readonly #clock: Clock;
  #running: LocalJanus | undefined;
  #isClosed = false;
  #waitMs = firstWaitMs;
  #stopWaiting: () => void = () => undefined;
  #starting: Promise<void> | undefined;

  constructor(first: LocalJanus, start: (port: number) => Promise<LocalJanus>, log: Log, clock: Clock) {
    this.url = first.url;
    this.#start = start;
    this.#log = log;
    this.#clock = clock;
    this.#watch(first);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWaiting();
    await this.#starting;
    await this.#running?.close();
  }

  #watch(janus: LocalJanus): void {
    this.#running = janus;
    const startedAt = this.#clock.now();
    void janus.exited.then(({ code, signal }) => {
      this.#running = undefined;
      if (this.#isClosed) return;
      this.#log.error({ code, signal }, 'janus ended, it is started again');
      // One that ran for a while deserves a quick start; one that dies at once does not.
      if (this.#clock.now() - startedAt > longestWaitMs) this.#waitMs = firstWaitMs;
      this.#startSoon();
    });
  }

  #startSoon(): void {
    this.#stopWaiting = this.#clock.setTimeout(() => {
      this.#starting = this.#startAgain();
    }, this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
  }

  async #startAgain(): Promise<void> {
    try {
      const janus = await this.#start(Number(new URL(this.url).port));
      this.#watch(janus);
      this.#log.info({ pid: janus.pid }, 'janus started');
    } catch (error) {
      this.#log.error({ err: error }, 'janus cannot be started');
      if (!this.#isClosed) this.#startSoon();
    }
  }
}
