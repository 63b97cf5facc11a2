import type { Notification } from './contract.ts';
import type { Headers } from './headers.ts';
import type { SipRequest } from './message.ts';
import { parseParams } from './params.ts';
import { parseDecimal } from './scan.ts';
import { parseStartLine } from './start-line.ts';

/** A header of one word with parameters. */
interface Word {
  readonly word: string;
  readonly params: ReadonlyMap<string, string>;
}

/** Event (RFC 6665 §8.2.1). */
export function eventOf(
  headers: Headers,
): { readonly name: string; readonly id: string | undefined } | undefined {
  const parsed = parseWord(headers.get('Event'));
  return parsed && { name: parsed.word, id: parsed.params.get('id') };
}

/** What a NOTIFY says of its subscription (RFC 6665 §8.2.3). Without the header, as before RFC 3265, it is active. */
export function notificationOf(
  request: SipRequest,
): Notification & { readonly expires?: number; readonly retryAfter?: number } {
  const parsed = parseWord(request.headers.get('Subscription-State'));
  const state = parsed?.word === 'terminated' || parsed?.word === 'pending' ? parsed.word : 'active';
  const reason = parsed?.params.get('reason')?.toLowerCase();
  const expires = parseDecimal(parsed?.params.get('expires') ?? '', 2 ** 31);
  const retryAfter = parseDecimal(parsed?.params.get('retry-after') ?? '', 2 ** 31);
  const contentType = request.headers.get('Content-Type');
  return {
    state,
    body: request.body,
    request,
    ...(reason === undefined ? {} : { reason }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(expires === undefined ? {} : { expires }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** The status line of a `message/sipfrag` body (RFC 3420, RFC 3515 §2.4.5). */
export function sipfragStatus(
  body: string,
): { readonly status: number; readonly reason: string } | undefined {
  const line = parseStartLine(/^[^\r\n]*/.exec(body.trimStart())?.[0] ?? '');
  return typeof line === 'object' && line.kind === 'response'
    ? { status: line.status, reason: line.reason }
    : undefined;
}

function parseWord(value: string | undefined): Word | undefined {
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  const end = semicolon < 0 ? value.length : semicolon;
  const word = value.slice(0, end).trim().toLowerCase();
  const params = parseParams(value, end);
  return word === '' || !params ? undefined : { word, params };
}
