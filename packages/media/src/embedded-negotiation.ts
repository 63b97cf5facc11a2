import type { LineTerms } from './embedded-line.ts';
import { type MappedCodec, payloadsOfAnswer, payloadsOfOffer } from './embedded-payloads.ts';
import type { HandsetLine, PeerLine } from './embedded-sdp.ts';
import type { HandsetMedia, PeerMedia } from './embedded-sdp-write.ts';
import type { Direction } from './sdp-text.ts';
import type { Codec } from './sdp-codecs.ts';
import type { Kind } from './sdp-memory.ts';

/*
 * Offer and answer of one call as plain data (RFC 3264). Nothing is in force before the answer: an offer that is refused
 * leaves the call as it was.
 */

/** What both sides said last of one m-line. */
export interface Negotiated {
  readonly peer: PeerLine;
  readonly handset: HandsetLine;
  readonly codecs: readonly MappedCodec[];
}

export type NegotiatedLines = ReadonlyMap<Kind, Negotiated>;

export type Offer =
  | {
      readonly from: 'peer';
      readonly lines: readonly PeerLine[];
      readonly codecs: ReadonlyMap<Kind, readonly MappedCodec[]>;
    }
  | { readonly from: 'handset'; readonly lines: readonly HandsetLine[] };

export function peerOffer(lines: readonly PeerLine[]): Offer & { from: 'peer' } {
  return { from: 'peer', lines, codecs: payloadsOfOffer(lines) };
}

/** The handset's answer to the peer's offer. */
export function answeredByHandset(
  offer: Offer & { from: 'peer' },
  answer: readonly HandsetLine[],
): NegotiatedLines {
  return pairs(offer.lines, answer, (peer, handset) => {
    const offered = offer.codecs.get(peer.kind) ?? [];
    const numbers = handset.codecs.map((codec) => codec.payload);
    return { peer, handset, codecs: offered.filter((each) => numbers.includes(each.handset)) };
  });
}

/** The peer's answer to the handset's offer. */
export function answeredByPeer(offer: readonly HandsetLine[], answer: readonly PeerLine[]): NegotiatedLines {
  return pairs(answer, offer, (peer, handset) => ({
    peer,
    handset,
    codecs: payloadsOfAnswer(handset.codecs, peer.codecs),
  }));
}

function pairs(
  peers: readonly PeerLine[],
  handsets: readonly HandsetLine[],
  join: (peer: PeerLine, handset: HandsetLine) => Negotiated,
): NegotiatedLines {
  return new Map(
    peers.flatMap((peer) => {
      const handset = handsets.find(({ kind }) => kind === peer.kind);
      return handset ? [[peer.kind, join(peer, handset)] as const] : [];
    }),
  );
}

/** What the m-line's RTP has to do from now on. */
export function termsOf({ peer, handset, codecs }: Negotiated): LineTerms {
  const isLive = isOn(peer) && isOn(handset);
  return {
    mid: handset.mid ?? '',
    target: { address: peer.ip, port: peer.port },
    rtcpTarget: { address: peer.ip, port: peer.port + 1 },
    sendsToPeer: isLive && takes(peer.direction) && gives(handset.direction),
    sendsToHandset: isLive && gives(peer.direction) && takes(handset.direction),
    payloadsToPeer: new Map(codecs.map((each) => [each.handset, each.peer])),
    // A peer may send by the numbers of our offer or by those of its answer.
    payloadsToHandset: new Map([
      ...codecs.map((each) => [each.handset, each.handset] as const),
      ...codecs.map((each) => [each.peer, each.handset] as const),
    ]),
    clockRates: new Map([
      ...codecs.map((each) => [each.handset, each.codec.rate] as const),
      ...codecs.map((each) => [each.peer, each.codec.rate] as const),
    ]),
    codecs: new Map(isLive ? codecs.map((each) => [each.handset, each.codec]) : []),
    handsetSsrcs: handset.ssrcs,
  };
}

/** The peer's m-lines as the browser shall see them. */
export function mediaForHandset(
  line: PeerLine,
  { codecs, mid, ssrc }: { codecs: readonly MappedCodec[]; mid: string; ssrc: number },
): HandsetMedia {
  const { kind, direction, hints } = line;
  return { kind, mid, ssrc, direction, hints, codecs, isLive: isOn(line) && codecs.length > 0 };
}

/** A handset's m-line as the peer shall see it, in the peer's numbers. */
export function mediaForPeer(line: HandsetLine, codecs: readonly Codec[], port: number): PeerMedia {
  return { kind: line.kind, direction: line.direction, hints: line.hints, codecs, port };
}

/** The handset's codecs in the numbers of the peer's offer. */
export function inPeersNumbers(line: HandsetLine, offered: readonly MappedCodec[]): readonly Codec[] {
  return line.codecs.flatMap((codec) => {
    const mapped = offered.find((each) => each.handset === codec.payload);
    return mapped ? [{ ...codec, payload: mapped.peer }] : [];
  });
}

function isOn({ port }: PeerLine | HandsetLine): boolean {
  return port !== 0;
}

function gives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

function takes(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}
