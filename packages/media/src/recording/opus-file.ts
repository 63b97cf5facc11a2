import { Application, createEncoder, type OpusEncoderHandle } from 'libopus-wasm';
import { OggPages } from './ogg-pages.ts';
import type { RecordingFile, RecordingSink } from './recording-file.ts';
import type { SampleRate } from './resampler.ts';

/** Speech on both sides stays as it was: more than the phones had for it. */
const bitrates: Readonly<Record<SampleRate, number>> = { 8000: 24_000, 16_000: 40_000, 48_000: 64_000 };
/** A third of the work of the highest, for a difference nobody hears in speech. */
const complexity = 3;
const frameMs = 20;
/** Opus in Ogg counts at 48 kHz whatever the rate of the sound (RFC 7845 §4). */
const granuleRate = 48_000;

interface Format {
  readonly rate: SampleRate;
  readonly channels: 1 | 2;
}

/** An Ogg Opus file (RFC 7845). Each flush ends a page; what was written by then can be played if nothing follows. */
export class OpusFile implements RecordingSink {
  readonly #encoder: OpusEncoderHandle;
  readonly #file: RecordingFile;
  readonly #pages: OggPages;
  readonly #frameSamples: number;
  readonly #preSkip: number;
  #waiting: Int16Array;
  #waitingSamples = 0;
  #frames = 0;

  static async start(file: RecordingFile, format: Format, serial: number): Promise<OpusFile> {
    const { rate: sampleRate, channels } = format;
    const application = Application.Audio;
    const bitrate = (bitrates[sampleRate] * channels) / 2;
    const encoder = await createEncoder({ sampleRate, channels, application, bitrate, complexity });
    return new OpusFile(encoder, file, format, serial);
  }

  private constructor(
    encoder: OpusEncoderHandle,
    file: RecordingFile,
    { rate, channels }: Format,
    serial: number,
  ) {
    this.#encoder = encoder;
    this.#file = file;
    this.#pages = new OggPages(serial, (page) => file.append(page));
    this.#frameSamples = (rate * frameMs) / 1000;
    this.#waiting = new Int16Array(this.#frameSamples * channels);
    this.#preSkip = (encoder.getLookahead() * granuleRate) / rate;
    for (const header of [idHeader(channels, this.#preSkip, rate), commentHeader()]) {
      this.#pages.add(header, 0n);
      this.#pages.flush();
    }
  }

  write(samples: Int16Array): void {
    for (let at = 0; at < samples.length;) {
      const taken = samples.subarray(at, at + this.#waiting.length - this.#waitingSamples);
      this.#waiting.set(taken, this.#waitingSamples);
      this.#waitingSamples += taken.length;
      at += taken.length;
      if (this.#waitingSamples === this.#waiting.length) this.#encode();
    }
  }

  flush(): void {
    this.#pages.flush();
  }

  /** The encoder is behind by its look-ahead: silence pushes the rest out, and the last granule cuts that off (§4.4). */
  end(): void {
    const { channels } = this.#encoder;
    const samples = this.#frames * this.#frameSamples + this.#waitingSamples / channels;
    const end = this.#preSkip + this.#granules(samples);
    while (this.#granules(this.#frames * this.#frameSamples) < end) {
      this.#waiting.fill(0, this.#waitingSamples);
      this.#encode(end);
    }
    this.#pages.flush({ last: true });
  }

  close(): void {
    this.#encoder.free();
    this.#file.close();
  }

  #encode(most = Number.MAX_SAFE_INTEGER): void {
    this.#frames += 1;
    const granule = Math.min(most, this.#granules(this.#frames * this.#frameSamples));
    this.#pages.add(this.#encoder.encode(this.#waiting), BigInt(granule));
    this.#waitingSamples = 0;
  }

  #granules(samples: number): number {
    return samples * (granuleRate / ((this.#frameSamples * 1000) / frameMs));
  }
}

/** RFC 7845 §5.1, channel mapping family 0: one stream, mono or stereo. */
function idHeader(channels: number, preSkip: number, rate: number): Buffer {
  const header = Buffer.alloc(19);
  header.write('OpusHead', 0, 'latin1');
  header[8] = 1;
  header[9] = channels;
  header.writeUInt16LE(preSkip, 10);
  header.writeUInt32LE(rate, 12);
  return header;
}

/** RFC 7845 §5.2. */
function commentHeader(): Buffer {
  const vendor = Buffer.from('Soft Handset');
  const comment = Buffer.from('ENCODER=Soft Handset');
  const length = (of: Buffer): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(of.length);
    return bytes;
  };
  const one = Buffer.from([1, 0, 0, 0]);
  return Buffer.concat([Buffer.from('OpusTags'), length(vendor), vendor, one, length(comment), comment]);
}
