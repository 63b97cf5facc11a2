import { isIP } from 'node:net';
import type { Address } from './embedded-latch.ts';
import type { RemoteDescription } from './ice-description.ts';
import { MediaError } from './engine.ts';
import { addressOf } from './plain-sdp-read.ts';
import { type Codec, codecsOf, hasMediaCodec } from './sdp-codecs.ts';
import { type Kind, kindOf } from './sdp-memory.ts';
import { attribute, hasFlag, type MediaSection, type SdpSections, splitSdp } from './sdp-sections.ts';
import { type Direction, readSections } from './sdp-text.ts';
import { readCryptos, type SdesCrypto } from './sdes-crypto.ts';

/*
 * What the embedded engine reads: SDP that the adapter of plain-sdp.ts has let through, so one audio and one video m-line,
 * in the engine's order. The browser's part of ICE and DTLS is read here, and nobody has looked at it before.
 */

/** One m-line of either side. */
export interface SdpLine {
  readonly kind: Kind;
  readonly codecs: readonly Codec[];
  readonly direction: Direction;
  readonly port: number;
  /** `ptime`, `maxptime` and `b=`, which pass as they are. */
  readonly hints: readonly string[];
  /** The handset's name for it. */
  readonly mid: string | undefined;
}

export interface PeerLine extends SdpLine {
  readonly ip: string;
  /** Where it takes RTCP while that has a port of its own. */
  readonly rtcp: Address;
  /** It can do with one port for RTP and RTCP (RFC 5761). */
  readonly isMuxed: boolean;
  /** RTP/SAVP: SRTP or nothing. */
  readonly isSecure: boolean;
  /** Its keys for SRTP, those that we can use. */
  readonly cryptos: readonly SdesCrypto[];
}

export interface HandsetLine extends SdpLine {
  readonly ssrcs: readonly number[];
}

export interface HandsetSdp {
  readonly lines: readonly HandsetLine[];
  /** Names of the m-lines that share one transport, in the handset's order (RFC 9143). */
  readonly bundle: readonly string[];
  /** ICE and DTLS by the name of the m-line. */
  readonly transports: ReadonlyMap<string, RemoteDescription>;
}

/** What the engine is known to carry; of an offer with none of these, everything is tried. */
const carried: Readonly<Record<Kind, readonly string[]>> = {
  audio: ['opus', 'g722', 'pcma', 'pcmu', 'telephone-event'],
  video: ['vp8', 'h264'],
};

/** @throws MediaError `sdp-refused` */
export function readPeerSdp(sdp: string): readonly PeerLine[] {
  const sections = splitSdp(sdp);
  return readLines(sections).map(({ line, section }) => {
    const ip = addressOf(section, sections) ?? '127.0.0.1';
    return {
      ...line,
      codecs: carriedOf(line),
      ip,
      rtcp: rtcpOf(section, { address: ip, port: line.port + 1 }),
      isMuxed: hasFlag(section, 'rtcp-mux'),
      isSecure: section.protocol.startsWith('RTP/SAVP'),
      cryptos: readCryptos(attributes(section, 'crypto')),
    };
  });
}

/** RFC 3605: another port than the next one, perhaps at another address. */
function rtcpOf(section: MediaSection, usual: Address): Address {
  const [, port, address] = /^(\d{1,5})(?: IN IP[46] (\S+))?$/.exec(attribute(section, 'rtcp') ?? '') ?? [];
  if (port === undefined || Number(port) === 0 || Number(port) > 65_535) return usual;
  return { port: Number(port), address: address !== undefined && isIP(address) ? address : usual.address };
}

function attributes(section: MediaSection, name: string): readonly string[] {
  const start = `a=${name}:`;
  return section.lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

/** @throws MediaError `sdp-refused` */
export function readHandsetSdp(sdp: string): HandsetSdp {
  const sections = splitSdp(sdp);
  const lines = readLines(sections).map(({ line, section }) => ({ ...line, ssrcs: ssrcsOf(section) }));
  const mids = lines.flatMap(({ mid }) => mid ?? []);
  const group =
    sections.session
      .find((each) => each.startsWith('a=group:BUNDLE'))
      ?.split(' ')
      .slice(1) ?? [];
  return {
    lines,
    bundle: [...group.filter((mid) => mids.includes(mid)), ...mids.filter((mid) => !group.includes(mid))],
    transports: new Map(
      sections.media.flatMap((section) => {
        const mid = attribute(section, 'mid');
        const transport = transportOf(section, sections);
        return mid !== undefined && transport ? [[mid, transport] as const] : [];
      }),
    ),
  };
}

function readLines(sections: SdpSections): readonly { line: SdpLine; section: MediaSection }[] {
  const parsed = readSections(sections);
  return sections.media.map((section, index) => {
    const kind = kindOf(section.media);
    const description = parsed.media[index];
    if (!kind || !description) throw refused('The SDP has an m-line that is neither audio nor video');
    return {
      section,
      line: {
        kind,
        codecs: codecsOf(description, section.payloads),
        direction: description.direction ?? 'sendrecv',
        port: section.port,
        hints: section.lines.filter((each) => /^(a=(max)?ptime:|b=)/.test(each)),
        mid: attribute(section, 'mid'),
      },
    };
  });
}

function carriedOf({ kind, codecs }: SdpLine): readonly Codec[] {
  const known = codecs.filter((codec) => carried[kind].includes(codec.name.toLowerCase()));
  return hasMediaCodec(known.map((codec) => codec.name)) ? known : codecs;
}

function ssrcsOf(section: MediaSection): readonly number[] {
  const numbers = section.lines.flatMap((line) => /^a=ssrc:(\d{1,10}) /.exec(line)?.[1] ?? []);
  return [...new Set(numbers.map(Number))].filter((ssrc) => ssrc < 2 ** 32).slice(0, 4);
}

function transportOf(section: MediaSection, { session }: SdpSections): RemoteDescription | undefined {
  const value = (name: string): string =>
    attribute(section, name) ?? attribute({ ...section, lines: session }, name) ?? '';
  const [ufrag, pwd, fingerprint, setup] = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'].map(value);
  // RFC 8839 §5.4, RFC 8122 §5, RFC 4145 §4.
  if (!ufrag || !/^[\w+/-]{4,256}$/.test(ufrag) || !pwd || !/^[\w+/-]{22,256}$/.test(pwd)) return undefined;
  if (!fingerprint || !/^sha-\d{1,3} ([0-9a-f]{2}:){15,}[0-9a-f]{2}$/i.test(fingerprint)) return undefined;
  if (!setup || !/^(actpass|active|passive)$/.test(setup)) return undefined;
  const candidates = section.lines
    .filter((line) => line.startsWith('a=candidate:'))
    .map((line) => line.slice('a='.length));
  return { ufrag, pwd, fingerprint, setup, candidates };
}

function refused(message: string): MediaError {
  return new MediaError('sdp-refused', message);
}
