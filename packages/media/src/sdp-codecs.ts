import type { Kind } from './sdp-memory.ts';
import type { MediaDescription } from './sdp-text.ts';

/** One payload type of an m-line (RFC 8866 §6.6, §6.15). */
export interface Codec {
  readonly payload: number;
  readonly name: string;
  readonly rate: number;
  readonly channels?: number;
  readonly parameters?: string;
}

/** RFC 3551 §6: payload types that need no rtpmap. */
const staticCodecs: Readonly<Record<number, readonly [name: string, rate: number]>> = {
  0: ['PCMU', 8000],
  3: ['GSM', 8000],
  4: ['G723', 8000],
  8: ['PCMA', 8000],
  9: ['G722', 8000],
  13: ['CN', 8000],
  15: ['G728', 8000],
  18: ['G729', 8000],
  31: ['H261', 90000],
  34: ['H263', 90000],
};

const maxCodecs = 64;
/** What an offer to a SIP peer holds: enough for every phone, little enough for a UDP packet (RFC 3261 §18.1.1). */
const offered: Readonly<Record<Kind, readonly string[]>> = {
  audio: ['opus', 'g722', 'pcmu', 'pcma', 'telephone-event'],
  video: ['h264', 'vp8'],
};
/** Repair streams end at the engine, which makes its own towards the browser. */
const repair = /^(rtx|red|ulpfec|flexfec.*|x-ulpfecuc)$/;
const noMediaOfTheirOwn = /^(telephone-event|cn|rtx|red|ulpfec|flexfec.*|x-ulpfecuc)$/;

/**
 * The payload types of an m-line that mean something, in its order. Parameters of types that the m-line does not name
 * are gone with that: Chromium refuses an SDP that has them.
 */
export function codecsOf(media: MediaDescription, payloads: string): readonly Codec[] {
  const numbers = payloads.split(/\s+/).filter((text) => /^\d{1,3}$/.test(text));
  return [...new Set(numbers.map(Number))].slice(0, maxCodecs).flatMap((payload) => {
    // RFC 5761 §4: 64 to 95 would be taken for RTCP where it shares the port, as it does towards the browser.
    if (payload > 127 || (payload >= 64 && payload <= 95)) return [];
    const codec = codecOf(media, payload);
    return codec && !repair.test(codec.name.toLowerCase()) ? [codec] : [];
  });
}

function codecOf(media: MediaDescription, payload: number): Codec | undefined {
  const map = media.rtp.find((each) => each.payload === payload);
  const [staticName, staticRate] = staticCodecs[payload] ?? [];
  const name = map?.codec ?? staticName;
  const rate = map?.rate ?? staticRate;
  if (name === undefined || rate === undefined || !Number.isSafeInteger(rate) || rate === 0) return undefined;
  const parameters = media.fmtp.find((each) => each.payload === payload)?.config;
  return {
    payload,
    name,
    rate,
    ...(map?.encoding !== undefined && { channels: map.encoding }),
    ...(parameters !== undefined && { parameters }),
  };
}

/** True where sound or picture can flow: tones and comfort noise alone are no codec. */
export function hasMediaCodec(names: readonly string[]): boolean {
  return names.some(isMediaCodec);
}

export function isMediaCodec(name: string): boolean {
  return !noMediaOfTheirOwn.test(name.toLowerCase());
}

export function staticCodecName(payload: number): string | undefined {
  return staticCodecs[payload]?.[0];
}

/** The handset's offer cut to what SIP peers can use; if that leaves nothing, the offer as it is. */
export function trimOffer(kind: Kind, codecs: readonly Codec[]): readonly Codec[] {
  const known = codecs.filter((codec) => offered[kind].includes(codec.name.toLowerCase()));
  if (!hasMediaCodec(known.map((codec) => codec.name))) return codecs;
  return kind === 'video' ? constrainedBaselineFirst(known) : known;
}

/**
 * H.264 before the others, and its constrained baseline first: the profile every video phone has (RFC 7742 §6.2).
 * Single-NAL mode is offered for that profile only.
 */
function constrainedBaselineFirst(codecs: readonly Codec[]): readonly Codec[] {
  const rank = (codec: Codec): number => {
    if (!isH264(codec)) return 4;
    if (!isConstrainedBaseline(codec)) return 3;
    return isSingleNal(codec) ? 2 : 1;
  };
  const isCommon = (codec: Codec): boolean => rank(codec) !== 3 || !isSingleNal(codec);
  const kept = codecs.some((codec) => isH264(codec) && isCommon(codec)) ? codecs.filter(isCommon) : codecs;
  return [...kept].sort((a, b) => rank(a) - rank(b));
}

/** The parameters of the H.264 payload types among these. */
export function h264Parameters(codecs: readonly Codec[]): Readonly<Record<number, string>> {
  return Object.fromEntries(
    codecs
      .filter(isH264)
      .flatMap(({ payload, parameters }) => (parameters === undefined ? [] : [[payload, parameters]])),
  );
}

/**
 * H.264 in a phone's answer, put so that a browser knows its own offer in it. Profile and packetization mode of an answer
 * are those of the offer (RFC 6184 §8.2.2), but phones leave them out or name their favourite; the level is theirs.
 */
export function answeredLikeOffered(codec: Codec, offeredH264: Readonly<Record<number, string>>): Codec {
  const ours = offeredH264[codec.payload];
  if (!isH264(codec) || ours === undefined) return codec;
  const answered = parametersOf(codec.parameters);
  const wanted = parametersOf(ours);
  const profile = wanted.get('profile-level-id') ?? '42e01f';
  const theirs = answered.get('profile-level-id') ?? '';
  const level = /^[0-9a-f]{6}$/i.test(theirs) ? theirs.slice(4) : profile.slice(4);
  const parameters = new Map(answered);
  parameters.set('profile-level-id', profile.slice(0, 4) + level);
  parameters.set('packetization-mode', wanted.get('packetization-mode') ?? '0');
  parameters.set('level-asymmetry-allowed', wanted.get('level-asymmetry-allowed') ?? '1');
  return { ...codec, parameters: [...parameters].map(([key, value]) => `${key}=${value}`).join(';') };
}

function isH264(codec: Codec): boolean {
  return codec.name.toLowerCase() === 'h264';
}

/** RFC 6184 §8.1, table 5: baseline with constraint_set1. */
function isConstrainedBaseline(codec: Codec): boolean {
  const profile = parametersOf(codec.parameters).get('profile-level-id') ?? '';
  return /^42[4-7c-f]/i.test(profile);
}

function isSingleNal(codec: Codec): boolean {
  return (parametersOf(codec.parameters).get('packetization-mode') ?? '0') === '0';
}

function parametersOf(text: string | undefined): ReadonlyMap<string, string> {
  const pairs = (text ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.flatMap(([key, ...value]) => (key ? [[key.toLowerCase(), value.join('=')]] : [])));
}

/** The part of an m-line that speaks of codecs. */
export function codecLines(
  codecs: readonly Codec[],
): Pick<MediaDescription, 'rtp' | 'fmtp'> & { readonly payloads: string } {
  return {
    payloads: codecs.map((codec) => codec.payload).join(' '),
    rtp: codecs.map(({ payload, name, rate, channels }) => ({
      payload,
      codec: name,
      rate,
      ...(channels !== undefined && { encoding: channels }),
    })),
    fmtp: codecs.flatMap(({ payload, parameters }) =>
      parameters === undefined ? [] : [{ payload, config: parameters }],
    ),
  };
}
