import { createDecoder, isOpusError, type OpusDecoderHandle } from 'libopus-wasm';
import { pcmOfALaw, pcmOfMuLaw } from './g711.ts';
import { G722Decoder } from './g722.ts';
import { Resampler, type SampleRate } from './resampler.ts';

/** What can be recorded, in the order that stands for it between the threads. */
export const recordedCodecs = ['pcmu', 'pcma', 'g722', 'opus'] as const;
export type RecordedCodec = (typeof recordedCodecs)[number];

/** What the codec's RTP timestamps count; G.722 says 8000 and means 16,000 samples (RFC 3551 §4.5.2). */
export const rtpClocks: Readonly<Record<RecordedCodec, number>> = {
  pcmu: 8000,
  pcma: 8000,
  g722: 8000,
  opus: 48_000,
};

/** What a recording needs at least to keep all that the codec says. */
export const soundRates: Readonly<Record<RecordedCodec, SampleRate>> = {
  pcmu: 8000,
  pcma: 8000,
  g722: 16_000,
  opus: 48_000,
};

/** The codecs of one side of a recording, at its sample rate and in mono. Packets must come in their order. */
export class SoundDecoder {
  readonly #opus: OpusDecoderHandle;
  readonly #g722 = new G722Decoder();
  readonly #fromNarrow: Resampler;
  readonly #fromWide: Resampler;

  static async create(rate: SampleRate): Promise<SoundDecoder> {
    return new SoundDecoder(await createDecoder({ sampleRate: rate, channels: 1 }), rate);
  }

  private constructor(opus: OpusDecoderHandle, rate: SampleRate) {
    this.#opus = opus;
    this.#fromNarrow = new Resampler(8000, rate);
    this.#fromWide = new Resampler(16_000, rate);
  }

  /** Undefined for what is no sound. */
  decode(codec: RecordedCodec, payload: Uint8Array): Int16Array | undefined {
    switch (codec) {
      case 'pcmu':
        return this.#fromNarrow.process(pcmOfMuLaw(payload));
      case 'pcma':
        return this.#fromNarrow.process(pcmOfALaw(payload));
      case 'g722':
        return this.#fromWide.process(this.#g722.decode(payload));
      case 'opus':
        return this.#decodeOpus(payload);
    }
  }

  /** May be called twice. */
  close(): void {
    this.#opus.free();
  }

  #decodeOpus(payload: Uint8Array): Int16Array | undefined {
    if (payload.length === 0) return undefined;
    try {
      return this.#opus.decode(payload);
    } catch (error) {
      // Whoever sends junk has silence in the recording.
      if (isOpusError(error)) return undefined;
      throw error;
    }
  }
}
