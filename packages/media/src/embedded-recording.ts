import type { EmbeddedLine } from './embedded-line.ts';
import { MediaError } from './engine.ts';
import { recordingFailed, type RecordingParts, type RecordingWish } from './media-recording.ts';
import type { Recorder, RunningRecording } from './recording/recorder.ts';
import { nameByTime, recordingFile, type RecordingFormat } from './recording/recording-name.ts';
import { type Side, sides } from './recording/recording.ts';
import { type RecordedCodec, recordedCodecs, soundRates } from './recording/sound-decoder.ts';
import type { Kind } from './sdp-memory.ts';

/** What the child process is to record: a wish that has been checked. */
export interface EmbeddedWish {
  readonly path: string;
  readonly format: RecordingFormat;
  readonly sides: readonly Side[];
  readonly video: boolean;
}

/** @throws MediaError `unsupported` without a folder, `recording-failed` */
export function embeddedWish(wish: RecordingWish, folder: string | undefined, now: Date): EmbeddedWish {
  if (folder === undefined) throw new MediaError('unsupported', 'No folder for recordings is configured');
  const video = (wish.video ?? false) || (wish.peerVideo ?? false);
  if (!video && sidesOf(wish).length === 0) throw recordingFailed('nothing was chosen');
  return { ...recordingFile(folder, wish.filename ?? nameByTime(now)), sides: sidesOf(wish), video };
}

export function sidesOf({ audio, peerAudio }: RecordingParts): readonly Side[] {
  return sides.filter((side) => (side === 'handset' ? audio : peerAudio));
}

/** What recording needs of an m-line. */
export type RecordedLine = Pick<EmbeddedLine, 'codecs' | 'tap'>;

interface Lines {
  /** The m-line of that kind, if the call has one. */
  agreed(kind: Kind): RecordedLine | undefined;
}

/** The recording of one call: one file, with a channel for each side. */
export class EmbeddedRecording {
  readonly #recorder: Pick<Recorder, 'start'>;
  readonly #lines: Lines;
  readonly #failed: (facts: { file: string; reason: string }) => void;
  #recorded = new Set<Side>();
  #running: RunningRecording | undefined;
  #line: RecordedLine | undefined;
  #isClosed = false;

  constructor(
    recorder: Pick<Recorder, 'start'>,
    lines: Lines,
    failed: (facts: { file: string; reason: string }) => void,
  ) {
    this.#recorder = recorder;
    this.#lines = lines;
    this.#failed = failed;
  }

  /** @throws MediaError `unsupported`, `recording-failed` */
  async start({ path, format, sides: wanted, video }: EmbeddedWish): Promise<readonly string[]> {
    const line = this.#lines.agreed('audio');
    if (!line) throw recordingFailed('nothing has been agreed yet');
    if (video && this.#lines.agreed('video')) {
      throw new MediaError('unsupported', 'The embedded engine records sound only');
    }
    if (wanted.length === 0) throw recordingFailed('there is nothing of that in the call');
    if (this.#recorded.size > 0) throw recordingFailed('the call is being recorded');
    const codecs = [...line.codecs.values()].flatMap(({ name }) => recordedCodec(name) ?? []);
    if (codecs.length === 0) throw new MediaError('unsupported', "The call's codec cannot be recorded");
    const [rate = 8000] = codecs.map((codec) => soundRates[codec]).sort((one, other) => other - one);
    this.#recorded = new Set(wanted);
    try {
      this.#begin(line, await this.#recorder.start({ path, format, rate, sides: wanted }));
    } catch (error) {
      this.#recorded.clear();
      throw error;
    }
    return [path];
  }

  /** Nothing more of these sides; the last one ends the file. @throws MediaError `recording-failed` */
  async stop(stopped: readonly Side[]): Promise<void> {
    for (const side of stopped) this.#recorded.delete(side);
    if (this.#recorded.size > 0 || !this.#running) return;
    const running = this.#running;
    this.#leave();
    await running.stop();
  }

  /** Ends it; who runs the recorder waits for the file. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.stop(sides).catch(() => undefined); // Nobody is left to be told.
  }

  #begin(line: RecordedLine, running: RunningRecording): void {
    if (this.#isClosed) {
      running.stop().catch(() => undefined); // The call has ended meanwhile.
      return;
    }
    this.#running = running;
    this.#line = line;
    running.onFailed = (reason) => {
      this.#leave();
      this.#failed({ file: running.path, reason });
    };
    line.tap = (from, rtp) => {
      const codec = recordedCodec(line.codecs.get((rtp[1] ?? 0) & 0x7f)?.name);
      if (codec && this.#recorded.has(from)) running.hear(from, codec, rtp);
    };
  }

  #leave(): void {
    if (this.#line) this.#line.tap = undefined;
    this.#line = undefined;
    this.#running = undefined;
    this.#recorded.clear();
  }
}

function recordedCodec(name = ''): RecordedCodec | undefined {
  return recordedCodecs.find((codec) => codec === name.toLowerCase());
}
