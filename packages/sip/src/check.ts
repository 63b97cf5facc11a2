import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { parseContacts, parseNameAddr } from './name-addr.ts';
import { isToken, parseDecimal } from './scan.ts';
import { parseUri, uriScheme } from './uri.ts';
import { parseVia } from './via.ts';

/** What a request is refused with. */
export interface Fault {
  readonly status: 400 | 416;
  readonly reason: string;
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RFC 3261 §20.16: a number below 2^31 and the method. */
export function parseCSeq(text: string): CSeq | undefined {
  const gap = text.search(/[ \t]/);
  if (gap < 0) return undefined;
  const number = parseDecimal(text.slice(0, gap), 2 ** 31 - 1);
  const method = text.slice(gap).trim();
  return number === undefined || !isToken(method) ? undefined : { number, method };
}

/**
 * What RFC 3261 §8.1.1 makes mandatory. Behind it the layers above may rely on: From, To, CSeq, every Via and a Contact that is there parse,
 * each stands once where it must, and the Request-URI has a scheme we know.
 */
export function checkRequest(request: SipRequest): Fault | undefined {
  const reason = problemOf(request, request.method);
  if (reason !== undefined) return { status: 400, reason };
  const uri = parseUri(request.uri);
  // RFC 3261 §19.1.1: no headers in a Request-URI.
  if (uri?.headers.size === 0) return undefined;
  const scheme = uriScheme(request.uri);
  return scheme === undefined || scheme === 'sip' || scheme === 'sips' || scheme === 'tel'
    ? { status: 400, reason: 'Malformed Request-URI' }
    : { status: 416, reason: 'Unsupported URI Scheme' };
}

/** The same for a response, where a fault has no other consequence than dropping it. */
export function checkResponse(response: SipResponse): { readonly reason: string } | undefined {
  const reason = problemOf(response, undefined);
  return reason === undefined ? undefined : { reason };
}

function problemOf(message: SipMessage, method: string | undefined): string | undefined {
  const { headers } = message;
  const vias = headers.list('via');
  if (vias.length === 0) return 'Missing Via';
  if (!vias.every((via) => parseVia(via) !== undefined)) return 'Malformed Via';
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const count = headers.getAll(name).length;
    if (count !== 1) return count === 0 ? `Missing ${name}` : `More than one ${name}`;
  }
  for (const name of ['From', 'To']) {
    if (!parseNameAddr(headers.get(name) ?? '')) return `Malformed ${name}`;
  }
  const callId = headers.get('call-id');
  if (callId === undefined || callId === '' || /[ \t]/.test(callId)) return 'Malformed Call-ID';
  const cseq = parseCSeq(headers.get('cseq') ?? '');
  if (!cseq) return 'Malformed CSeq';
  if (method !== undefined && cseq.method !== method) return 'CSeq does not match the method';
  return optionalProblemOf(message);
}

function optionalProblemOf({ headers }: SipMessage): string | undefined {
  const maxForwards = headers.getAll('max-forwards');
  if (maxForwards.length > 1) return 'More than one Max-Forwards';
  const hops = maxForwards[0];
  if (hops !== undefined && parseDecimal(hops, 255) === undefined) return 'Malformed Max-Forwards';
  const contacts = headers.getAll('contact');
  return contacts.length > 0 && parseContacts(contacts) === undefined ? 'Malformed Contact' : undefined;
}
