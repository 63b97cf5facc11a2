import type { Candidate } from '@soft-handset/protocol';
import { isIPv6 } from 'node:net';
import type { EmbeddedMedia } from './embedded-media.ts';
import {
  answeredByHandset,
  answeredByPeer,
  inPeersNumbers,
  mediaForHandset,
  type NegotiatedLines,
  type Offer,
  peerOffer,
  termsOf,
} from './embedded-negotiation.ts';
import {
  type HandsetLine,
  type HandsetSdp,
  type PeerLine,
  readHandsetSdp,
  readPeerSdp,
} from './embedded-sdp.ts';
import { type HandsetMedia, type PeerMedia, writeForHandset, writeForPeer } from './embedded-sdp-write.ts';
import type { AddressesByFamily } from './embedded-peer-ports.ts';
import { MediaError, type PeerSrtp, type PlainSdp, type ToPeerOptions } from './engine.ts';
import type { RemoteDescription } from './ice-description.ts';
import type { Family } from './plain-sdp-read.ts';
import type { Codec } from './sdp-codecs.ts';
import { plainWords, type SdesChoice, SdesLine } from './sdes-line.ts';
import type { Kind } from './sdp-memory.ts';

type Choices = ReadonlyMap<Kind, SdesChoice | undefined>;

/**
 * One call in the child process: the same verbs as MediaSession, for SDP that the adapter has prepared. Its calls must not
 * overlap. Nothing that an offer says is in force before its answer.
 */
export class EmbeddedCall {
  readonly #media: EmbeddedMedia;
  /** Where our media is, as peers see it. */
  readonly #addresses: AddressesByFamily;
  readonly #sdes: Readonly<Record<Kind, SdesLine>> = { audio: new SdesLine(), video: new SdesLine() };
  #offer: Offer | undefined;
  /** What the handset said last, and where the peer is, as far as it is agreed. */
  #handset: HandsetSdp | undefined;
  #family: Family | undefined;
  #version = 0;

  constructor(media: EmbeddedMedia, addresses: AddressesByFamily) {
    this.#media = media;
    this.#addresses = addresses;
  }

  /** @throws MediaError `sdp-refused` */
  toHandset({ type, sdp }: PlainSdp): Promise<string> {
    const lines = readPeerSdp(sdp);
    return type === 'offer' ? this.#offerToHandset(lines) : this.#answerToHandset(lines);
  }

  /** @throws MediaError `sdp-refused` */
  toPeer({ type, sdp }: PlainSdp, options: ToPeerOptions = {}): Promise<string> {
    const handset = readHandsetSdp(sdp);
    return type === 'offer' ? this.#offerToPeer(handset, options) : this.#answerToPeer(handset, options);
  }

  addCandidate(candidate: Candidate): void {
    if ('candidate' in candidate) this.#media.transports.addCandidate(candidate.candidate);
  }

  /** The offer that is open is refused. */
  rollback(): void {
    this.#offer = undefined;
    this.#media.transports.rollback();
  }

