import { MediaError } from './engine.ts';

/** Parts of a call, as the `recording` request of Janus's plugins has them: ours are the handset's. */
export interface RecordingParts {
  readonly audio?: boolean;
  readonly video?: boolean;
  readonly peerAudio?: boolean;
  readonly peerVideo?: boolean;
}

export interface RecordingWish extends RecordingParts {
  /** Letters, digits and `. _ - + @ ( )`, no folder. The time unless given. */
  readonly filename?: string;
}

/** The part of a media session that writes down what is said and shown. */
export interface RecordedMedia {
  /**
   * Records from now on. Of parts that the call does not have nothing is recorded. What was there before is never
   * overwritten.
   * @returns the files that are made, as the machine of the engine names them
   * @throws MediaError `unsupported` if the engine cannot record, or not that; `recording-failed` for a name that cannot be,
   *   for what is recorded already, before anything is agreed, and for what the disk says; `timeout`, `closed`
   */
  record(wish: RecordingWish): Promise<readonly string[]>;
  /**
   * Ends it for these parts; files with nothing left to record are whole when it resolves. Parts that are not recorded are
   * passed over. The end of the session ends all.
   * @throws MediaError `recording-failed`, `timeout`, `closed`
   */
  stopRecording(parts: RecordingParts): Promise<void>;
}

export function recordingFailed(reason: string): MediaError {
  return new MediaError('recording-failed', `Recording failed: ${reason}`);
}
