import type { RecordingFile, RecordingSink } from './recording-file.ts';

const headerBytes = 44;
/** RIFF counts its bytes in 32 bits. */
const mostBytes = 2 ** 32 - 1 - headerBytes;

/** A WAV file of 16-bit PCM. Its header is true at each flush: what was written by then can be played if nothing follows. */
export class WavFile implements RecordingSink {
  readonly #file: RecordingFile;
  readonly #rate: number;
  readonly #channels: number;
  #dataBytes = 0;

  constructor(file: RecordingFile, { rate, channels }: { rate: number; channels: number }) {
    this.#file = file;
    this.#rate = rate;
    this.#channels = channels;
    this.#file.append(this.#header());
  }

  /** @throws Error when the format can count no further, or the disk is full */
  write(samples: Int16Array): void {
    if (this.#dataBytes + samples.byteLength > mostBytes) throw new Error('a WAV file ends at 4 GiB');
    const bytes = Buffer.alloc(samples.byteLength);
    samples.forEach((sample, index) => bytes.writeInt16LE(sample, 2 * index));
    this.#file.append(bytes);
    this.#dataBytes += bytes.length;
  }

  flush(): void {
    this.#file.patch(this.#header(), 0);
  }

  end(): void {
    this.flush();
  }

  close(): void {
    this.#file.close();
  }

  #header(): Buffer {
    const bytesEach = 2 * this.#channels;
    const header = Buffer.alloc(headerBytes);
    header.write('RIFF', 0, 'latin1');
    header.writeUInt32LE(headerBytes - 8 + this.#dataBytes, 4);
    header.write('WAVEfmt ', 8, 'latin1');
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20); // PCM
    header.writeUInt16LE(this.#channels, 22);
    header.writeUInt32LE(this.#rate, 24);
    header.writeUInt32LE(this.#rate * bytesEach, 28);
    header.writeUInt16LE(bytesEach, 32);
    header.writeUInt16LE(16, 34);
    header.write('data', 36, 'latin1');
    header.writeUInt32LE(this.#dataBytes, 40);
    return header;
  }
}
