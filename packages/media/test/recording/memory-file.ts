import type { RecordingFile } from '../../src/recording/recording-file.ts';

/** A file in memory, on a disk that may be full. */
export class MemoryFile implements RecordingFile {
  bytes = Buffer.alloc(0);
  isClosed = false;
  readonly #room: number;

  constructor(room = Infinity) {
    this.#room = room;
  }

  append(bytes: Uint8Array): void {
    if (this.bytes.length + bytes.length > this.#room) {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    this.bytes = Buffer.concat([this.bytes, bytes]);
  }

  patch(bytes: Uint8Array, at: number): void {
    this.bytes.set(bytes, at);
  }

  close(): void {
    this.isClosed = true;
  }
}
