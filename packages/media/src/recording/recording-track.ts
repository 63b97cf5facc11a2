import { type PlacedPacket, RtpSource } from './rtp-source.ts';
import type { SampleRate } from './resampler.ts';
import type { RecordedCodec, SoundDecoder } from './sound-decoder.ts';

const mostSources = 8;

/** One side of a recording: RTP goes in as it comes, an unbroken row of samples comes out. */
export class RecordingTrack {
  readonly #decoder: Pick<SoundDecoder, 'decode' | 'close'>;
  readonly #rate: SampleRate;
  #sources: RtpSource[] = [];
  /** Samples that were taken so far, and up to where there is sound. */
  #taken = 0;
  #filled = 0;
  /** Sound beyond what was taken. */
  #rest = new Int16Array();

  constructor(decoder: Pick<SoundDecoder, 'decode' | 'close'>, rate: SampleRate) {
    this.#decoder = decoder;
    this.#rate = rate;
  }

  /** `atMs` is the time since the recording began. */
  hear(codec: RecordedCodec, rtp: Uint8Array, atMs: number): void {
    const payload = payloadOf(rtp);
    if (!payload) return;
    const header = new DataView(rtp.buffer, rtp.byteOffset, rtp.byteLength);
    const packet = {
      codec,
      payload,
      arrival: Math.round((atMs * this.#rate) / 1000),
      sequence: header.getUint16(2),
      timestamp: header.getUint32(4),
      ssrc: header.getUint32(8),
    };
    if (this.#sources.at(-1)?.add(packet) || this.#sources.length >= mostSources) return;
    const source = new RtpSource(this.#rate);
    source.add(packet);
    this.#sources.push(source);
  }

  /** The next samples; whatever belongs there and comes later is lost. */
  take(count: number): Int16Array {
    const samples = new Int16Array(count);
    samples.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.slice(count);
    const end = this.#taken + count;
    for (let packet = this.#next(end); packet; packet = this.#next(end)) this.#place(packet, samples);
    this.#taken = end;
    return samples;
  }

  close(): void {
    this.#decoder.close();
  }

  #next(before: number): PlacedPacket | undefined {
    while (this.#sources.length > 1 && this.#sources[0]?.isEmpty) this.#sources.shift();
    return this.#sources[0]?.take(before);
  }

  /** What is there already stays. */
  #place({ codec, payload, position }: PlacedPacket, samples: Int16Array): void {
    const decoded = this.#decoder.decode(codec, payload);
    if (!decoded) return;
    const start = Math.max(position, this.#filled, this.#taken);
    const sound = decoded.subarray(Math.max(0, start - position));
    if (sound.length === 0) return;
    const at = start - this.#taken;
    const fitting = sound.subarray(0, Math.max(0, samples.length - at));
    samples.set(fitting, Math.min(at, samples.length));
    this.#keep(sound.subarray(fitting.length), at + fitting.length - samples.length);
    this.#filled = start + sound.length;
  }

  #keep(sound: Int16Array, at: number): void {
    if (sound.length === 0) return;
    const rest = new Int16Array(at + sound.length);
    rest.set(this.#rest);
    rest.set(sound, at);
    this.#rest = rest;
  }
}

/** RFC 3550 §5.1 and §5.3.1: after contributing sources and the extension, before the padding. */
function payloadOf(rtp: Uint8Array): Uint8Array | undefined {
  const first = rtp[0] ?? 0;
  let start = 12 + 4 * (first & 0x0f);
  if (first & 0x10) start += 4 + 4 * (((rtp[start + 2] ?? 0) << 8) + (rtp[start + 3] ?? 0));
  const padding = first & 0x20 ? (rtp.at(-1) ?? 0) : 0;
  return start < rtp.length - padding ? rtp.subarray(start, rtp.length - padding) : undefined;
}
