import { isIPv6 } from 'node:net';
import { MediaError, type PlainSdp } from './engine.ts';
import { addressOf } from './plain-sdp-read.ts';
import { type Codec, codecLines, codecsOf, h264Parameters, trimOffer } from './sdp-codecs.ts';
import { type Kind, type SdpMemory, type Side, sideOffered, type Slot, type Step } from './sdp-memory.ts';
import { type MediaSection, splitSdp } from './sdp-sections.ts';
import { type Connection, type MediaDescription, placeOf, readSections, writeSdp } from './sdp-text.ts';

/** An m-line of the engine, whole and read. */
interface EngineLine {
  readonly kind: Kind;
  readonly section: MediaSection;
  readonly description: MediaDescription;
  /** Where the engine takes it. */
  readonly address: string;
}

/**
 * What the engine generated for the peer, with the peer's own m-lines in the peer's order, cut to what a SIP peer needs.
 * Its o= line has yet to be stamped.
 * @throws MediaError `sdp-refused` if the engine's SDP is not what it should be
 */
export function engineToPeer(generated: PlainSdp, before: SdpMemory): Step<string> {
  const lines = readGenerated(generated.sdp, before);
  const [{ address } = refusedAll()] = lines;
  const isOffer = generated.type === 'offer';
  const peer = isOffer ? sideOffered(before.peer, offeredSlots(lines, before)) : before.peer;
  const shown = new Map<number, MediaDescription>();
  let { offeredH264 } = before;
  for (const line of lines) {
    const slot = liveSlot(line.kind, generated.type, peer, before);
    if (!slot) continue;
    const all = codecsOf(line.description, line.section.payloads);
    const codecs = isOffer ? trimOffer(line.kind, all) : all;
    if (isOffer) offeredH264 = { ...offeredH264, ...h264Parameters(codecs) };
    const media = peerMedia(line, slot, codecs);
    const isElsewhere = line.address !== address;
    shown.set(
      peer.slots.indexOf(slot),
      isElsewhere ? { ...media, connection: connectionTo(line.address) } : media,
    );
  }
  const connection = connectionTo(address);
  const sdp = writeSdp(
    // Mostly one address is for all the media, and one c= line is shorter than two.
    ['v=0', `o=- 0 0 ${placeOf(connection)}`, 's=-', `c=${placeOf(connection)}`, 't=0 0'],
    peer.slots.map((slot, index) => shown.get(index) ?? refusedMedia(slot)),
  );
  const slots = peer.slots.map((slot, index) => ({
    ...slot,
    payloads: shown.get(index)?.payloads ?? slot.payloads,
  }));
  return { sdp, memory: { ...before, peer: { ...peer, slots }, offeredH264 } };
}

function readGenerated(sdp: string, { engine }: SdpMemory): readonly EngineLine[] {
  const sections = splitSdp(sdp);
  const parsed = readSections(sections);
  const lines = engine.flatMap((kind, index) => {
    const section = sections.media[index];
    const description = parsed.media[index];
    const address = section && addressOf(section, sections);
    if (section?.media !== kind || !description || address === undefined) return [];
    return [{ kind, section, description, address }];
  });
  if (lines.length !== sections.media.length || lines.length !== engine.length) refusedAll();
  return lines;
}

function refusedAll(): never {
  throw new MediaError('sdp-refused', 'The engine generated something else than it was given');
}

/** What an offer has to have: what lives at the handset, in the peer's own m-line if it has one. */
function offeredSlots(lines: readonly EngineLine[], before: SdpMemory): { kind: Kind; slot: Slot }[] {
  const { handset, peer } = before;
  return lines
    .filter(({ kind }) => handset.live[kind])
    .map(({ kind, section }) => ({
      kind,
      slot: peer.slots[peer.carries[kind] ?? -1] ?? { media: kind, protocol: section.protocol, payloads: '' },
    }));
}

/** The peer's m-line for a kind that is on at both sides; for an offer, at ours. */
function liveSlot(kind: Kind, type: PlainSdp['type'], peer: Side, { handset }: SdpMemory): Slot | undefined {
  const isLive = handset.live[kind] !== false && (type === 'offer' || peer.live[kind]);
  return isLive ? peer.slots[peer.carries[kind] ?? -1] : undefined;
}

function peerMedia(
  { description, section }: EngineLine,
  slot: Slot,
  codecs: readonly Codec[],
): MediaDescription {
  const { ptime, maxptime, crypto, rtcpMux } = description;
  const { protocol, feedback = [] } = slot;
  return {
    ...codecLines(codecs),
    type: section.media,
    port: section.port,
    // RFC 3264 §6: an answer keeps the offer's transport; the engine always writes AVP.
    protocol,
    direction: description.direction ?? 'sendrecv',
    ...(ptime !== undefined && { ptime }),
    ...(maxptime !== undefined && { maxptime }),
    ...(crypto && { crypto }),
    ...(rtcpMux !== undefined && { rtcpMux }),
    // RFC 4585 §4.2: feedback belongs to the AVPF profiles, and an answer has what was offered.
    ...(protocol.endsWith('F') && {
      rtcpFb: codecs.flatMap(({ payload }) => feedback.map((type) => ({ payload, type }))),
    }),
  };
}

/** RFC 3264 §6: port 0, and the formats still have to be there. */
function refusedMedia({ media, protocol, payloads }: Slot): MediaDescription {
  return { type: media, port: 0, protocol, payloads: payloads || '0', rtp: [], fmtp: [] };
}

function connectionTo(ip: string): Connection {
  return { version: isIPv6(ip) ? 6 : 4, ip };
}
