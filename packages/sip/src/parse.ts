import { isAscii, isUtf8 } from 'node:buffer';
import { Headers } from './headers.ts';
import { defaultLimits } from './limits.ts';
import type { MessageLimits } from './limits.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { endOfToken, isSpace, parseDecimal, skipSpace, sliceTrimmed } from './scan.ts';
import { isVersion2, parseStartLine } from './start-line.ts';
import type { StartLine } from './start-line.ts';

/** Why bytes are no message. `status` answers the request, if it is one that `request` shows enough of to be answered. */
export interface ParseFault {
  readonly ok: false;
  readonly status: 400 | 413 | 414 | 505 | 513;
  readonly reason: string;
  /** The request line and what headers could be read, without a body. */
  readonly request?: SipRequest;
  /** In a stream: how long the body is that follows, where that is sure in spite of the fault. */
  readonly bodyLength?: number;
}

export type ParseResult = { readonly ok: true; readonly message: SipMessage } | ParseFault;

/** A message whose body has not been looked at. */
export interface Head {
  readonly ok: true;
  readonly start: StartLine;
  readonly headers: Headers;
  /** Undefined without a Content-Length. */
  readonly contentLength: number | undefined;
}

/**
 * Reads one datagram (RFC 3261 §7, §18.3). Never throws, whatever the bytes are.
 * A body longer than Content-Length is cut, a shorter one is a fault; without Content-Length it is the rest of the datagram.
 */
export function parseMessage(bytes: Buffer, limits: MessageLimits = defaultLimits): ParseResult {
  const start = skipLineEnds(bytes, 0);
  const bodyStart = findBody(bytes, start);
  const end = bodyStart < 0 ? bytes.length : bodyStart;
  const head = parseHead(bytes.subarray(start, Math.min(end, start + limits.headerBytes + 1)), limits);
  if (!head.ok) return head;
  if (bodyStart < 0) return faultOf(head, 400, 'No empty line after the headers');
  if (bytes.length > limits.messageBytes) return faultOf(head, 513, 'Message Too Large');
  const length = head.contentLength ?? bytes.length - bodyStart;
  if (length > bytes.length - bodyStart) return faultOf(head, 400, 'Body shorter than Content-Length');
  return { ok: true, message: withBody(head, bytes.subarray(bodyStart, bodyStart + length)) };
}

/** Where the next byte that is no CR or LF stands: such bytes before a message are ignored (RFC 3261 §7.5). */
export function skipLineEnds(bytes: Buffer, at: number): number {
  while (at < bytes.length && (bytes[at] === 13 || bytes[at] === 10)) at++;
  return at;
}

/** The index behind the empty line that ends the headers, or -1. Lone LFs count as line ends. */
export function findBody(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return -1;
}

/** Reads start line and headers. `bytes` may end with the empty line. */
export function parseHead(bytes: Buffer, limits: MessageLimits): Head | ParseFault {
  const text = decode(bytes);
  const lines = new Lines(text);
  const startText = lines.next() ?? '';
  const start = parseStartLine(startText);
  if (typeof start === 'string') return fault(400, start);

  const headers = new Headers();
  const problem = parseHeaderLines(lines, headers, limits.headerCount);
  const contentLength = lines.sawBareCr ? 'malformed' : parseContentLength(headers);
  const head: Head = {
    ok: true,
    start,
    headers,
    contentLength: contentLength === 'malformed' ? undefined : contentLength,
  };
  const startProblem = start.kind === 'request' ? start.problem : undefined;
  if (startText.length > limits.startLineBytes) return faultOf(head, 414, 'Request-URI Too Long');
  if (!isVersion2(start)) return faultOf(head, 505, 'Version Not Supported');
  if (bytes.length > limits.headerBytes || problem === 'Too many headers')
    return faultOf(head, 513, 'Headers too large');
  if (startProblem !== undefined) return faultOf(head, 400, startProblem);
  if (lines.sawBareCr) return faultOf(head, 400, 'CR without LF');
  if (problem !== undefined) return faultOf(head, 400, problem);
  return contentLength === 'malformed' ? faultOf(head, 400, 'Malformed Content-Length') : head;
}

