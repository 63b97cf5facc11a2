import { parseCSeq } from './check.ts';
import type { CSeq } from './check.ts';
import type { Headers } from './headers.ts';
import type { NameAddr, SipMessage, Via } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseVia } from './via.ts';

/** The hop that sent a request, or that a response goes to. */
export function topVia(message: SipMessage): Via | undefined {
  const { headers } = message;
  return headers.get('Via')?.includes(',')
    ? parseVia(headers.list('Via')[0] ?? '')
    : headers.read('Via', parseVia);
}

export function cseqIn(headers: Headers): CSeq | undefined {
  return headers.read('CSeq', parseCSeq);
}

export function tagIn(headers: Headers, name: 'From' | 'To'): string | undefined {
  return headers.read(name, parseNameAddr)?.params.get('tag');
}

/** The tag of a From or To value. */
export function tagOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : parseNameAddr(value)?.params.get('tag');
}

/** The first Contact. */
export function contactOf(message: SipMessage): NameAddr | undefined {
  const { headers } = message;
  if (!headers.get('Contact')?.includes(',')) return headers.read('Contact', parseNameAddr);
  const first = headers.list('Contact')[0];
  return first === undefined ? undefined : parseNameAddr(first);
}
