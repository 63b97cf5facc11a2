import type { Codec } from './sdp-codecs.ts';
import type { Kind } from './sdp-memory.ts';

/** A codec with its payload type on each side. */
export interface MappedCodec {
  readonly codec: Codec;
  readonly peer: number;
  readonly handset: number;
  /** Tones of the handset's at 48 kHz, which are the peer's at 8 kHz: one way, and beside those. */
  readonly isWideTone?: true;
}

/** RFC 3551 §6 and RFC 5761 §4: numbers that have no meaning of their own and are not taken for RTCP. */
const freePayloads = [...range(96, 127), ...range(35, 63)];

/**
 * Numbers for the handset. A peer may use one for audio and for video; towards the browser both share a transport, so the
 * second gets another number there.
 */
export function payloadsOfOffer(
  lines: readonly { readonly kind: Kind; readonly codecs: readonly Codec[] }[],
): ReadonlyMap<Kind, readonly MappedCodec[]> {
  const all = new Set(lines.flatMap(({ codecs }) => codecs.map((codec) => codec.payload)));
  const taken = new Set<number>();
  const free = (): number | undefined =>
    freePayloads.find((payload) => !all.has(payload) && !taken.has(payload));
  const mapped = new Map<Kind, readonly MappedCodec[]>();
  for (const { kind, codecs } of lines) {
    const own = codecs.flatMap((codec) => {
      const handset = taken.has(codec.payload) ? free() : codec.payload;
      if (handset === undefined) return [];
      taken.add(handset);
      return [{ codec, peer: codec.payload, handset }];
    });
    const wide = free();
    const tones = wide === undefined ? undefined : wideTones(own, { ...wideTone, payload: wide });
    if (tones) taken.add(tones.handset);
    mapped.set(kind, tones ? [...own, tones] : own);
  }
  return mapped;
}

const wideTone = { name: 'telephone-event', rate: 48_000, parameters: '0-15' };

/** Many phones offer Opus with tones of 8 kHz alone, and there Chromium's come out too short (see `NarrowTones`). */
function wideTones(codecs: readonly MappedCodec[], tone: Codec): MappedCodec | undefined {
  const has = (name: string, rate: number): MappedCodec | undefined =>
    codecs.find(({ codec }) => codec.name.toLowerCase() === name && codec.rate === rate);
  const narrow = has(wideTone.name, 8000);
  if (!narrow || !has('opus', 48_000) || has(wideTone.name, 48_000)) return undefined;
  return { codec: tone, peer: narrow.peer, handset: tone.payload, isWideTone: true };
}

/**
 * What the peer answered, in the handset's numbers. RFC 3264 §6.1 lets an answer number a codec anew: then that number is
 * for what goes to the peer, and what comes from it should have the offer's.
 */
export function payloadsOfAnswer(
  offered: readonly Codec[],
  answered: readonly Codec[],
): readonly MappedCodec[] {
  const left = [...offered];
  const own = answered.flatMap((codec) => {
    const alike = left.filter((each) => isSameCodec(each, codec));
    const chosen = alike.find((each) => each.payload === codec.payload) ?? alike[0];
    if (!chosen) return [];
    left.splice(left.indexOf(chosen), 1);
    return [{ codec, peer: codec.payload, handset: chosen.payload }];
  });
  const offeredTone = left.find((each) => isSameCodec(each, { ...wideTone, payload: each.payload }));
  const tones = offeredTone && wideTones(own, offeredTone);
  return tones ? [...own, tones] : own;
}

function isSameCodec(one: Codec, other: Codec): boolean {
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    one.rate === other.rate &&
    (one.channels ?? 1) === (other.channels ?? 1)
  );
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
