import type { LineTerms } from './embedded-line.ts';
import { type MappedCodec, payloadsOfAnswer, payloadsOfOffer } from './embedded-payloads.ts';
import type { HandsetLine, HandsetSdp, PeerLine } from './embedded-sdp.ts';
import type { HandsetMedia } from './embedded-sdp-write.ts';
import type { Direction } from './sdp-text.ts';
import type { Codec } from './sdp-codecs.ts';
import type { Kind } from './sdp-memory.ts';
import type { SrtpKeys } from './srtp-pair.ts';

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
  | { readonly from: 'handset'; readonly handset: HandsetSdp };

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
export function termsOf({ peer, handset, codecs }: Negotiated, srtp: SrtpKeys | undefined): LineTerms {
  const isLive = isOn(peer) && isOn(handset);
  const own = codecs.filter(({ isWideTone }) => !isWideTone);
  return {
    mid: handset.mid ?? '',
    target: { address: peer.ip, port: peer.port },
    rtcpTarget: peer.rtcp,
    isMuxed: peer.isMuxed,
    srtp,
    sendsToPeer: isLive && takes(peer.direction) && gives(handset.direction),
    sendsToHandset: isLive && gives(peer.direction) && takes(handset.direction),
    payloadsToPeer: new Map(codecs.map((each) => [each.handset, each.peer])),
    // A peer may send by the numbers of our offer or by those of its answer.
    payloadsToHandset: new Map([
      ...own.map((each) => [each.handset, each.handset] as const),
      ...own.map((each) => [each.peer, each.handset] as const),
    ]),
    wideTones: new Set(codecs.filter(({ isWideTone }) => isWideTone).map((each) => each.handset)),
    clockRates: new Map([
      ...own.map((each) => [each.handset, each.codec.rate] as const),
      ...own.map((each) => [each.peer, each.codec.rate] as const),
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

/** The handset's codecs in the numbers of the peer's offer. */
export function inPeersNumbers(line: HandsetLine, offered: readonly MappedCodec[]): readonly Codec[] {
  const codecs = line.codecs.flatMap((codec) => {
    const mapped = offered.find((each) => each.handset === codec.payload);
    if (!mapped) return [];
    return [{ ...codec, payload: mapped.peer, ...(mapped.isWideTone && { rate: 8000 }) }];
  });
  // Tones of two clocks at the handset are one at the peer.
  return codecs.filter(
    ({ payload }, index) => codecs.findIndex((each) => each.payload === payload) === index,
  );
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