/** The message of a head and its body. */
export function withBody(head: Head, body: Buffer): SipMessage {
  const { start, headers } = head;
  const text = body.length === 0 ? '' : body.toString('utf8');
  return start.kind === 'request'
    ? { kind: 'request', method: start.method, uri: start.uri, headers, body: text }
    : { kind: 'response', status: start.status, reason: start.reason, headers, body: text };
}

/** A fault of a message whose head could be read at least in part. */
export function faultOf(
  { start, headers, contentLength }: Head,
  status: ParseFault['status'],
  reason: string,
): ParseFault {
  const request: SipRequest | undefined =
    start.kind === 'request'
      ? { kind: 'request', method: start.method, uri: start.uri, headers, body: '' }
      : undefined;
  return {
    ...fault(status, reason),
    ...(request && { request }),
    ...(contentLength !== undefined && { bodyLength: contentLength }),
  };
}

function fault(status: ParseFault['status'], reason: string): ParseFault {
  return { ok: false, status, reason };
}

/** SIP is UTF-8 (RFC 3261 §7). Old phones put Latin-1 into display names: better read so than refused. */
function decode(bytes: Buffer): string {
  return isAscii(bytes) || !isUtf8(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}

/** Fills `headers`; says what is wrong with the first line that is. */
function parseHeaderLines(lines: Lines, headers: Headers, headerCount: number): string | undefined {
  let problem: string | undefined;
  for (let line = lines.next(); line !== undefined && line !== ''; line = lines.next()) {
    while (lines.isFolded()) line += ` ${(lines.next() ?? '').trim()}`;
    if (headers.size === headerCount) return 'Too many headers';
    const end = endOfToken(line, 0);
    // White space may stand before the colon, not before the name (RFC 3261 §25.1 `HCOLON`).
    const colon = skipSpace(line, end);
    if (end === 0 || line.charCodeAt(colon) !== 58) problem ??= 'Malformed header line';
    else headers.appendTrusted(line.slice(0, end), sliceTrimmed(line, colon + 1, line.length));
  }
  return problem;
}

/** Several that agree are one; several that differ could make two readers see two messages. */
function parseContentLength(headers: Headers): number | undefined | 'malformed' {
  const values = headers.getAll('content-length');
  const first = values[0];
  if (first === undefined) return undefined;
  if (values.some((value) => value !== first)) return 'malformed';
  return parseDecimal(first, Number.MAX_SAFE_INTEGER) ?? 'malformed';
}

/** Walks over lines that end in CRLF or LF. A CR elsewhere becomes a space and is remembered. */
class Lines {
  sawBareCr = false;
  readonly #text: string;
  #at = 0;
  #nextCr: number;

  constructor(text: string) {
    this.#text = text;
    this.#nextCr = text.indexOf('\r');
  }

  /** The next line without its end; undefined behind the last. */
  next(): string | undefined {
    const text = this.#text;
    if (this.#at >= text.length) return undefined;
    const newline = text.indexOf('\n', this.#at);
    const end = newline < 0 ? text.length : newline;
    const lineEnd = end > this.#at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    const hasBareCr = this.#nextCr >= 0 && this.#nextCr < lineEnd;
    const line = text.slice(this.#at, lineEnd);
    this.#at = end + 1;
    if (this.#nextCr >= 0 && this.#nextCr < this.#at) this.#nextCr = text.indexOf('\r', this.#at);
    if (!hasBareCr) return line;
    this.sawBareCr = true;
    return line.replaceAll('\r', ' ');
  }

  /** Whether the next line continues the one before it (RFC 3261 §7.3.1). */
  isFolded(): boolean {
    return isSpace(this.#text.charCodeAt(this.#at));
  }
}
