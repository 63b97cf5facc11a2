import type { Candidate } from '@soft-handset/protocol';
import type { EmbeddedMedia } from './embedded-media.ts';
import {
  answeredByHandset,
  answeredByPeer,
  inPeersNumbers,
  mediaForHandset,
  mediaForPeer,
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
import { type HandsetMedia, writeForHandset, writeForPeer } from './embedded-sdp-write.ts';
import type { RemoteDescription } from './embedded-transport.ts';
import { MediaError, type PlainSdp } from './engine.ts';

/**
 * One call in the child process: the same two verbs as MediaSession, for SDP that the adapter has prepared. Its calls
 * must not overlap.
 */
export class EmbeddedCall {
  readonly #media: EmbeddedMedia;
  /** Where our media is, as peers see it. */
  readonly #address: string;
  #offer: Offer | undefined;
  #handset: HandsetSdp | undefined;
  #version = 0;

  constructor(media: EmbeddedMedia, address: string) {
    this.#media = media;
    this.#address = address;
  }

  /** @throws MediaError `sdp-refused` */
  toHandset({ type, sdp }: PlainSdp): Promise<string> {
    const lines = readPeerSdp(sdp);
    return type === 'offer' ? this.#offerToHandset(lines) : this.#answerToHandset(lines);
  }

  /** @throws MediaError `sdp-refused` */
  toPeer({ type, sdp }: PlainSdp): Promise<string> {
    const handset = readHandsetSdp(sdp);
    return type === 'offer' ? this.#offerToPeer(handset) : this.#answerToPeer(handset);
  }

  addCandidate(candidate: Candidate): void {
    if ('candidate' in candidate) this.#media.addCandidate(candidate.candidate);
  }

  close(): void {
    this.#media.close();
  }

  async #offerToHandset(lines: readonly PeerLine[]): Promise<string> {
    const offer = peerOffer(lines);
    const media = await Promise.all(
      lines.map(async (line) => {
        const { gets } = await this.#media.line(line.kind);
        const codecs = offer.codecs.get(line.kind) ?? [];
        return mediaForHandset(line, { codecs, mid: midOf(line), ssrc: gets.ssrc });
      }),
    );
    const transport = await this.#media.transportForOffer();
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
    const handset = this.#handset;
    if (!handset) throw refused('There is no offer that this could answer');
    const negotiated = answeredByPeer(handset.lines, lines);
    const media = await Promise.all(
      [...negotiated.values()].map(async ({ peer, handset: { mid }, codecs }) => {
        const { gets } = await this.#media.line(peer.kind);
        return mediaForHandset(peer, { codecs, mid: mid ?? midOf(peer), ssrc: gets.ssrc });
      }),
    );
    const bundle = this.#bundleOf(media);
    const transport = this.#media.transportFor(transportIn(handset, bundle));
    this.#version += 1;
    const written = writeForHandset({
      version: this.#version,
      media,
      bundle,
      local: transport.local(),
      setup: transport.role,
    });
    this.#offer = undefined;
    await this.#settle(negotiated);
    return written;
  }

  async #offerToPeer(handset: HandsetSdp): Promise<string> {
    const media = await Promise.all(
      handset.lines.map(async (line) => mediaForPeer(line, line.codecs, await this.#portOf(line))),
    );
    this.#offer = { from: 'handset', lines: handset.lines };
    this.#handset = handset;
    this.#media.offered();
    return writeForPeer(this.#address, media);
  }

  async #answerToPeer(handset: HandsetSdp): Promise<string> {
    const offer = this.#offer;
    if (offer?.from !== 'peer') throw refused('There is no offer that this could answer');
    const live = handset.bundle.filter((mid) =>
      handset.lines.some((line) => line.mid === mid && line.port !== 0),
    );
    this.#media.answered(transportIn(handset, live));
    const media = await Promise.all(
      handset.lines.map(async (line) => {
        const codecs = inPeersNumbers(line, offer.codecs.get(line.kind) ?? []);
        return mediaForPeer(line, codecs, await this.#portOf(line));
      }),
    );
    this.#offer = undefined;
    this.#handset = handset;
    await this.#settle(answeredByHandset(offer, handset.lines));
    return writeForPeer(this.#address, media);
  }

  async #settle(lines: NegotiatedLines): Promise<void> {
    for (const [kind, line] of lines) (await this.#media.line(kind)).settle(termsOf(line));
  }

  async #portOf({ kind }: HandsetLine): Promise<number> {
    return (await this.#media.line(kind)).port;
  }

  /** The handset's order where it has one: the first name is that of the m-line with the transport (RFC 9143 §7.3). */
  #bundleOf(media: readonly HandsetMedia[]): readonly string[] {
    const live = media.filter(({ isLive }) => isLive).map(({ mid }) => mid);
    const known = this.#handset?.bundle ?? [];
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
