import type { NameAddr, SipMessage, Via } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseVia } from './via.ts';

/** The hop that sent a request, or that a response goes to. */
export function topVia(message: SipMessage): Via | undefined {
  const first = message.headers.get('Via');
  if (first === undefined) return undefined;
  return parseVia(first.includes(',') ? (message.headers.list('Via')[0] ?? '') : first);
}

/** The tag of a From or To value. */
export function tagOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : parseNameAddr(value)?.params.get('tag');
}

/** The first Contact. */
export function contactOf(message: SipMessage): NameAddr | undefined {
  const first = message.headers.list('Contact')[0];
  return first === undefined ? undefined : parseNameAddr(first);
}
