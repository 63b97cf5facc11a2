import { formatUri, parseNameAddr, unescapeUri, withDefaultLimits } from '@soft-handset/sip';
import type { Headers, ServerTransaction, SipRequest } from '@soft-handset/sip';
import type { SipHeaders } from './call-effect.ts';
import type { SubscriptionNews } from './subscriptions.ts';

/** What a handset says beside the call: a digit or other INFO (RFC 6086), or a MESSAGE (RFC 3428). */
export interface Note {
  /** What the handset hears when it has gone out. */
  readonly told: 'dtmfsent' | 'infosent' | 'messagesent';
  readonly contentType: string;
  readonly content: string;
  readonly headers?: SipHeaders;
}

export type NoteNews =
  | { readonly event: Note['told'] }
  | { readonly event: 'messagedelivery'; readonly code: number; readonly reason: string }
  | { readonly event: 'info'; readonly sender: string; readonly type: string; readonly content: string }
  | {
      readonly event: 'message';
      readonly sender: string;
      readonly displayName?: string;
      readonly contentType: string;
      readonly content: string;
    };

/** What a page is given of one body; a datagram holds no more anyhow. */
const longestBody = withDefaultLimits().messageBytes / 2;
const longestName = 256;

/**
 * Answers a NOTIFY that nobody has subscribed to. Servers that do not wait to be asked tell so of messages that wait (RFC 3842);
 * of anything else it is refused.
 */
export function takeUnaskedNotify(transaction: ServerTransaction): SubscriptionNews | undefined {
  const { headers, body } = transaction.request;
  const event = headers.get('Event')?.split(';', 1)[0]?.trim().toLowerCase();
  const refusal = event === 'message-summary' ? bodyRefusalOf(headers, body) : { status: 489 };
  transaction.respond(refusal?.status ?? 200, { headers: refusal?.headers ?? [] });
  if (refusal || body === '' || !isReadable(headers, body)) return undefined;
  const substate = headers.get('Subscription-State')?.split(';', 1)[0]?.trim().toLowerCase();
  return {
    event: 'notify',
    notify: 'message-summary',
    substate: substate === 'pending' || substate === 'terminated' ? substate : 'active',
    contentType: typeOf(headers),
    content: body,
  };
}

/** Answers a request of a peer. Undefined: there is nothing that a handset should hear, because it is refused or says nothing. */
export function takeNote(transaction: ServerTransaction): NoteNews | undefined {
  const { request } = transaction;
  const refusal = refusalOf(request);
  transaction.respond(refusal?.status ?? 200, { headers: refusal?.headers ?? [] });
  if (refusal || request.body === '' || !isReadable(request.headers, request.body)) return undefined;
  return request.method === 'INFO' ? infoOf(request) : messageOf(request);
}

interface NoteRefusal {
  readonly status: number;
  readonly headers?: SipHeaders;
}

function refusalOf({ method, headers, body }: SipRequest): NoteRefusal | undefined {
  // RFC 6665 §4.1.3: of no subscription of ours.
  if (method === 'NOTIFY') return { status: 481 };
  if (method !== 'INFO' && method !== 'MESSAGE') return { status: 405, headers: [['Allow', allowed]] };
  return bodyRefusalOf(headers, body);
}

function bodyRefusalOf(headers: Headers, body: string): NoteRefusal | undefined {
  if (body.length > longestBody) return { status: 413 };
  // RFC 3261 §8.2.3: only what is text as it stands can be told.
  return isReadable(headers, body) || isOptional(headers) ? undefined : { status: 415, headers: readable };
}

/** RFC 3261 §20.11: who does not understand the body is to pass over it. */
function isOptional(headers: Headers): boolean {
  return /;\s*handling\s*=\s*optional\b/i.test(headers.get('Content-Disposition') ?? '');
}

const readable: SipHeaders = [
  ['Accept', 'text/plain;charset=utf-8, */*'],
  ['Accept-Encoding', 'identity'],
];

const allowed = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, REFER, NOTIFY, INFO, MESSAGE';

function infoOf(request: SipRequest): NoteNews {
  return {
    event: 'info',
    sender: senderOf(request).uri,
    type: typeOf(request.headers),
    content: request.body,
  };
}

function messageOf(request: SipRequest): NoteNews {
  const { uri, displayName } = senderOf(request);
  return {
    event: 'message',
    sender: uri,
    ...(displayName !== undefined && { displayName: displayName.slice(0, longestName) }),
    contentType: typeOf(request.headers),
    content: request.body,
  };
}

function isReadable(headers: Headers, body: string): boolean {
  const encoding = headers.get('Content-Encoding')?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') return false;
  if (body === '') return true;
  const type = typeOf(headers);
  if (type.length > 256 || !/^[\w!%*+`'~.-]+\s*\/\s*[\w!%*+`'~.-]+\s*(;|$)/.test(type)) return false;
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  // The stack reads bodies as UTF-8 and puts this in place of what is none.
  return /^(utf-?8|(us-)?ascii)$/.test(charset) && !body.includes('\ufffd');
}

function typeOf(headers: Headers): string {
  return headers.get('Content-Type')?.trim() ?? '';
}

function senderOf({ headers }: SipRequest): { readonly uri: string; readonly displayName?: string } {
  const from = parseNameAddr(headers.get('From') ?? '');
  if (!from) return { uri: 'sip:anonymous@anonymous.invalid' };
  const displayName =
    from.displayName ?? (from.uri.user === undefined ? undefined : unescapeUri(from.uri.user));
  const uri = formatUri({ ...from.uri, params: new Map(), headers: new Map() });
  return { uri, ...(displayName !== undefined && { displayName }) };
}
