import { OpusFile } from './opus-file.ts';
import { readPacketBlock } from './packet-block.ts';
import { Recording, type Side } from './recording.ts';
import { createRecordingFile, type RecordingFile, type RecordingSink } from './recording-file.ts';
import type { RecordingFormat } from './recording-name.ts';
import { RecordingTrack } from './recording-track.ts';
import type { SampleRate } from './resampler.ts';
import { SoundDecoder } from './sound-decoder.ts';
import { WavFile } from './wav-file.ts';

/*
 * What the recorder and its thread say to each other. Recordings are numbered by the recorder; all times are those of its
 * clock.
 */

export type ToRecordings =
  | { readonly do: 'start'; readonly recording: number; readonly what: StartRecording }
  | { readonly do: 'hear'; readonly recording: number; readonly block: Uint8Array; readonly nowMs: number }
  | { readonly do: 'stop'; readonly recording: number; readonly nowMs: number };

export interface StartRecording {
  readonly path: string;
  readonly format: RecordingFormat;
  readonly rate: SampleRate;
  readonly sides: readonly Side[];
  readonly nowMs: number;
}

export type FromRecordings = {
  readonly says: 'started' | 'heard' | 'stopped' | 'failed';
  readonly recording: number;
  /** Why it failed. */
  readonly reason?: string;
};

/** All recordings of the thread. One that fails ends with what it has written, and the others go on. */
export class Recordings {
  readonly #say: (message: FromRecordings) => void;
  readonly #createFile: (path: string) => RecordingFile;
  readonly #open = new Map<number, Recording>();
  #queue: Promise<void> = Promise.resolve();

  constructor(say: (message: FromRecordings) => void, createFile = createRecordingFile) {
    this.#say = say;
    this.#createFile = createFile;
  }

  /** Messages are served in their order. Resolves when this one is done. */
  hear(message: ToRecordings): Promise<void> {
    this.#queue = this.#queue.then(() => this.#serve(message));
    return this.#queue;
  }

  async #serve(message: ToRecordings): Promise<void> {
    const { recording } = message;
    try {
      const says = await this.#do(message);
      if (says) this.#say({ says, recording });
    } catch (error) {
      this.#open.get(recording)?.close();
      this.#open.delete(recording);
      this.#say({ says: 'failed', recording, reason: reasonOf(error) });
    }
  }

  async #do(message: ToRecordings): Promise<FromRecordings['says'] | undefined> {
    const { recording: id } = message;
    if (message.do === 'start') {
      this.#open.set(id, await this.#start(message.what, id));
      return 'started';
    }
    const recording = this.#open.get(id);
    if (!recording) return undefined;
    if (message.do === 'hear') {
      readPacketBlock(message.block, (...packet) => recording.hear(...packet));
      recording.advance(message.nowMs);
      return 'heard';
    }
    recording.finish(message.nowMs);
    recording.close();
    this.#open.delete(id);
    return 'stopped';
  }

  async #start(what: StartRecording, id: number): Promise<Recording> {
    const { path, rate, nowMs } = what;
    const decoders = await Promise.all(what.sides.map(() => SoundDecoder.create(rate)));
    const tracks = new Map(
      what.sides.flatMap((side, index) => {
        const decoder = decoders[index];
        return decoder ? [[side, new RecordingTrack(decoder, rate)] as const] : [];
      }),
    );
    const sink = await sinkOf(this.#createFile(path), what, id);
    return new Recording({ sink, rate, tracks, startedAtMs: nowMs });
  }
}

/** The number tells Ogg streams apart where files are put behind each other (RFC 3533 §4). */
async function sinkOf(
  file: RecordingFile,
  { format, rate, sides }: StartRecording,
  id: number,
): Promise<RecordingSink> {
  const channels = sides.length === 2 ? 2 : 1;
  return format === 'wav'
    ? new WavFile(file, { rate, channels })
    : await OpusFile.start(file, { rate, channels }, id);
}

/** What a person can do something about, in the words of the file system. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ('code' in error ? error.code : undefined) {
    case 'EEXIST':
      return 'there is a file of that name';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
      return 'the folder for recordings cannot be made or written to';
    default:
      return error.message;
  }
}
