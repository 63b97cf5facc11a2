import { isIPv6 } from 'node:net';
import type { MappedCodec } from './embedded-payloads.ts';
import type { SdpLine } from './embedded-sdp.ts';
import type { IceDescription } from './ice-description.ts';
import type { Direction } from './sdp-text.ts';
import type { Codec } from './sdp-codecs.ts';
import { writeCrypto } from './sdes-crypto.ts';
import type { SdesWords } from './sdes-line.ts';
import type { Kind } from './sdp-memory.ts';

/** One m-line for the browser. */
export interface HandsetMedia {
  readonly kind: Kind;
  readonly mid: string;
  /** Refused ones keep their place. */
  readonly isLive: boolean;
  readonly direction: Direction;
  readonly codecs: readonly MappedCodec[];
  readonly hints: readonly string[];
  readonly ssrc: number;
}

export interface HandsetDescription {
  readonly version: number;
  readonly media: readonly HandsetMedia[];
  /** Names of the m-lines that live, in the handset's order; the first one carries the transport. */
  readonly bundle: readonly string[];
  readonly local: IceDescription;
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** What the engine passes on, and nothing that it would have to do itself: no retransmission, no congestion control. */
const videoFeedback = ['ccm fir', 'nack pli', 'goog-remb'];
const streamName = 'soft-handset';

/** Audio and video in one bundle, candidates inside. */
export function writeForHandset({ version, media, bundle, local, setup }: HandsetDescription): string {
  return lines([
    'v=0',
    `o=- 1 ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${bundle.join(' ')}`,
    `a=msid-semantic: WMS ${streamName}`,
    ...media.flatMap((each) => (each.isLive ? liveMedia(each, { local, setup }) : refusedMedia(each))),
  ]);
}

function liveMedia(
  { kind, mid, direction, codecs, hints, ssrc }: HandsetMedia,
  { local, setup }: { readonly local: IceDescription; readonly setup: string },
): readonly string[] {
  const own = codecs.map(({ codec, handset }) => ({ ...codec, payload: handset }));
  return [
    mLine(kind, 9, 'UDP/TLS/RTP/SAVPF', own),
    'c=IN IP4 0.0.0.0',
    ...hints.filter((hint) => hint.startsWith('b=')),
    `a=ice-ufrag:${local.ufrag}`,
    `a=ice-pwd:${local.pwd}`,
    `a=fingerprint:${local.fingerprint}`,
    `a=setup:${setup}`,
    `a=mid:${mid}`,
    `a=${direction}`,
    `a=msid:${streamName} ${kind}`,
    'a=rtcp-mux',
    ...own.flatMap(codecLines),
    ...(kind === 'video'
      ? own.flatMap(({ payload }) => videoFeedback.map((type) => `a=rtcp-fb:${payload} ${type}`))
      : []),
    ...hints.filter((hint) => hint.startsWith('a=')),
    `a=ssrc:${ssrc} cname:${streamName}`,
    // In each m-line, as Janus does: whoever looks at one of them alone finds the whole way.
    ...local.candidates.map((candidate) => `a=${candidate}`),
    'a=end-of-candidates',
  ];
}

function refusedMedia({ kind, mid, codecs }: HandsetMedia): readonly string[] {
  const own = codecs.map(({ codec, handset }) => ({ ...codec, payload: handset }));
  return [mLine(kind, 0, 'UDP/TLS/RTP/SAVPF', own), 'c=IN IP4 0.0.0.0', 'a=inactive', `a=mid:${mid}`];
}

/** One m-line for the peer. */
export interface PeerMedia extends Pick<SdpLine, 'kind' | 'direction' | 'codecs' | 'hints'> {
  readonly address: string;
  readonly port: number;
  readonly isMuxed: boolean;
  readonly sdes: SdesWords;
}

/** What the adapter of plain-sdp.ts makes the peer's SDP of. */
export function writeForPeer(media: readonly PeerMedia[]): string {
  return lines([
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...media.flatMap(({ kind, address, port, direction, codecs, hints, isMuxed, sdes }) => [
      mLine(kind, port, sdes.isSecure ? 'RTP/SAVP' : 'RTP/AVP', codecs),
      `c=IN ${isIPv6(address) ? 'IP6' : 'IP4'} ${address}`,
      ...codecs.flatMap(codecLines),
      ...hints.filter((hint) => hint.startsWith('a=')),
      ...(isMuxed ? ['a=rtcp-mux'] : []),
      ...sdes.cryptos.map((crypto) => `a=crypto:${writeCrypto(crypto)}`),
      `a=${direction}`,
    ]),
  ]);
}

function mLine(kind: Kind, port: number, protocol: string, codecs: readonly Codec[]): string {
  const payloads = codecs.map((codec) => codec.payload);
  return `m=${kind} ${port} ${protocol} ${payloads.length > 0 ? payloads.join(' ') : '0'}`;
}

function codecLines({ payload, name, rate, channels, parameters }: Codec): readonly string[] {
  return [
    `a=rtpmap:${payload} ${name}/${rate}${channels === undefined ? '' : `/${channels}`}`,
    ...(parameters === undefined ? [] : [`a=fmtp:${payload} ${parameters}`]),
  ];
}

function lines(all: readonly string[]): string {
  return [...all, ''].join('\r\n');
}
