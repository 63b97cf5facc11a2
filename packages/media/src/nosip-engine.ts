import { Counters } from './counters.ts';
import { MediaError, type MediaEngine, type MediaSession, type MediaSessionHandler } from './engine.ts';
import { silentLog } from './media-log.ts';
import type { NosipHandle } from './janus-session.ts';
import { NosipClient, type NosipClientOptions } from './nosip-client.ts';
import { NosipSession } from './nosip-session.ts';
import { type ResolveHosts, SdpAdapter } from './plain-sdp.ts';
import { resolveHosts } from './resolve-hosts.ts';

export interface NosipEngineOptions extends NosipClientOptions {
  /** For host names in a peer's c= line; the system's resolver unless given. */
  readonly resolveHosts?: ResolveHosts;
  /** Folder for recordings on the machine of Janus, which must be able to write there; without it nothing is recorded. */
  readonly recordingDir?: string;
}

/**
 * The engine for production: a Janus server with the NoSIP plugin. It starts whether or not Janus is there, and comes up
 * when Janus does. A lost Janus session ends the sessions of that time; the engine itself goes on.
 */
export function createNosipEngine(options: NosipEngineOptions): MediaEngine {
  return new NosipEngine(options);
}

class NosipEngine implements MediaEngine {
  readonly name = 'janus-nosip';
  readonly #options: NosipEngineOptions;
  readonly #client: NosipClient;
  readonly #sessions = new Set<NosipSession>();
  readonly #counters = new Counters();
  #isClosed = false;
  onUpChange?: (isUp: boolean) => void;

  constructor(options: NosipEngineOptions) {
    this.#options = options;
    this.#client = new NosipClient(options);
    this.#client.onUpChange = (isUp) => {
      if (!isUp) this.#counters.add('linksLost');
      this.onUpChange?.(isUp);
    };
  }

  get isUp(): boolean {
    return !this.#isClosed && this.#client.isUp;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  counters(): Readonly<Record<string, number>> {
    return this.#counters.read();
  }

  async open(handler: MediaSessionHandler = {}): Promise<MediaSession> {
    if (this.#isClosed) throw new MediaError('engine-down', 'The engine is closed');
    return this.#sessionOn(await this.#client.take(), handler);
  }

  openNow(handler: MediaSessionHandler = {}): MediaSession | undefined {
    const handle = this.#isClosed ? undefined : this.#client.takeNow();
    return handle && this.#sessionOn(handle, handler);
  }

  #sessionOn(handle: NosipHandle, handler: MediaSessionHandler): MediaSession {
    const { random = Math.random, log = silentLog } = this.#options;
    const session = new NosipSession({
      handle,
      handler,
      log,
      recordingDir: this.#options.recordingDir,
      counters: this.#counters,
      adapter: new SdpAdapter({ resolveHosts: this.#options.resolveHosts ?? resolveHosts, random }),
      onEnded: (ended) => this.#sessions.delete(ended),
    });
    this.#sessions.add(session);
    return session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const session of [...this.#sessions]) session.close();
    await this.#client.close();
  }
}
