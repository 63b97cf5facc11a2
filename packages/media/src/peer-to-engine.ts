import { isIPv6 } from 'node:net';
import { MediaError, type PlainSdp } from './engine.ts';
import { answeredLikeOffered, type Codec, codecLines } from './sdp-codecs.ts';
import {
  engineAfterOffer,
  type Kind,
  kinds,
  type PeerTarget,
  type SdpMemory,
  type Side,
  sideAfterOffer,
  type Step,
} from './sdp-memory.ts';
import {
  type Addresses,
  type EngineReach,
  type Family,
  leastReach,
  type PlainLine,
  type PlainLines,
  readPlainSdp,
} from './plain-sdp-read.ts';
import type { SdpSections } from './sdp-sections.ts';
import { type Direction, type MediaDescription, writeSdp } from './sdp-text.ts';

/** The engine relays what the browser asks for by RTCP; it also repairs losses towards the browser by itself. */
const feedbackForHandset = ['ccm fir', 'nack', 'nack pli', 'goog-remb'];
const fallbackCodec: Readonly<Record<Kind, Codec>> = {
  audio: { payload: 0, name: 'PCMU', rate: 8000 },
  video: { payload: 96, name: 'VP8', rate: 90000 },
};
const nowhere: Readonly<Record<Family, PeerTarget>> = {
  4: { ip: '127.0.0.1', port: 9 },
  6: { ip: '::1', port: 9 },
};

/**
 * The peer's SDP with the m-lines that the engine takes, in the engine's order, without anything that the engine or the
 * browser behind it would stumble over.
 * @param addresses what the host names in it stand for
 * @param reach what the engine can do towards this peer
 * @throws MediaError `sdp-refused`
 */
export function peerToEngine(
  type: PlainSdp['type'],
  sections: SdpSections,
  memory: SdpMemory,
  addresses: Addresses = new Map(),
  reach: EngineReach = leastReach,
): Step<string> {
  const plain = readPlainSdp(sections, addresses, reach);
  return type === 'offer' ? offerToEngine(plain, memory, reach) : answerToEngine(plain, memory, reach);
}

function offerToEngine(plain: PlainLines, before: SdpMemory, reach: EngineReach): Step<string> {
  const peer = sideAfterOffer(plain.lines, before.peer);
  const engine = engineAfterOffer(before.engine, peer);
  const memory: SdpMemory = { ...before, engine, peer, ...statedBy(plain, peer, before) };
  const media = engine.map((kind) => {
    const line = plain.lines[peer.carries[kind] ?? -1];
    const codecs = line && line.codecs.length > 0 ? line.codecs : [fallbackCodec[kind]];
    // Port 0 in a renegotiation is no end of the stream to the engine, but `inactive` is.
    const direction = peer.live[kind] && line ? line.direction : 'inactive';
    const port = memory.target[kind]?.port ?? nowhere[4].port;
    // Janus names the m-lines of an offer by what it finds here, else by their number; in answers it has the names already.
    const media = engineMedia(kind, memory, { line, codecs, direction, port, reach });
    return { ...media, mid: midOf(kind, memory) };
  });
  return { sdp: writeForEngine(plain, media), memory };
}

function answerToEngine(plain: PlainLines, before: SdpMemory, reach: EngineReach): Step<string> {
  const live: Partial<Record<Kind, boolean>> = {};
  for (const kind of kinds) {
    // RFC 3264 §6: the answer has the offer's m-lines in the offer's order. Missing ones are refused ones.
    const line = plain.lines[before.peer.carries[kind] ?? -1];
    live[kind] = line?.kind === kind && line.isLive && before.handset.live[kind] !== false;
  }
  if (!kinds.some((kind) => live[kind])) {
    throw new MediaError('sdp-refused', 'The answer takes neither the audio nor the video that was offered');
  }
  const peer: Side = { ...before.peer, live };
  const memory: SdpMemory = { ...before, peer, ...statedBy(plain, peer, before) };
  const media = before.engine.map((kind) => {
    const line = live[kind] ? plain.lines[peer.carries[kind] ?? -1] : undefined;
    if (!line)
      return engineMedia(kind, memory, {
        line,
        codecs: [fallbackCodec[kind]],
        direction: 'inactive',
        port: 0,
        reach,
      });
    const codecs = line.codecs.map((codec) => answeredLikeOffered(codec, before.offeredH264));
    return engineMedia(kind, memory, { line, codecs, direction: line.direction, port: line.port, reach });
  });
  return { sdp: writeForEngine(plain, media), memory };
}

