import { isIPv4 } from 'node:net';
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
  /** An IPv4 address; undefined while the peer holds in the old way, with 0.0.0.0 (RFC 3264 §8.4). */
  readonly ip: string | undefined;
  readonly direction: Direction;
  readonly codecs: readonly Codec[];
  readonly description: MediaDescription;
}

export interface PlainLines {
  /** Missing where the peer's has none that can be read. */
  readonly origin: SessionDescription['origin'] | undefined;
  readonly lines: readonly PlainLine[];
}

/** Plain RTP; the engine knows SDES (RFC 4568), and DTLS only towards the browser. */
const plainProtocol = /^RTP\/S?AVPF?$/;
const relayedFeedback = ['ccm fir', 'nack pli'];

/** Host names in the c= lines of the m-lines that may be carried, to be resolved before {@link readPlainSdp}. */
export function hostNamesIn(sections: SdpSections): readonly string[] {
  const used = sections.media.filter(
    (each) => kindOf(each.media) && each.port !== 0 && plainProtocol.test(each.protocol),
  );
  const addresses = used.flatMap((each) => addressOf(each, sections) ?? []);
  return [...new Set(addresses.filter((address) => !isIPv4(address) && isHostName(address)))];
}

/**
 * A peer's SDP as lines that the adapter can choose from.
 * @param addresses what its host names stand for
 * @throws MediaError `sdp-refused`
 */
export function readPlainSdp(sections: SdpSections, addresses: ReadonlyMap<string, string>): PlainLines {
  const parsed = readSections(sections);
  const sessionDirection = parsed.direction;
  const lines = sections.media.map((section, index): PlainLine => {
    // One m-line in the text is one in the parsed form.
    const description = parsed.media[index] as MediaDescription;
    const address = addressOf(section, sections);
    const ip = address && (isIPv4(address) ? address : addresses.get(address));
    const isHeld = ip === '0.0.0.0';
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
      isLive: section.port !== 0 && isUsable && ip !== undefined,
      port: section.port,
      ip: isHeld ? undefined : ip,
      direction: directionOf(description.direction ?? sessionDirection, isHeld),
      codecs,
      description,
    };
  });
  return { origin: parsed.origin, lines };
}

/** The address an m-line is for, its own or the session's. */
export function addressOf(section: MediaSection, { session }: SdpSections): string | undefined {
  return connectionIn(section.lines) ?? connectionIn(session);
}

/** The address of a c= line. IPv6 and multicast cannot be used by the engine. */
function connectionIn(lines: readonly string[]): string | undefined {
  const line = lines.find((each) => each.startsWith('c='));
  return line && /^c=IN IP4 ([^\s/]+)$/.exec(line.trimEnd())?.[1];
}

function isHostName(text: string): boolean {
  return text.length <= 253 && /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.?$/i.test(text) && !/^[\d.]+$/.test(text);
}

function isFeedback(line: string, type: string): boolean {
  return line.startsWith('a=rtcp-fb:') && line.slice(line.indexOf(' ') + 1).trim() === type;
}

/** RFC 3264 §8.4: 0.0.0.0 means "send me nothing", whatever the direction says. */
function directionOf(direction: Direction = 'sendrecv', isHeld: boolean): Direction {
  if (!isHeld) return direction;
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}
