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
  const viaProblem = viaProblemOf(message);
  if (viaProblem !== undefined) return viaProblem;
  for (const name of once) {
    const count = headers.count(name);
    if (count !== 1) return count === 0 ? `Missing ${name}` : `More than one ${name}`;
  }
  for (const name of parties) {
    if (!headers.read(name, parseNameAddr)) return `Malformed ${name}`;
  }
  const callId = headers.get('call-id');
  if (callId === undefined || callId === '' || /[ \t]/.test(callId)) return 'Malformed Call-ID';
  const cseq = headers.read('CSeq', parseCSeq);
  if (!cseq) return 'Malformed CSeq';
  if (method !== undefined && cseq.method !== method) return 'CSeq does not match the method';
  return optionalProblemOf(message);
}

const once = ['From', 'To', 'Call-ID', 'CSeq'] as const;
const parties = ['From', 'To'] as const;

function viaProblemOf({ headers }: SipMessage): string | undefined {
  const isOne = headers.count('Via') === 1 && !headers.get('Via')?.includes(',');
  if (isOne) return headers.read('Via', parseVia) ? undefined : 'Malformed Via';
  const vias = headers.list('Via');
  if (vias.length === 0) return 'Missing Via';
  return vias.every((via) => parseVia(via) !== undefined) ? undefined : 'Malformed Via';
}

function optionalProblemOf({ headers }: SipMessage): string | undefined {
  if (headers.count('Max-Forwards') > 1) return 'More than one Max-Forwards';
  const hops = headers.get('Max-Forwards');
  if (hops !== undefined && parseDecimal(hops, 255) === undefined) return 'Malformed Max-Forwards';
  const contacts = headers.count('Contact');
  if (contacts === 0) return undefined;
  const isOne = contacts === 1 && headers.read('Contact', parseNameAddr) !== undefined;
  return isOne || parseContacts(headers.getAll('Contact')) ? undefined : 'Malformed Contact';
}
