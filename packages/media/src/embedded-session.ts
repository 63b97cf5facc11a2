import type { Candidate, Jsep } from '@soft-handset/protocol';
import type { CallNews } from './embedded-messages.ts';
import type { EmbeddedProcess } from './embedded-process.ts';
import {
  MediaError,
  type MediaEnd,
  type MediaSession,
  type MediaSessionHandler,
  type PlainSdp,
} from './engine.ts';
import type { MediaLog } from './media-log.ts';
import type { SdpAdapter } from './plain-sdp.ts';

export interface EmbeddedSessionOptions {
  /** Its number in the child process. */
  readonly call: number;
  readonly process: EmbeddedProcess;
  readonly adapter: SdpAdapter;
  readonly handler: MediaSessionHandler;
  readonly log: MediaLog;
  /** Called once. */
  readonly onEnded: (session: EmbeddedSession) => void;
}

/** One call as the server sees it; its media is in the child process. */
export class EmbeddedSession implements MediaSession {
  readonly call: number;
  readonly ended: Promise<MediaEnd>;
  readonly #options: EmbeddedSessionOptions;
  #resolveEnded: (end: MediaEnd) => void = () => undefined;
  #end: MediaEnd | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: EmbeddedSessionOptions) {
    this.call = options.call;
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    options.process.tell({ do: 'open', call: this.call });
  }

  toHandset(fromPeer: PlainSdp): Promise<Jsep> {
    return this.#inTurn(async () => {
      const { adapter, process } = this.#options;
      const crossing = await adapter.fromPeer(fromPeer);
      const { type } = fromPeer;
      const sdp = await process.ask({ do: 'toHandset', call: this.call, sdp: { type, sdp: crossing.sdp } });
      return crossing.toHandset({ type, sdp });
    });
  }

  toPeer(fromHandset: Jsep): Promise<PlainSdp> {
    return this.#inTurn(async () => {
      const { adapter, process } = this.#options;
      const crossing = adapter.fromHandset(fromHandset);
      const { type } = fromHandset;
      const sdp = await process.ask({ do: 'toPeer', call: this.call, sdp: { type, sdp: crossing.jsep.sdp } });
      return crossing.toPeer({ type, sdp });
    });
  }

  addCandidate(candidate: Candidate): void {
    if (!this.#end) this.#options.process.tell({ do: 'addCandidate', call: this.call, candidate });
  }

  close(): void {
    this.finish('closed');
  }

  /** What the child process says of this call. */
  hear(news: CallNews): void {
    const { handler, log } = this.#options;
    try {
      switch (news.says) {
        case 'webrtcUp':
          return handler.webrtcUp?.();
        case 'media':
          return handler.media?.(news.facts);
        case 'slowLink':
          return handler.slowLink?.(news.facts);
        case 'ended':
          return this.finish(news.end);
      }
    } catch (error) {
      log.warn('media session handler threw', { error });
    }
  }

  /** Ends it; only the first end counts. */
  finish(end: MediaEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#options.process.tell({ do: 'close', call: this.call });
    this.#resolveEnded(end);
    this.#options.onEnded(this);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(() => {
      if (this.#end) throw gone(this.#end);
      return work();
    });
    this.#queue = run.catch(() => undefined);
    const cut = this.ended.then((end) => Promise.reject<T>(gone(end)));
    return Promise.race([run, cut]).catch((error: unknown) => {
      throw this.#asMediaError(error);
    });
  }

  #asMediaError(error: unknown): MediaError {
    if (error instanceof MediaError) return error;
    this.#options.log.warn('media session broke', { error });
    return new MediaError('sdp-refused', 'The SDP could not be worked on', { cause: error });
  }
}

function gone(end: MediaEnd): MediaError {
  return new MediaError(
    'closed',
    end === 'closed' ? 'The media session is closed' : `The media is gone: ${end}`,
  );
}
