import { join } from 'node:path';
import { recordingFailed } from '../media-recording.ts';

export type RecordingFormat = 'opus' | 'wav';

const mostLetters = 100;

/**
 * The name of a recording as a client may give it: letters, digits and `. _ - + @ ( ) ` and spaces, no folder, not hidden.
 * @throws MediaError `recording-failed`
 */
export function checkedName(filename: string): string {
  const isGood = /^[\p{L}\p{N}_(+@-][\p{L}\p{N}._() +@-]*$/u.test(filename) && !filename.endsWith('.');
  if (isGood && filename.length <= mostLetters) return filename;
  throw recordingFailed(`a name has at most ${mostLetters} letters, digits and . _ - + @ ( ), and no folder`);
}

/** `20261125-223015-417`: in the order of time, and good for a file's name everywhere. */
export function nameByTime(now: Date): string {
  return now
    .toISOString()
    .replaceAll(/[-:]|Z$/g, '')
    .replaceAll(/[T.]/g, '-');
}

/** The file in the folder, and the format that its ending says: `.wav`, else Ogg Opus. */
export function recordingFile(
  folder: string,
  filename: string,
): { readonly path: string; readonly format: RecordingFormat } {
  const name = checkedName(filename);
  if (/\.wav$/i.test(name)) return { path: join(folder, name), format: 'wav' };
  return { path: join(folder, /\.(opus|ogg)$/i.test(name) ? name : `${name}.opus`), format: 'opus' };
}