/** What the peer says of the m-lines that live; what it said of the others stands. */
function statedBy(plain: PlainLines, peer: Side, before: SdpMemory): Pick<SdpMemory, 'target' | 'secured'> {
  const target: Partial<Record<Kind, PeerTarget>> = { ...before.target };
  const secured: Partial<Record<Kind, boolean>> = { ...before.secured };
  for (const kind of kinds) {
    const line = plain.lines[peer.carries[kind] ?? -1];
    if (!line || !peer.live[kind]) continue;
    secured[kind] = line.hasCrypto;
    // A peer that holds with 0.0.0.0 has not moved: the engine would send to localhost.
    target[kind] = { ip: line.ip ?? before.target[kind]?.ip ?? nowhere[line.family].ip, port: line.port };
  }
  return { target, secured };
}

interface EngineLine {
  readonly line: PlainLine | undefined;
  readonly codecs: readonly Codec[];
  readonly direction: Direction;
  readonly port: number;
  readonly reach: EngineReach;
}

function engineMedia(
  kind: Kind,
  memory: SdpMemory,
  { line, codecs, direction, port, reach }: EngineLine,
): MediaDescription {
  const from = line?.description;
  const { ip } = memory.target[kind] ?? nowhere[4];
  return {
    ...codecLines(codecs),
    type: kind,
    port,
    protocol: line?.slot.protocol.startsWith('RTP/SAVP') ? 'RTP/SAVP' : 'RTP/AVP',
    connection: { version: isIPv6(ip) ? 6 : 4, ip },
    direction,
    ...(kind === 'video' && {
      rtcpFb: codecs.flatMap(({ payload }) => feedbackForHandset.map((type) => ({ payload, type }))),
    }),
    ...(from?.ptime !== undefined && { ptime: from.ptime }),
    ...(from?.maxptime !== undefined && { maxptime: from.maxptime }),
    ...(from?.bandwidth && { bandwidth: from.bandwidth }),
    ...(from?.crypto && { crypto: from.crypto }),
    ...(reach.rtcpAnywhere && from?.rtcp && { rtcp: from.rtcp }),
    ...(reach.rtcpAnywhere && from?.rtcpMux !== undefined && { rtcpMux: from.rtcpMux }),
  };
}

/** The handset's own name for its m-line; before it has one, 0 for audio and 1 for video. */
function midOf(kind: Kind, { handset }: SdpMemory): string {
  const own = handset.slots[handset.carries[kind] ?? -1]?.mid;
  if (own !== undefined) return own;
  const taken = new Set(handset.slots.map((slot) => slot.mid));
  let mid = kinds.indexOf(kind);
  while (taken.has(String(mid))) mid += 1;
  return String(mid);
}

function writeForEngine({ origin }: PlainLines, media: readonly MediaDescription[]): string {
  const id = numberFrom(origin?.sessionId);
  const version = numberFrom(origin?.sessionVersion);
  return writeSdp(['v=0', `o=- ${id} ${version} IN IP4 127.0.0.1`, 's=-', 't=0 0'], media);
}

/** RFC 8866 §5.2: digits; how many is nobody's promise, and the browser only compares them. */
function numberFrom(text = '1'): string {
  return text.length <= 15 ? text : '1';
}
