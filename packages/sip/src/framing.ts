import type { MessageLimits } from './limits.ts';
import type { SipMessage } from './message.ts';
import { faultOf, findBody, parseHead, parseMessage, skipLineEnds, withBody } from './parse.ts';
import type { Head, ParseFault } from './parse.ts';

/** What a stream has brought. After a fault with `isFatal` nobody can say where the next message begins. */
export type Frame =
  | { readonly type: 'message'; readonly message: SipMessage }
  | { readonly type: 'ping' }
  | { readonly type: 'fault'; readonly fault: ParseFault; readonly isFatal: boolean };

/** Makes messages of what a connection brings. */
export interface Framer {
  /** Whether a message has begun and its end is awaited. */
  readonly isMidMessage: boolean;
  push(chunk: Buffer): Frame[];
  /** After a ping of ours: one line end that stands alone is its answer, not the first half of a ping. */
  dropPong(): void;
}

/**
 * Cuts a stream into messages by Content-Length, which is mandatory here (RFC 3261 §18.3), and keep-alives (RFC 5626 §4.4.1).
 * Holds never more than the limits allow. A message with a fault is skipped, if its length is sure.
 */
export class MessageFramer implements Framer {
  readonly #limits: MessageLimits;
  #parts: Buffer[] = [];
  #held = 0;
  /** Nothing can be done before so many bytes are there. */
  #needed = 1;
  /** No empty line ends before this index. */
  #searched = 0;
  #head: Head | ParseFault | undefined;
  #isMidMessage = false;
  #isBroken = false;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  get isMidMessage(): boolean {
    return this.#isMidMessage;
  }

  push(chunk: Buffer): Frame[] {
    if (this.#isBroken) return [];
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return [];
    let bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    const frames: Frame[] = [];
    for (let used = this.#take(bytes, frames); used > 0; used = this.#take(bytes, frames)) {
      bytes = bytes.subarray(used);
    }
    this.#parts = bytes.length > 0 ? [bytes] : [];
    this.#held = bytes.length;
    return frames;
  }

  dropPong(): void {
    const [only] = this.#parts;
    if (this.#held !== 2 || only?.toString('latin1') !== '\r\n') return;
    this.#parts = [];
    this.#held = 0;
  }

  /** Takes one thing off the front; returns its length, or 0 if more bytes must come first. */
  #take(bytes: Buffer, frames: Frame[]): number {
    this.#needed = bytes.length + 1;
    this.#isMidMessage = false;
    if (this.#isBroken || bytes.length === 0) return 0;
    const first = bytes[0];
    if (first === 13 || first === 10) return takeLineEnd(bytes, frames);
    this.#isMidMessage = true;
    return this.#takeMessage(bytes, frames);
  }

  #takeMessage(bytes: Buffer, frames: Frame[]): number {
    const bodyStart = findBody(bytes, this.#searched);
    if (bodyStart < 0 && bytes.length <= this.#limits.headerBytes) {
      this.#searched = Math.max(0, bytes.length - 3);
      return 0;
    }
    const headBytes = bytes.subarray(0, bodyStart < 0 ? this.#limits.headerBytes + 1 : bodyStart);
    const head = (this.#head ??= this.#parse(headBytes));
    const length = head.ok ? head.contentLength : head.bodyLength;
    if (bodyStart < 0 || length === undefined) return this.#break(bytes, head, frames);
    if (bodyStart + length > this.#limits.messageBytes) return this.#break(bytes, tooLarge(head), frames);
    const end = bodyStart + length;
    if (bytes.length < end) {
      this.#needed = end;
      return 0;
    }
    frames.push(
      head.ok
        ? { type: 'message', message: withBody(head, bytes.subarray(bodyStart, end)) }
        : { type: 'fault', fault: head, isFatal: false },
    );
    this.#head = undefined;
    this.#searched = 0;
    return end;
  }

  #parse(bytes: Buffer): Head | ParseFault {
    const head = parseHead(bytes, this.#limits);
    return head.ok && head.contentLength === undefined ? faultOf(head, 400, 'Missing Content-Length') : head;
  }

  #break(bytes: Buffer, head: Head | ParseFault, frames: Frame[]): number {
    this.#isBroken = true;
    this.#isMidMessage = false;
    frames.push({ type: 'fault', fault: head.ok ? tooLarge(head) : head, isFatal: true });
    return bytes.length;
  }
}

/**
 * Each piece is a whole message, as in a WebSocket (RFC 7118 §5): Content-Length is not needed, and a bad one spoils no other.
 * Line ends alone are keep-alives (RFC 5626 §4.4.1).
 */
export class MessageByMessage implements Framer {
  readonly isMidMessage = false;
  readonly dropPong = (): void => undefined;
  readonly #limits: MessageLimits;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  push(bytes: Buffer): Frame[] {
    if (skipLineEnds(bytes, 0) === bytes.length) return bytes.length >= 4 ? [{ type: 'ping' }] : [];
    const result = parseMessage(bytes, this.#limits);
    return result.ok
      ? [{ type: 'message', message: result.message }]
      : [{ type: 'fault', fault: result, isFatal: false }];
  }
}

function tooLarge(head: Head | ParseFault): ParseFault {
  return head.ok ? faultOf(head, 513, 'Message Too Large') : head;
}

/** CRLF CRLF is a ping; one CRLF is its answer, or stray. At the end of `bytes` it cannot be told yet. */
function takeLineEnd(bytes: Buffer, frames: Frame[]): number {
  if (bytes[0] !== 13) return 1;
  if (bytes.length === 1) return 0;
  if (bytes[1] !== 10) return 1;
  if (bytes.length === 2 || (bytes.length === 3 && bytes[2] === 13)) return 0;
  if (bytes[2] !== 13 || bytes[3] !== 10) return 2;
  frames.push({ type: 'ping' });
  return 4;
}
