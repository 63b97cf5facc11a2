import type { Candidate, Jsep } from '@soft-handset/protocol';
import type { Counters } from './counters.ts';
import type { CallNews } from './embedded-messages.ts';
import { embeddedWish, sidesOf } from './embedded-recording.ts';
import type { EmbeddedProcess } from './embedded-process.ts';
import type {
  KeyframeSides,
  MediaEnd,
  MediaSession,
  MediaSessionHandler,
  PlainSdp,
  ToPeerOptions,
} from './engine.ts';
import type { MediaLog } from './media-log.ts';
import type { RecordingParts, RecordingWish } from './media-recording.ts';
import type { LineStats } from './media-stats.ts';
import type { SdpAdapter } from './plain-sdp.ts';
import { SessionTurns } from './session-turns.ts';

export interface EmbeddedSessionOptions {
  /** Its number in the child process. */
  readonly call: number;
  readonly process: EmbeddedProcess;
  readonly adapter: SdpAdapter;
  readonly handler: MediaSessionHandler;
  readonly log: MediaLog;
  readonly recordingDir: string | undefined;
  readonly counters: Counters;
  /** Called once. */
  readonly onEnded: (session: EmbeddedSession) => void;
}

/** One call as the server sees it; its media is in the child process. */
export class EmbeddedSession implements MediaSession {
  readonly call: number;
  readonly #options: EmbeddedSessionOptions;
  readonly #turns: SessionTurns;
  readonly finalStats: Promise<readonly LineStats[]>;
  #countedAll: (stats: readonly LineStats[]) => void = () => undefined;

  constructor(options: EmbeddedSessionOptions) {
    this.call = options.call;
    this.#options = options;
    this.finalStats = new Promise((resolve) => (this.#countedAll = resolve));
    this.#turns = new SessionTurns(options);
    options.process.tell({ do: 'open', call: this.call });
  }

  get ended(): Promise<MediaEnd> {
    return this.#turns.ended;
  }

  toHandset(fromPeer: PlainSdp): Promise<Jsep> {
    return this.#turns.take(async () => {
      const { adapter, process } = this.#options;
      const crossing = await adapter.fromPeer(fromPeer);
      const { type } = fromPeer;
      const sdp = await process.ask('toHandset', this.call, { sdp: { type, sdp: crossing.sdp } });
      return crossing.toHandset({ type, sdp });
    });
  }

  toPeer(fromHandset: Jsep, options: ToPeerOptions = {}): Promise<PlainSdp> {
    return this.#turns.take(async () => {
      const { adapter, process } = this.#options;
      const crossing = adapter.fromHandset(fromHandset, options);
      const { type } = fromHandset;
      const sdp = await process.ask('toPeer', this.call, {
        sdp: { type, sdp: crossing.jsep.sdp },
        options: { ...options, ...adapter.srtp },
      });
      return crossing.toPeer({ type, sdp });
    });
  }

  rollback(): Promise<void> {
    return this.#turns.take(async () => {
      const { adapter, process } = this.#options;
      await adapter.rollback(undefined);
      await process.ask('rollback', this.call, {});
    });
  }

  record(wish: RecordingWish): Promise<readonly string[]> {
    return this.#turns.take(async () => {
      const { process, recordingDir } = this.#options;
      const checked = embeddedWish(wish, recordingDir, new Date());
      const files = await process.ask('record', this.call, { wish: checked });
      this.#options.log.info('recording begins', { files });
      return files;
    });
  }

  stats(): Promise<readonly LineStats[]> {
    return this.#turns.take(() => this.#options.process.ask('stats', this.call, {}));
  }

  stopRecording(parts: RecordingParts): Promise<void> {
    return this.#turns.take(async () => {
      await this.#options.process.ask('stopRecording', this.call, { sides: sidesOf(parts) });
    });
  }

  askForKeyframe(of: KeyframeSides): Promise<void> {
    return this.#turns.take(async () => {
      await this.#options.process.ask('keyframe', this.call, { of });
    });
  }

  addCandidate(candidate: Candidate): void {
    if (this.#turns.hasEnded) return;
    this.#options.process.tell({ do: 'addCandidate', call: this.call, candidate });
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
        case 'silence':
          return handler.silence?.(news.facts);
        case 'recordingFailed':
          log.warn('recording failed', news.facts);
          return handler.recordingFailed?.(news.facts);
        case 'ended':
          return this.finish(news.end, news.stats);
      }
    } catch (error) {
      log.warn('media session handler threw', { error });
    }
  }

  /** Ends it; only the first end counts. */
  finish(end: MediaEnd, stats?: readonly LineStats[]): void {
    if (!this.#turns.finish(end)) return;
    if (stats) this.#countedAll(stats);
    else this.#options.process.ask('close', this.call, {}).then(this.#countedAll, () => this.#countedAll([])); // The engine is lost.
    this.#options.onEnded(this);
  }
}
