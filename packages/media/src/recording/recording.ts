import type { RecordingSink } from './recording-file.ts';
import type { RecordingTrack } from './recording-track.ts';
import type { SampleRate } from './resampler.ts';
import type { RecordedCodec } from './sound-decoder.ts';

/** Whose sound it is. */
export type Side = 'handset' | 'peer';
/** The handset is the left channel, the peer the right one. */
export const sides: readonly Side[] = ['handset', 'peer'];

export interface RecordingOptions {
  readonly sink: RecordingSink;
  readonly rate: SampleRate;
  /** A channel of the file for each, in the order of {@link sides}. */
  readonly tracks: ReadonlyMap<Side, RecordingTrack>;
  readonly startedAtMs: number;
}

/** What comes later than that is lost; until then packets may be late and out of order. */
const patienceMs = 2000;
/** Whole frames, so that each is a whole number of samples at every rate. */
const frameMs = 20;
const flushMs = 1000;

/** One file that is being written. Time is what it is told: it writes when it hears of it. */
export class Recording {
  readonly #options: RecordingOptions;
  #writtenMs = 0;
  #flushedMs = 0;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  hear(side: Side, codec: RecordedCodec, rtp: Uint8Array, atMs: number): void {
    this.#options.tracks.get(side)?.hear(codec, rtp, atMs - this.#options.startedAtMs);
  }

  /** Writes what is settled by now. @throws Error of the file system */
  advance(nowMs: number): void {
    this.#writeUntil(nowMs - this.#options.startedAtMs - patienceMs);
    if (this.#writtenMs - this.#flushedMs < flushMs) return;
    this.#options.sink.flush();
    this.#flushedMs = this.#writtenMs;
  }

  /** Writes the rest. @throws Error of the file system */
  finish(nowMs: number): void {
    this.#writeUntil(nowMs - this.#options.startedAtMs);
    this.#options.sink.end();
  }

  /** Gives everything back, finished or not. May be called twice. */
  close(): void {
    this.#options.sink.close();
    for (const track of this.#options.tracks.values()) track.close();
  }

  #writeUntil(endMs: number): void {
    const { rate, tracks, sink } = this.#options;
    const frames = Math.floor((endMs - this.#writtenMs) / frameMs);
    if (frames <= 0) return;
    const count = (frames * frameMs * rate) / 1000;
    const channels = [...tracks.values()].map((track) => track.take(count));
    const samples = new Int16Array(count * channels.length);
    channels.forEach((channel, index) => {
      channel.forEach((sample, at) => (samples[at * channels.length + index] = sample));
    });
    sink.write(samples);
    this.#writtenMs += frames * frameMs;
  }
}
