import { maxSdpLength } from '@soft-handset/protocol';
import { MediaError } from './engine.ts';

/*
 * An SDP cut at its m-lines. A browser's SDP passes through us as text: what we do not understand in it is none of our
 * business, and a parser that writes it anew would lose it.
 */

export const maxMediaLines = 16;
const maxLineLength = 4096;
const carriageReturn = 13;

export interface SdpSections {
  readonly session: readonly string[];
  readonly media: readonly MediaSection[];
}

export interface MediaSection {
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  readonly payloads: string;
  /** All lines after the m-line. */
  readonly lines: readonly string[];
}

/**
 * @throws MediaError `sdp-refused` for what is no SDP, is too long, or has no m-line or too many
 */
export function splitSdp(sdp: string): SdpSections {
  if (sdp.length > maxSdpLength) throw refused(`The SDP has more than ${maxSdpLength} characters`);
  // No control characters but tabs and the ends of lines (RFC 8866 §5).
  // eslint-disable-next-line no-control-regex -- They are what is looked for.
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(sdp)) throw refused('The SDP has control characters');
  const lines = linesOf(sdp);
  if (lines[0] !== 'v=0') throw refused('The SDP does not begin with v=0');
  const starts: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (!isLine(line)) throw refused('The SDP has a line that is none of SDP');
    if (line.startsWith('m=')) starts.push(index);
  }
  if (starts.length === 0) throw refused('The SDP has no m-line');
  if (starts.length > maxMediaLines) throw refused(`The SDP has more than ${maxMediaLines} m-lines`);
  return {
    session: lines.slice(0, starts[0]),
    media: starts.map((start, index) =>
      readSection(lines[start] ?? '', lines.slice(start + 1, starts[index + 1])),
    ),
  };
}

/** Without empty ones. Lines may end with CRLF, LF (RFC 8866 §5) or a lone CR. */
function linesOf(sdp: string): string[] {
  const text = /\r(?!\n)/.test(sdp) ? sdp.replaceAll(/\r\n?/g, '\n') : sdp;
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const last = text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
    if (last > start) lines.push(text.slice(start, last));
    start = end + 1;
  }
  return lines;
}

/** A name a letter long. */
function isLine(line: string): boolean {
  const name = line.charCodeAt(0);
  return name >= 97 && name <= 122 && line.charCodeAt(1) === 61 && line.length <= maxLineLength;
}

function readSection(mLine: string, lines: readonly string[]): MediaSection {
  const match = /^m=([\w-]+) (\d{1,5})(?:\/\d{1,5})? ([\w/-]+)(?: +(.*))?$/.exec(mLine);
  const [, media, port, protocol, payloads] = match ?? [];
  if (media === undefined || protocol === undefined || Number(port) > 65_535) {
    throw refused('The SDP has an m-line that cannot be read');
  }
  return { media, port: Number(port), protocol, payloads: payloads?.trim() ?? '', lines };
}

export function joinSdp({ session, media }: SdpSections): string {
  return [...session, ...media.flatMap(writeSection), ''].join('\r\n');
}

function writeSection({ media, port, protocol, payloads, lines }: MediaSection): readonly string[] {
  return [`m=${media} ${port} ${protocol} ${payloads}`.trimEnd(), ...lines];
}

/** The value of the first `a=<name>:<value>`. */
export function attribute(section: MediaSection, name: string): string | undefined {
  const start = `a=${name}:`;
  return section.lines
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

export function hasFlag(section: MediaSection, name: string): boolean {
  return section.lines.includes(`a=${name}`);
}

function refused(message: string): MediaError {
  return new MediaError('sdp-refused', message);
}
