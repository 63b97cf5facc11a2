import { isIPv4, isIPv6 } from 'node:net';
import type { MediaSection, SdpSections } from './sdp-sections.ts';
import { type Codec, codecsOf, hasMediaCodec } from './sdp-codecs.ts';
import { type Kind, kindOf, type Slot } from './sdp-memory.ts';
import { type Direction, type MediaDescription, readSections, type SessionDescription } from './sdp-text.ts';

/** One m-line of a SIP peer, read. */
export interface PlainLine {
  readonly slot: Slot;
  readonly kind: Kind | undefined;
  /** It has a port, an address and a codec that the engine can use. */
  readonly isLive: boolean;
  readonly port: number;
  /** Where its media goes; undefined while the peer holds in the old way, with 0.0.0.0 (RFC 3264 §8.4). */
  readonly ip: string | undefined;
  readonly family: Family;
  /** It has keys for SRTP in the SDP (RFC 4568). */
  readonly hasCrypto: boolean;
  readonly direction: Direction;
  readonly codecs: readonly Codec[];
  readonly description: MediaDescription;
}

export type Family = 4 | 6;

/** What host names stand for. */
export type Addresses = ReadonlyMap<string, string>;

/** What an engine can do towards the peer beyond what all can: RTP and RTCP over IPv4, on a port each. */
export interface EngineReach {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** RTCP on the port of RTP (RFC 5761), or wherever `a=rtcp` says (RFC 3605). */
  readonly rtcpAnywhere: boolean;
}

export const leastReach: EngineReach = { ipv4: true, ipv6: false, rtcpAnywhere: false };

export interface PlainLines {
  /** Missing where the peer's has none that can be read. */
  readonly origin: SessionDescription['origin'] | undefined;
  readonly lines: readonly PlainLine[];
}

/** Plain RTP; the engine knows SDES (RFC 4568), and DTLS only towards the browser. */
const plainProtocol = /^RTP\/S?AVPF?$/;
const relayedFeedback = ['ccm fir', 'nack pli'];

/** Host names in the c= lines of the m-lines that may be carried, to be resolved before {@link readPlainSdp}. */
export function hostNamesIn(sections: SdpSections, family: Family): readonly string[] {
  const used = sections.media.filter(
    (each) => kindOf(each.media) && each.port !== 0 && plainProtocol.test(each.protocol),
  );
  const connections = used.flatMap((each) => connectionOf(each, sections) ?? []);
  const names = connections.filter((each) => each.family === family && isHostName(each.address));
  return [...new Set(names.map(({ address }) => address))];
}

/**
 * A peer's SDP as lines that the adapter can choose from.
 * @param addresses what its host names stand for
 * @throws MediaError `sdp-refused`
 */
export function readPlainSdp(
  sections: SdpSections,
  addresses: Addresses,
  reach: EngineReach = leastReach,
): PlainLines {
  const parsed = readSections(sections);
  const sessionDirection = parsed.direction;
  const lines = sections.media.map((section, index): PlainLine => {
    // One m-line in the text is one in the parsed form.
    const description = parsed.media[index] as MediaDescription;
    const connection = connectionOf(section, sections);
    const ip = connection && ipOf(connection, addresses, reach);
    const isHeld = ip === '0.0.0.0' || ip === '::';
    const isSecure = section.protocol.startsWith('RTP/SAVP');
    const hasCrypto = (description.crypto?.length ?? 0) > 0;
    const codecs = codecsOf(description, section.payloads);
    const isUsable = plainProtocol.test(section.protocol) && hasMediaCodec(codecs.map((codec) => codec.name));
    return {
      slot: {
        media: section.media,
        protocol: section.protocol,
        payloads: section.payloads,
        feedback: relayedFeedback.filter((type) => section.lines.some((line) => isFeedback(line, type))),
      },
      kind: kindOf(section.media),
      // RFC 4568 §5.1.2: without a key that profile is of no use.
      isLive: section.port !== 0 && isUsable && ip !== undefined && (hasCrypto || !isSecure),
      port: section.port,
      ip: isHeld ? undefined : ip,
      family: connection?.family ?? 4,
      hasCrypto,
      direction: directionOf(description.direction ?? sessionDirection, isHeld),
      codecs,
      description,
    };
  });
  return { origin: parsed.origin, lines };
}

/** The address an m-line is for, its own or the session's. */
export function addressOf(section: MediaSection, sections: SdpSections): string | undefined {
  return connectionOf(section, sections)?.address;
}

interface Connection {
  readonly family: Family;
  /** Of that family, or a host name. */
  readonly address: string;
}

function connectionOf(section: MediaSection, { session }: SdpSections): Connection | undefined {
  return connectionIn(section.lines) ?? connectionIn(session);
}

/** What a c= line says (RFC 8866 §5.7). Multicast cannot be used by the engine. */
function connectionIn(lines: readonly string[]): Connection | undefined {
  const line = lines.find((each) => each.startsWith('c='))?.trimEnd() ?? '';
  const [, version, address = ''] = /^c=IN IP([46]) ([^\s/]+)$/.exec(line) ?? [];
  if (version === undefined) return undefined;
  return { family: version === '6' ? 6 : 4, address };
}

function ipOf({ family, address }: Connection, addresses: Addresses, reach: EngineReach): string | undefined {
  if (!(family === 4 ? reach.ipv4 : reach.ipv6)) return undefined;
  if (family === 4) return isIPv4(address) ? address : addresses.get(address);
  const ip = isIPv6(address) ? address : addresses.get(address);
  return ip !== undefined && isIPv6(ip) ? canonicalIpv6(ip) : undefined;
}

/** As the system writes the addresses of packets (RFC 5952). */
function canonicalIpv6(address: string): string | undefined {
  const url = `http://[${address}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

function isHostName(text: string): boolean {
  return (
    !isIPv4(text) &&
    text.length <= 253 &&
    /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.?$/i.test(text) &&
    !/^[\d.]+$/.test(text)
  );
}

function isFeedback(line: string, type: string): boolean {
  return line.startsWith('a=rtcp-fb:') && line.slice(line.indexOf(' ') + 1).trim() === type;
}

/** RFC 3264 §8.4: 0.0.0.0 means "send me nothing", whatever the direction says. */
function directionOf(direction: Direction = 'sendrecv', isHeld: boolean): Direction {
  if (!isHeld) return direction;
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}
