import type { Jsep } from '@soft-handset/protocol';
import { MediaError } from './engine.ts';
import { isMediaCodec, staticCodecName } from './sdp-codecs.ts';
import {
  engineAfterOffer,
  type Kind,
  kindOf,
  kinds,
  type OfferedLine,
  type SdpMemory,
  type Side,
  sideAfterOffer,
  sideOffered,
  type Slot,
  type Step,
} from './sdp-memory.ts';
import {
  attribute,
  hasFlag,
  joinSdp,
  type MediaSection,
  type SdpSections,
  splitSdp,
} from './sdp-sections.ts';

/*
 * The SDP adapter, the handset's side. A browser's SDP reaches the engine as it is but for m-lines the engine does not know
 * (data channels, a second picture); those come back refused, in their places.
 */

/**
 * @throws MediaError `sdp-refused`, `no-common-codec`
 */
export function handsetToEngine(jsep: Jsep, memory: SdpMemory): Step<Jsep> {
  const sections = splitSdp(jsep.sdp);
  const lines = sections.media.map(readLine);
  const after = jsep.type === 'offer' ? afterOffer(lines, memory) : afterAnswer(lines, memory);
  const media = after.engine.map((kind) => {
    const section = sections.media[after.handset.carries[kind] ?? -1];
    if (!section) throw refused('The SDP leaves out an m-line that was there before');
    // RFC 9429 §4.1.1: port 0 with bundle-only is no refusal, but the engine does not know that.
    return section.port === 0 && hasFlag(section, 'bundle-only') ? { ...section, port: 9 } : section;
  });
  const isUntouched =
    media.length === sections.media.length && media.every((each, index) => each === sections.media[index]);
  return { sdp: isUntouched ? jsep : { ...jsep, sdp: joinSdp({ ...sections, media }) }, memory: after };
}

function afterOffer(lines: readonly OfferedLine[], memory: SdpMemory): SdpMemory {
  if (!lines.some((line) => line.kind && line.isLive)) throw refused('The offer has neither audio nor video');
  if (lines.length < memory.handset.slots.length) throw refused('The offer has fewer m-lines than before');
  const handset = sideAfterOffer(lines, memory.handset);
  return { ...memory, handset, engine: engineAfterOffer(memory.engine, handset) };
}

function afterAnswer(lines: readonly OfferedLine[], memory: SdpMemory): SdpMemory {
  const { slots, carries } = memory.handset;
  if (lines.length !== slots.length || lines.some((line, index) => line.slot.media !== slots[index]?.media)) {
    throw refused('The answer has other m-lines than the offer');
  }
  const live: Partial<Record<Kind, boolean>> = {};
  for (const kind of kinds) live[kind] = lines[carries[kind] ?? -1]?.isLive ?? false;
  // The engine would generate a live port all the same.
  const wanted = kinds.filter((kind) => memory.peer.live[kind]);
  if (wanted.length > 0 && !wanted.some((kind) => live[kind])) {
    throw new MediaError('no-common-codec', 'The handset and the peer have no codec in common');
  }
  return { ...memory, handset: { slots, carries, live } };
}

function readLine(section: MediaSection): OfferedLine {
  const isOn = section.port !== 0 || hasFlag(section, 'bundle-only');
  return { slot: slotOf(section), kind: kindOf(section.media), isLive: isOn && hasCodec(section) };
}

function slotOf(section: MediaSection): Slot {
  const { media, protocol, payloads } = section;
  const mid = attribute(section, 'mid');
  return { media, protocol, payloads, ...(mid !== undefined && { mid }) };
}

/** Whether one of its payload types is for sound or picture. Mostly the first line that names one tells. */
function hasCodec({ payloads, lines }: MediaSection): boolean {
  const unnamed = new Set(payloads.split(' '));
  for (const line of lines) {
    if (!line.startsWith(rtpMap)) continue;
    const gap = line.indexOf(' ', rtpMap.length);
    const slash = line.indexOf('/', gap);
    if (gap < 0 || slash < 0 || !unnamed.delete(line.slice(rtpMap.length, gap))) continue;
    if (isMediaCodec(line.slice(gap + 1, slash))) return true;
  }
  const names = [...unnamed].flatMap((payload) => staticCodecName(Number(payload)) ?? []);
  return names.some(isMediaCodec);
}

const rtpMap = 'a=rtpmap:';

/**
 * The engine's JSEP with the handset's m-lines in the handset's order.
 * @throws MediaError `sdp-refused` if the engine's SDP is not what it should be
 */
export function engineToHandset(jsep: Jsep, memory: SdpMemory): Step<Jsep> {
  const sections = splitSdp(jsep.sdp);
  if (sections.media.length !== memory.engine.length)
    throw refused('The engine made other m-lines than it was given');
  const handset = jsep.type === 'offer' ? handsetOffered(sections, memory) : memory.handset;
  const sectionAt = new Map(
    memory.engine.map((kind, index) => [handset.carries[kind], sections.media[index]]),
  );
  const media = handset.slots.map((slot, index) => sectionAt.get(index) ?? refusedSection(slot));
  const isUntouched =
    media.length === sections.media.length && media.every((each, index) => each === sections.media[index]);
  const full: SdpSections = { ...sections, media };
  return {
    sdp: isUntouched ? jsep : { ...jsep, sdp: joinSdp(full) },
    memory: { ...memory, handset },
  };
}

function handsetOffered({ media }: SdpSections, { engine, handset }: SdpMemory): Side {
  const offered = engine.flatMap((kind, index) => {
    const section = media[index];
    return section ? [{ kind, slot: slotOf(section) }] : [];
  });
  return sideOffered(handset, offered);
}

/** RFC 9429 §5.3.1: port 0, the mid stays. */
function refusedSection({ media, protocol, payloads, mid }: Slot): MediaSection {
  const lines = ['c=IN IP4 0.0.0.0', 'a=inactive', ...(mid === undefined ? [] : [`a=mid:${mid}`])];
  return { media, port: 0, protocol, payloads, lines };
}

function refused(message: string): MediaError {
  return new MediaError('sdp-refused', message);
}
