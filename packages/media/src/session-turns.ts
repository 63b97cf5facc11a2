import type { Counters } from './counters.ts';
import { MediaError, type MediaEnd, type MediaErrorCode } from './engine.ts';
import type { MediaLog } from './media-log.ts';

export interface SessionTurnsOptions {
  readonly log: MediaLog;
  readonly counters: Counters;
  /** What an error of the engine's own means to the call; undefined for one that it does not know. */
  readonly translate?: (error: unknown) => MediaError | undefined;
}

/**
 * What the sessions of all engines have in common: its calls are served one after the other, it ends once, and what is
 * under way when it ends is refused then, and not when the engine might have answered.
 */
export class SessionTurns {
  readonly ended: Promise<MediaEnd>;
  readonly #options: SessionTurnsOptions;
  readonly #underWay = new Set<(error: MediaError) => void>();
  #resolveEnded: (end: MediaEnd) => void = () => undefined;
  #end: MediaEnd | undefined;
  /** Settles when the last turn is over; none while nothing is under way. */
  #last: Promise<void> | undefined;

  constructor(options: SessionTurnsOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** False if it had ended before: only the first end counts. */
  finish(end: MediaEnd): boolean {
    if (this.#end) return false;
    this.#end = end;
    this.#resolveEnded(end);
    if (end !== 'closed') this.#options.counters.add(endings[end]);
    for (const refuse of this.#underWay) refuse(gone(end));
    return true;
  }

  /** Begins at once where nothing is under way: whoever dialled waits. @throws MediaError */
  take<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last ? this.#last.then(() => this.#begin(work)) : this.#begin(work);
    const last: Promise<void> = run.then(ignore, ignore).then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    this.#last = last;
    return this.#untilEnd(run).catch((error: unknown) => {
      const known = this.#asMediaError(error);
      if (known.code !== 'closed') this.#options.counters.add(refusals[known.code]);
      throw known;
    });
  }

  #begin<T>(work: () => Promise<T>): Promise<T> {
    return this.#end ? Promise.reject(gone(this.#end)) : work();
  }

  #untilEnd<T>(run: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#underWay.add(reject);
      void run.then(resolve, reject).finally(() => this.#underWay.delete(reject));
    });
  }

  #asMediaError(error: unknown): MediaError {
    const known = this.#options.translate?.(error);
    if (known) return known;
    if (error instanceof MediaError) return error;
    this.#options.log.warn('media session broke', { error });
    return new MediaError('sdp-refused', 'The SDP could not be worked on', { cause: error });
  }
}

const ignore = (): void => undefined;
const endings: Readonly<Record<Exclude<MediaEnd, 'closed'>, string>> = {
  'engine-lost': 'sessionsLost',
  'ice-failed': 'iceFailed',
};

const refusals: Readonly<Record<Exclude<MediaErrorCode, 'closed'>, string>> = {
  'engine-down': 'engineDown',
  timeout: 'timeouts',
  'sdp-refused': 'sdpRefused',
  'no-common-codec': 'noCommonCodec',
  unsupported: 'unsupported',
  'recording-failed': 'recordingFailed',
};

export function gone(end: MediaEnd): MediaError {
  return new MediaError(
    'closed',
    end === 'closed' ? 'The media session is closed' : `The media is gone: ${end}`,
  );
}