  async #offerToHandset(lines: readonly PeerLine[]): Promise<string> {
    this.#choicesOf(lines, (line) => this.#sdes[line.kind].choiceOf(line.cryptos));
    const offer = peerOffer(lines);
    const media = await Promise.all(
      lines.map(async (line) => {
        // Ports are opened now, when the call can still be refused.
        await this.#portOf(line.kind, this.#familyOf(line));
        const { gets } = this.#media.line(line.kind);
        const codecs = offer.codecs.get(line.kind) ?? [];
        return mediaForHandset(line, { codecs, mid: midOf(line), ssrc: gets.ssrc });
      }),
    );
    const transport = await this.#media.transports.forOffer();
    this.#version += 1;
    const written = writeForHandset({
      version: this.#version,
      media,
      bundle: this.#bundleOf(media),
      local: transport.local(),
      setup: 'actpass',
    });
    this.#offer = offer;
    return written;
  }

  async #answerToHandset(lines: readonly PeerLine[]): Promise<string> {
    const handset = this.#offer?.from === 'handset' ? this.#offer.handset : this.#handset;
    if (!handset) throw refused('There is no offer that this could answer');
    const choices = this.#choicesOf(lines, (line) => this.#sdes[line.kind].takenUp(line.cryptos));
    const negotiated = answeredByPeer(handset.lines, lines);
    const media = [...negotiated.values()].map(({ peer, handset: { mid }, codecs }) => {
      const { gets } = this.#media.line(peer.kind);
      return mediaForHandset(peer, { codecs, mid: mid ?? midOf(peer), ssrc: gets.ssrc });
    });
    const bundle = this.#bundleOf(media, handset);
    const transport = await this.#media.transports.forAnswer(transportIn(handset, bundle));
    this.#version += 1;
    const written = writeForHandset({
      version: this.#version,
      media,
      bundle,
      local: transport.local(),
      setup: transport.role,
    });
    await this.#settle(handset, negotiated, choices);
    return written;
  }

  async #offerToPeer(
    handset: HandsetSdp,
    { srtp, srtpProfile, family: likely = 4 }: ToPeerOptions,
  ): Promise<string> {
    const family = this.#family ?? (this.#addresses[likely] === undefined ? this.#anyFamily() : likely);
    const media = await Promise.all(
      handset.lines.map((line) =>
        this.#mediaForPeer(line, {
          codecs: line.codecs,
          family,
          isMuxed: true,
          sdes: this.#sdes[line.kind].offer(srtp, srtpProfile),
        }),
      ),
    );
    this.#offer = { from: 'handset', handset };
    this.#media.transports.offered();
    return writeForPeer(media);
  }

  async #answerToPeer(handset: HandsetSdp, { srtp, srtpProfile }: ToPeerOptions): Promise<string> {
    const offer = this.#offer;
    if (offer?.from !== 'peer') throw refused('There is no offer that this could answer');
    const choices = this.#choicesOf(
      offer.lines,
      (line) => this.#sdes[line.kind].choiceOf(line.cryptos, srtpProfile),
      srtp,
    );
    const live = handset.bundle.filter((mid) =>
      handset.lines.some((line) => line.mid === mid && line.port !== 0),
    );
    this.#media.transports.answered(transportIn(handset, live));
    const media = await Promise.all(
      handset.lines.map((line) => {
        const peer = offer.lines.find(({ kind }) => kind === line.kind);
        const choice = choices.get(line.kind);
        return this.#mediaForPeer(line, {
          codecs: inPeersNumbers(line, offer.codecs.get(line.kind) ?? []),
          family: peer && this.#familyOf(peer),
          isMuxed: peer?.isMuxed ?? false,
          sdes: choice ? this.#sdes[line.kind].answer(choice) : plainWords,
        });
      }),
    );
    await this.#settle(handset, answeredByHandset(offer, handset.lines), choices);
    return writeForPeer(media);
  }

  /** @throws MediaError `sdp-refused` if it is to be SRTP or nothing, and the peer has none that may be taken */
  #choicesOf(
    lines: readonly PeerLine[],
    choose: (line: PeerLine) => SdesChoice | undefined,
    srtp?: PeerSrtp,
  ): Choices {
    return new Map(
      lines.map((line) => {
        const choice = choose(line);
        if (!choice && line.port !== 0 && (line.isSecure || srtp === 'mandatory'))
          throw refused('The peer has no SRTP that can be used');
        return [line.kind, choice] as const;
      }),
    );
  }

  async #settle(handset: HandsetSdp, lines: NegotiatedLines, choices: Choices): Promise<void> {
    for (const [kind, line] of lines) {
      const choice = choices.get(kind);
      this.#sdes[kind].settle(choice);
      this.#media.line(kind).settle(termsOf(line, choice?.keys));
      if (line.peer.port === 0) continue;
      this.#family = this.#familyOf(line.peer);
      // A peer that answers from the other family than it was offered is sent to from a port of its own.
      await this.#portOf(kind, this.#family);
    }
    this.#offer = undefined;
    this.#handset = handset;
  }

  async #mediaForPeer(
    { kind, direction, hints }: HandsetLine,
    {
      family = this.#anyFamily(),
      ...said
    }: Pick<PeerMedia, 'isMuxed' | 'sdes'> & {
      readonly codecs: readonly Codec[];
      readonly family: Family | undefined;
    },
  ): Promise<PeerMedia> {
    const port = await this.#portOf(kind, family);
    return { kind, direction, hints, port, address: this.#addresses[family] ?? '', ...said };
  }

  /** @throws MediaError `engine-down` when no port is free */
  #portOf(kind: Kind, family: Family): Promise<number> {
    if (this.#addresses[family] === undefined) throw refused(`There is no IPv${family} here`);
    return this.#media.portFor(kind, family);
  }

  /** Where a peer is that says so; one that takes nothing may have said nothing of use. */
  #familyOf({ ip, direction }: PeerLine): Family {
    const family = isIPv6(ip) ? 6 : 4;
    return direction === 'inactive' && this.#addresses[family] === undefined ? this.#anyFamily() : family;
  }

  #anyFamily(): Family {
    return this.#addresses[4] === undefined ? 6 : 4;
  }

  /** The handset's order where it has one: the first name is that of the m-line with the transport (RFC 9143 §7.3). */
  #bundleOf(media: readonly HandsetMedia[], handset = this.#handset): readonly string[] {
    const live = media.filter(({ isLive }) => isLive).map(({ mid }) => mid);
    const known = handset?.bundle ?? [];
    return [...known.filter((mid) => live.includes(mid)), ...live.filter((mid) => !known.includes(mid))];
  }
}

/** The transport of a bundle is that of its first m-line. */
function transportIn({ transports }: HandsetSdp, bundle: readonly string[]): RemoteDescription | undefined {
  return bundle.map((mid) => transports.get(mid)).find((transport) => transport !== undefined);
}

/** In offers the adapter has named each m-line. */
function midOf({ kind, mid }: PeerLine): string {
  return mid ?? (kind === 'audio' ? '0' : '1');
}

function refused(message: string): MediaError {
  return new MediaError('sdp-refused', message);
}
