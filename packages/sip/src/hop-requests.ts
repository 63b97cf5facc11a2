import { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';

/** A final response that no peer sent. */
export function madeUp(status: number): SipResponse {
  return { kind: 'response', status, reason: reasonPhrase(status), headers: new Headers(), body: '' };
}

/** RFC 3261 §17.1.1.3: the ACK to a final response other than 2xx goes the INVITE's own way, hop by hop. */
export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return sameHop(invite, 'ACK', response.headers.get('To') ?? invite.headers.get('To') ?? '');
}

/** RFC 3261 §9.1. */
export function cancelFor(invite: SipRequest, extra: Iterable<readonly [string, string]> = []): SipRequest {
  const cancel = sameHop(invite, 'CANCEL', invite.headers.get('To') ?? '');
  for (const [name, value] of extra) cancel.headers.append(name, value);
  return cancel;
}

function sameHop(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string): SipRequest {
  const { headers: given } = invite;
  const headers = new Headers();
  headers.append('Via', given.list('Via')[0] ?? '');
  for (const route of given.getAll('Route')) headers.append('Route', route);
  headers.append('Max-Forwards', '70');
  headers.append('From', given.get('From') ?? '');
  headers.append('To', to);
  headers.append('Call-ID', given.get('Call-ID') ?? '');
  headers.append('CSeq', `${Number.parseInt(given.get('CSeq') ?? '', 10)} ${method}`);
  return { kind: 'request', method, uri: invite.uri, headers, body: '' };
}
