import { type Clock, systemClock } from './clock.ts';
import { MediaError } from './engine.ts';
import { JanusSession, type NosipHandle } from './janus-session.ts';
import { type MediaLog, silentLog } from './media-log.ts';

export interface NosipClientOptions {
  /** `ws://` or `wss://` of a Janus server that has the NoSIP plugin. */
  readonly url: string;
  readonly apiSecret?: string;
  readonly token?: string;
  readonly log?: MediaLog;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly requestTimeoutMs?: number;
  readonly pluginTimeoutMs?: number;
  readonly keepaliveMs?: number;
  readonly spareHandles?: number;
  readonly firstRetryMs?: number;
  readonly longestRetryMs?: number;
}

const defaults = {
  requestTimeoutMs: 5000,
  pluginTimeoutMs: 10_000,
  keepaliveMs: 10_000,
  spareHandles: 4,
  firstRetryMs: 250,
  longestRetryMs: 10_000,
};

/**
 * Keeps a session at one Janus server, as long as it is not closed: a lost one ends with all its handles, and a fresh one
 * is tried for, each time after a longer while. What Janus may still hold of the lost one is destroyed then.
 *
 *   connecting ──session made──▶ up ──lost──▶ waiting ──back-off──▶ connecting
 *        └───────failed─────────────────────────▲
 */
export class NosipClient {
  readonly #options: Required<Omit<NosipClientOptions, 'apiSecret' | 'token'>> & NosipClientOptions;
  #session: JanusSession | undefined;
  #connecting: Promise<void> = Promise.resolve();
  #previousId: number | undefined;
  #failures = 0;
  #cancelRetry: () => void = () => undefined;
  #isClosed = false;
  onUpChange?: (isUp: boolean) => void;

  constructor(options: NosipClientOptions) {
    this.#options = { ...defaults, log: silentLog, clock: systemClock, random: Math.random, ...options };
    this.#connecting = this.#connect();
  }

  get isUp(): boolean {
    return this.#session?.isOpen ?? false;
  }

  /** @throws MediaError `engine-down` at once if there is no session, `timeout` */
  async take(): Promise<NosipHandle> {
    if (!this.#session?.isOpen) throw new MediaError('engine-down', 'Janus is not there');
    try {
      const handle = await this.#session.take();
      if (this.#isClosed) handle.detach();
      if (!handle.isAttached) throw new MediaError('engine-down', 'Janus went away');
      return handle;
    } catch (error) {
      if (error instanceof MediaError) throw error;
      throw new MediaError('engine-down', 'Janus gives no handle', { cause: error });
    }
  }

  /** A handle that stands ready, if there is one. */
  takeNow(): NosipHandle | undefined {
    return this.#session?.isOpen ? this.#session.takeNow() : undefined;
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    await this.#session?.close();
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    const { log } = this.#options;
    try {
      const previous = this.#previousId === undefined ? {} : { previousId: this.#previousId };
      const session = await JanusSession.open({ ...this.#options, ...previous });
      if (this.#isClosed) return await session.close();
      this.#session = session;
      this.#failures = 0;
      log.info('engine up', { url: this.#options.url });
      void session.ended.then((why) => this.#lost(session, why));
      this.onUpChange?.(true);
    } catch (error) {
      // Once in a row is enough to be told; what was up before has been told to be down.
      const isNews = this.#failures === 0 && this.#previousId === undefined;
      if (isNews)
        log.warn('engine not reached, it is tried again', { url: this.#options.url, why: whyOf(error) });
      else log.debug('engine not reached', { url: this.#options.url, error });
      this.#retry();
    }
  }

  #lost(session: JanusSession, why: string): void {
    this.#session = undefined;
    this.#previousId = session.id;
    if (!this.#isClosed) this.#options.log.warn('engine down', { url: this.#options.url, why });
    this.#retry();
    this.onUpChange?.(false);
  }

  /** Half of the wait is by chance, so that many servers do not come back to one Janus at the same moment. */
  #retry(): void {
    if (this.#isClosed) return;
    const { clock, random, firstRetryMs, longestRetryMs } = this.#options;
    const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    this.#cancelRetry = clock.setTimeout(
      () => {
        this.#connecting = this.#connect();
      },
      (longest * (1 + random())) / 2,
    );
  }
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
