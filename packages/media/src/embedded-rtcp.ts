import type { AnnouncedStream } from './embedded-stream.ts';

/*
 * RTCP between a browser that knows the SSRC we announced and a peer that has its own. What the browser sends carries the
 * browser's SSRC on both sides. Everything here writes into the packet it was given, and takes what it cannot read for
 * nothing.
 */

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const PSFB = 206;
/** RFC 4585 §6.3.1. */
const PLI = 1;
/** RFC 5104 §4.3.1. */
const FIR = 4;
/** "Application layer feedback": the only one in use is REMB. */
const AFB = 15;
const reportBytes = 24;
const maxParts = 32;

/** The packets of a compound one (RFC 3550 §6.1); as far as it can be read. */
export function rtcpParts(packet: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= packet.length && parts.length < maxParts;) {
    const end = at + 4 * (packet.readUInt16BE(at + 2) + 1);
    if ((packet[at] ?? 0) >> 6 !== 2 || end > packet.length || end < at + 8) break;
    parts.push(packet.subarray(at, end));
    at = end;
  }
  return parts;
}

/**
 * The peer's RTCP as the browser can take it. Left out: SDES and BYE, whose source is not the one that the browser knows;
 * reports on streams other than the browser's are the browser's to ignore.
 */
export function rtcpToHandset(packet: Buffer, stream: AnnouncedStream): Buffer | undefined {
  const kept = rtcpParts(packet).filter((part) => isForHandset(part, stream));
  for (const part of kept) {
    if (part[1] === SR) part.writeUInt32BE((part.readUInt32BE(16) + stream.timestampShift) >>> 0, 16);
    part.writeUInt32BE(stream.ssrc, 4);
  }
  return compound(kept);
}

function isForHandset(part: Buffer, { source }: AnnouncedStream): boolean {
  const type = part[1];
  if (type === SR) return part.length >= 28 && part.readUInt32BE(4) === source;
  return type === RR || (type === PSFB && part.length >= 12);
}

/** An m-line as RTCP of the browser sees it. */
export interface RtcpLine {
  /** What the browser sends. */
  readonly sends: ReadonlySet<number>;
  /** What it gets. */
  readonly gets: AnnouncedStream;
}

/** The browser's RTCP, which may be about several m-lines, for the peer's ports: one packet for each m-line it is about. */
export function rtcpToPeer<Line extends RtcpLine>(
  packet: Buffer,
  lines: readonly Line[],
): ReadonlyMap<Line, Buffer> {
  const parts = new Map<Line, Buffer[]>();
  for (const part of rtcpParts(packet)) {
    for (const line of lines) {
      const own = partFor(part, line);
      if (own) parts.set(line, [...(parts.get(line) ?? []), own]);
    }
  }
  return new Map(
    [...parts].flatMap(([line, own]) => {
      const whole = compound(own);
      return whole ? [[line, whole] as const] : [];
    }),
  );
}

/** RFC 4585 §6.3.1: a picture of that stream is lost, a whole one is wanted. */
export function pictureLoss(sender: number, media: number): Buffer {
  const part = Buffer.from([0x80 | PLI, PSFB, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
  part.writeUInt32BE(sender, 4);
  part.writeUInt32BE(media, 8);
  return Buffer.concat([emptyReport(part), part]);
}

/** Lost packets that the browser reports of a stream (RFC 3550 §6.4.1), all in all. */
export function lostByReports(packet: Buffer, ssrc: number): number | undefined {
  for (const part of rtcpParts(packet)) {
    for (const block of reportBlocks(part)) {
      if (block.readUInt32BE(0) === ssrc) return block.readIntBE(5, 3);
    }
  }
  return undefined;
}

function partFor(part: Buffer, line: RtcpLine): Buffer | undefined {
  const type = part[1];
  if (type === SR || type === RR) return reportFor(part, line);
  if (type === PSFB) return feedbackFor(part, line);
  const isOurs = (type === SDES || type === BYE) && line.sends.has(part.readUInt32BE(4));
  return isOurs ? part : undefined;
}

/** A report with the one block that is about this m-line, its sequence numbers counted as the source counts them. */
function reportFor(part: Buffer, { sends, gets }: RtcpLine): Buffer | undefined {
  const fromSender = part[1] === SR && sends.has(part.readUInt32BE(4));
  const block = reportBlocks(part).find((each) => each.readUInt32BE(0) === gets.ssrc);
  const isKnown = block !== undefined && gets.source !== undefined;
  if (!fromSender && !isKnown) return undefined;
  const head = Buffer.from(part.subarray(0, fromSender ? 28 : 8));
  const blocks = isKnown ? [reportOn(block, gets)] : [];
  head[0] = 0x80 | blocks.length;
  head[1] = fromSender ? SR : RR;
  const whole = Buffer.concat([head, ...blocks]);
  whole.writeUInt16BE(whole.length / 4 - 1, 2);
  return whole;
}

function reportOn(block: Buffer, gets: AnnouncedStream): Buffer {
  const own = Buffer.from(block);
  own.writeUInt32BE(gets.source ?? 0, 0);
  own.writeUInt32BE((own.readUInt32BE(8) - gets.sequenceShift) >>> 0, 8);
  return own;
}

function reportBlocks(part: Buffer): readonly Buffer[] {
  const type = part[1];
  if (type !== SR && type !== RR) return [];
  const count = (part[0] ?? 0) & 0x1f;
  const start = type === SR ? 28 : 8;
  return Array.from({ length: count }, (_, index) =>
    part.subarray(start + index * reportBytes, start + (index + 1) * reportBytes),
  ).filter((block) => block.length === reportBytes);
}

/** PLI and FIR name the stream that a key frame is wanted of; REMB names streams in its own list (RFC 4585 §6.3). */
function feedbackFor(part: Buffer, { gets }: RtcpLine): Buffer | undefined {
  if (part.length < 12 || gets.source === undefined) return undefined;
  const named = [8, ...ssrcsIn(part)].filter((at) => part.readUInt32BE(at) === gets.ssrc);
  if (named.length === 0) return undefined;
  const own = Buffer.from(part);
  for (const at of named) own.writeUInt32BE(gets.source, at);
  return own;
}

/** Where a feedback message has SSRCs beyond its head. */
function ssrcsIn(part: Buffer): readonly number[] {
  const format = (part[0] ?? 0) & 0x1f;
  const after = (start: number, step: number): number[] =>
    Array.from({ length: Math.floor((part.length - start) / step) }, (_, index) => start + index * step);
  if (format === FIR) return after(12, 8);
  const isRemb = format === AFB && part.length >= 20 && part.toString('latin1', 12, 16) === 'REMB';
  return isRemb ? after(20, 4) : [];
}

/** RFC 3550 §6.1: a compound packet begins with a report; an empty one will do. */
function compound(parts: readonly Buffer[]): Buffer | undefined {
  const [first] = parts;
  if (!first) return undefined;
  if (first[1] === SR || first[1] === RR) return parts.length === 1 ? first : Buffer.concat(parts);
  return Buffer.concat([emptyReport(first), ...parts]);
}

/** From the same sender. */
function emptyReport(part: Buffer): Buffer {
  const empty = Buffer.from([0x80, RR, 0, 1, 0, 0, 0, 0]);
  part.copy(empty, 4, 4, 8);
  return empty;
}
