/** A tone that repeats: its frequencies together, sounding and silent in turn. */
export interface Tone {
  readonly hertz: readonly number[];
  /** Milliseconds: on, off, on, off ... */
  readonly cadence: readonly number[];
  /** 0 to 1. */
  readonly volume: number;
}

/** Two short rings and a pause. */
export const ringTone: Tone = { hertz: [400, 450], cadence: [400, 200, 400, 2000], volume: 0.4 };

/** GB/T 3380 (China): 450 Hz, 1 s on, 4 s off. */
export const ringbackTone: Tone = { hertz: [450], cadence: [1000, 4000], volume: 0.15 };

/** GB/T 3380 (China): 450 Hz, 0.4 s on, 4 s off: another call waits. */
export const waitingTone: Tone = { hertz: [450], cadence: [400, 4000], volume: 0.1 };

/** Enough for a telephone's tones. */
export const toneSampleRate = 8000;

const fadeSamples = toneSampleRate / 100;

/** One period of the tone, to be looped. Faded at its edges: a hard edge clicks. */
export function toneSamples(tone: Tone): Float32Array {
  const parts = tone.cadence.map((ms, index) => {
    const part = new Float32Array(Math.round((ms * toneSampleRate) / 1000));
    return index % 2 === 0 ? part.map((_, at) => sample(tone, at, part.length)) : part;
  });
  const samples = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    samples.set(part, start);
    start += part.length;
  }
  return samples;
}

function sample(tone: Tone, at: number, length: number): number {
  const sum = tone.hertz.reduce(
    (total, hertz) => total + Math.sin((2 * Math.PI * hertz * at) / toneSampleRate),
    0,
  );
  const fade = Math.min(1, at / fadeSamples, (length - 1 - at) / fadeSamples);
  return (sum / tone.hertz.length) * fade * tone.volume;
}
