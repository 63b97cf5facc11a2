import { aLawOfPcm, muLawOfPcm } from '@soft-handset/media/g711';
import type { Law } from './g711-sdp.ts';

/** Frames of 20 ms, encoded once: playing them costs a copy. */
export type Sound = Readonly<Record<Law, readonly Buffer[]>>;

const rate = 8_000;
const frameSamples = 160;

/**
 * The digital milliwatt (ITU-T G.711 tables 5 and 6): eight bytes for ever are 1 kHz at 0 dBm0. Measuring sets know exactly these.
 */
export const milliwatt: Sound = {
  PCMU: [repeated('1e0b0b1e9e8b8b9e')],
  PCMA: [repeated('34212134b4a1a1b4')],
};

/** Three tones that rise: somebody begins to speak. Ours, as is all that sounds here. */
export function chime(): Sound {
  return encoded(mixed([note(523.25, 0, 0.9), note(659.25, 0.25, 0.9), note(783.99, 0.5, 1.2)], 2));
}

/** Two short tones, for who joins a room, and turned round for who leaves it. */
export function joined(): Int16Array {
  return mixed([note(660, 0, 0.15), note(880, 0.12, 0.2)], 0.5);
}

export function left(): Int16Array {
  return mixed([note(880, 0, 0.15), note(660, 0.12, 0.2)], 0.5);
}

/** Music for waiting: four chords, broken, over a bass; twelve seconds that go on where they began. */
export function music(): Sound {
  const beat = 0.375;
  const chords = [
    [0, 4, 7, 11],
    [-3, 0, 4, 7],
    [-7, -3, 0, 4],
    [-5, -1, 2, 5],
  ];
  const notes = chords.flatMap((chord, bar) => {
    const start = bar * 8 * beat;
    const bass = note(pitch((chord[0] ?? 0) - 24), start, 6 * beat, 0.5);
    const broken = [0, 1, 2, 3, 2, 1, 2, 3].map((at, step) =>
      note(pitch(chord[at] ?? 0), start + step * beat, 3 * beat, 0.28),
    );
    return [bass, ...broken];
  });
  return encoded(mixed(notes, chords.length * 8 * beat));
}

export function encodedIn(law: Law, samples: Int16Array): Buffer {
  return law === 'PCMU' ? muLawOfPcm(samples) : aLawOfPcm(samples);
}

interface Note {
  readonly hertz: number;
  readonly startSeconds: number;
  readonly seconds: number;
  readonly loudness: number;
}

function note(hertz: number, startSeconds: number, seconds: number, loudness = 0.4): Note {
  return { hertz, startSeconds, seconds, loudness };
}

/** Semitones from the c above middle c. */
function pitch(semitones: number): number {
  return 523.25 * 2 ** (semitones / 12);
}

/** What rings beyond the end rings on at the beginning, so that a loop has no seam. */
function mixed(notes: readonly Note[], seconds: number): Int16Array {
  const length = Math.round((seconds * rate) / frameSamples) * frameSamples;
  const sum = new Float64Array(length);
  for (const one of notes) {
    const start = Math.round(one.startSeconds * rate);
    for (let at = 0; at < one.seconds * rate; at++) {
      const index = (start + at) % length;
      sum[index] = (sum[index] ?? 0) + sampleOf(one, at / rate);
    }
  }
  return Int16Array.from(sum, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 20_000));
}

/** A plucked string, roughly: two overtones that fade faster than the tone. */
function sampleOf({ hertz, seconds, loudness }: Note, at: number): number {
  const rise = Math.min(1, at / 0.008);
  const fall = Math.max(0, 1 - at / seconds) ** 2;
  const wave = (overtone: number) => Math.sin(2 * Math.PI * hertz * overtone * at);
  return loudness * rise * fall * (wave(1) + 0.35 * fall * wave(2) + 0.15 * fall * wave(3));
}

function encoded(samples: Int16Array): Sound {
  return { PCMU: framesOf(muLawOfPcm(samples)), PCMA: framesOf(aLawOfPcm(samples)) };
}

export function framesOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / frameSamples) }, (_, at) =>
    bytes.subarray(at * frameSamples, (at + 1) * frameSamples),
  );
}

function repeated(pattern: string): Buffer {
  const bytes = Buffer.from(pattern, 'hex');
  return Buffer.alloc(frameSamples, bytes);
}
