import {
  type MediaEnd,
  type MediaEngine,
  MediaError,
  type MediaErrorCode,
  type MediaSession,
} from '../src/engine.ts';

/** An engine whose sessions only open and end: what a pool sees of its servers. */
export class FakeServer implements MediaEngine {
  readonly name = 'fake';
  isUp = true;
  isClosed = false;
  /** What those who want a session hear from now on. */
  refusesWith: MediaErrorCode | undefined;
  asked = 0;
  opened = 0;
  readonly #ends = new Set<(end: MediaEnd) => void>();
  onUpChange?: (isUp: boolean) => void;

  get sessionCount(): number {
    return this.#ends.size;
  }

  counters(): Readonly<Record<string, number>> {
    return { sessionsOpened: this.opened };
  }

  /** A moment later, as real ones do. */
  async open(): Promise<MediaSession> {
    this.asked += 1;
    await Promise.resolve();
    if (this.refusesWith) throw new MediaError(this.refusesWith, 'Not today');
    if (!this.isUp || this.isClosed) throw new MediaError('engine-down', 'Not there');
    this.opened += 1;
    return this.#session();
  }

  endsCalls(end: MediaEnd = 'closed'): void {
    for (const finish of [...this.#ends]) finish(end);
  }

  dies(): void {
    this.isUp = false;
    this.endsCalls('engine-lost');
    this.onUpChange?.(false);
  }

  comesBack(): void {
    this.isUp = true;
    this.onUpChange?.(true);
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.endsCalls();
    return Promise.resolve();
  }

  #session(): MediaSession {
    let finish: (end: MediaEnd) => void = () => undefined;
    const ended = new Promise<MediaEnd>((resolve) => {
      finish = (end) => {
        this.#ends.delete(finish);
        resolve(end);
      };
    });
    this.#ends.add(finish);
    return {
      toHandset: () => Promise.reject(new MediaError('sdp-refused', 'No SDP here')),
      toPeer: () => Promise.reject(new MediaError('sdp-refused', 'No SDP here')),
      rollback: () => Promise.resolve(),
      askForKeyframe: () => Promise.reject(new MediaError('unsupported', 'No pictures here')),
      addCandidate: () => undefined,
      record: () => Promise.reject(new MediaError('unsupported', 'No recording here')),
      stopRecording: () => Promise.resolve(),
      stats: () => Promise.resolve([]),
      finalStats: Promise.resolve([]),
      ended,
      close: () => finish('closed'),
    };
  }
}
