import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that is being written. Everything throws what the file system says. */
export interface RecordingFile {
  append(bytes: Uint8Array): void;
  /** Overwrites what stands there. */
  patch(bytes: Uint8Array, at: number): void;
  /** May be called twice. */
  close(): void;
}

/** What becomes of the sound; the samples of the channels alternate. */
export interface RecordingSink {
  write(samples: Int16Array): void;
  /** From now on it is worth something if nothing follows. */
  flush(): void;
  /** Once, after the last sample. */
  end(): void;
  /** Gives everything back, ended or not. May be called twice. */
  close(): void;
}

/** A new file that only we can read; one that is there already is not touched. The folder is made. */
export function createRecordingFile(path: string): RecordingFile {
  const folder = dirname(path);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(path, 'wx', 0o600);
  let length = 0;
  let isOpen = true;
  return {
    append(bytes) {
      writeAll(file, bytes, length);
      length += bytes.length;
    },
    patch: (bytes, at) => writeAll(file, bytes, at),
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

/** A disk that fills up takes the first part of a write, and says so at the next one. */
function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, at + done);
  }
}
