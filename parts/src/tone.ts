/** What was found in some sound. */
export interface Heard {
  /** The strongest frequency in Hz, to about 10 Hz. */
  readonly frequency: number;
  /** Its share of all the energy: near 1 for a clean tone, near 0 for noise or silence. */
  readonly share: number;
}

/** A sine as 16-bit samples. */
export function sine(frequency: number, samples: number, sampleRate: number, firstSample = 0): Int16Array {
  return Int16Array.from({ length: samples }, (_none, index) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * frequency * (firstSample + index)) / sampleRate)),
  );
}

/** A mono WAV file with a sine. It can be played in a loop without a click: whole seconds of a whole frequency. */
export function toneWav(frequency: number, seconds = 5, sampleRate = 48_000): Buffer {
  const samples = sine(frequency, seconds * sampleRate, sampleRate);
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** The samples of a 16-bit WAV, its first channel only. */
export function readWav(file: Buffer): { readonly samples: Int16Array; readonly sampleRate: number } {
  const channels = file.readUInt16LE(22);
  const sampleRate = file.readUInt32LE(24);
  const dataAt = file.indexOf('data', 36, 'latin1') + 8;
  const frames = Math.floor((file.length - dataAt) / (2 * channels));
  const samples = Int16Array.from({ length: frames }, (_none, index) =>
    file.readInt16LE(dataAt + index * 2 * channels),
  );
  return { samples, sampleRate };
}

/**
 * The strongest frequency between 100 Hz and 3.6 kHz, by Goertzel's algorithm over 100 ms pieces.
 * Undefined where nothing can be heard at all.
 */
export function listen(samples: Int16Array, sampleRate: number): Heard | undefined {
  const size = sampleRate / 10;
  const pieces = Math.floor(samples.length / size);
  const powers = new Map<number, number>();
  let energy = 0;
  for (let piece = 0; piece < pieces; piece += 1) {
    const part = samples.subarray(piece * size, (piece + 1) * size);
    energy += part.reduce((sum, sample) => sum + sample * sample, 0);
    for (let frequency = 100; frequency <= 3_600; frequency += 10) {
      powers.set(frequency, (powers.get(frequency) ?? 0) + goertzel(part, frequency / sampleRate));
    }
  }
  if (energy <= samples.length * 100) return undefined; // below -50 dB of full scale
  const [frequency, power] = [...powers].reduce((best, next) => (next[1] > best[1] ? next : best));
  return { frequency, share: (2 * power) / (size * energy) };
}

/** The squared magnitude of one frequency, given as cycles a sample. */
function goertzel(samples: Int16Array, cyclesPerSample: number): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * cyclesPerSample);
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    [before, last] = [last, sample + coefficient * last - before];
  }
  return before * before + last * last - coefficient * before * last;
}
