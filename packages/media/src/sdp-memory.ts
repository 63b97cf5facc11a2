import { MediaError } from './engine.ts';

/*
 * What must be remembered of one call's SDP so that each side sees an offer and its answer with the same m-lines in the
 * same order (RFC 3264 §6), and later ones with the same m-lines in the same places (§8), although the engine in the
 * middle takes one audio and one video m-line and nothing else. Plain data; each step returns the next memory.
 *
 *   peer's m-lines        engine's m-lines       handset's m-lines
 *   0 application ─ refused
 *   1 audio ───────────── 0 audio ────────────── 0 audio
 *   2 video ───────────── 1 video ────────────── 1 video
 *                                     refused ─ 2 application
 */

export type Kind = 'audio' | 'video';
export const kinds: readonly Kind[] = ['audio', 'video'];

/** One m-line of a side, with what it takes to refuse it. */
export interface Slot {
  readonly media: string;
  readonly protocol: string;
  readonly payloads: string;
  /** The handset's name for it (RFC 9429 §5.2.1). */
  readonly mid?: string;
  /** RTCP feedback that the peer knows and the engine relays (RFC 4585), such as `nack pli`. */
  readonly feedback?: readonly string[];
}

export type PerKind<T> = Readonly<Partial<Record<Kind, T>>>;

export interface Side {
  readonly slots: readonly Slot[];
  /** The slot that is the engine's m-line of that kind. */
  readonly carries: PerKind<number>;
  /** True where this side's last word on it was not port 0. */
  readonly live: PerKind<boolean>;
}

/** Where the peer took its media last, for the time when it does not say. */
export interface PeerTarget {
  readonly ip: string;
  readonly port: number;
}

export interface SdpMemory {
  /** The engine's m-lines, in order. */
  readonly engine: readonly Kind[];
  readonly peer: Side;
  readonly handset: Side;
  readonly target: PerKind<PeerTarget>;
  /** True where the peer's last word on it had keys for SRTP. */
  readonly secured: PerKind<boolean>;
  /** H.264 payload types offered to the peer, each with its parameters. */
  readonly offeredH264: Readonly<Record<number, string>>;
}

/** What one step of the adapter gives. */
export interface Step<T> {
  readonly sdp: T;
  readonly memory: SdpMemory;
}

const emptySide: Side = { slots: [], carries: {}, live: {} };

export const emptyMemory: SdpMemory = {
  engine: [],
  peer: emptySide,
  handset: emptySide,
  target: {},
  secured: {},
  offeredH264: {},
};

/** An m-line of an offer, as far as the choice of m-lines goes. */
export interface OfferedLine {
  readonly slot: Slot;
  readonly kind: Kind | undefined;
  readonly isLive: boolean;
}

/**
 * The side after an offer of its own. Of several m-lines of a kind one is carried: where it was before if that is
 * still live, else the first live one; a line switched off keeps its place. The others are refused.
 */
export function sideAfterOffer(lines: readonly OfferedLine[], before: Side): Side {
  const carries: Partial<Record<Kind, number>> = {};
  const live: Partial<Record<Kind, boolean>> = {};
  for (const kind of kinds) {
    const last = before.carries[kind];
    const ofKind = [...lines.keys()].filter((index) => lines[index]?.kind === kind);
    const alive = ofKind.filter((index) => lines[index]?.isLive);
    const chosen = [
      ...alive.filter((index) => index === last),
      ...alive,
      ...ofKind.filter((index) => index === last),
    ][0];
    if (chosen === undefined) continue;
    carries[kind] = chosen;
    live[kind] = lines[chosen]?.isLive ?? false;
  }
  return { slots: lines.map((line) => line.slot), carries, live };
}

/** The side that an offer goes to: what the engine has and the side does not know yet goes to the end (RFC 3264 §8.1). */
export function sideOffered(
  side: Side,
  wanted: readonly { readonly kind: Kind; readonly slot: Slot }[],
): Side {
  const slots = [...side.slots];
  const carries: Partial<Record<Kind, number>> = { ...side.carries };
  for (const { kind, slot } of wanted) {
    const index = carries[kind] ?? slots.length;
    carries[kind] = index;
    slots[index] = slot;
  }
  return { ...side, slots, carries };
}

/** The engine's m-lines after an offer of that side; new ones come last, audio before video. */
export function engineAfterOffer(engine: readonly Kind[], side: Side): readonly Kind[] {
  const added = kinds.filter((kind) => side.live[kind] && !engine.includes(kind));
  if (engine.length + added.length === 0) {
    throw new MediaError('sdp-refused', 'The SDP offers neither audio nor video that can be used');
  }
  return [...engine, ...added];
}

export function kindOf(media: string): Kind | undefined {
  return kinds.find((kind) => kind === media);
}
