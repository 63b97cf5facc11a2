import type { ResponseOptions } from './contract.ts';
import { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { reasonPhrase } from './reason-phrases.ts';

/**
 * The response to a request with what RFC 3261 §8.2.6 copies: Via, From, To (with `toTag` added if it has none), Call-ID, CSeq,
 * and Timestamp for a 100. Record-Route is copied where a dialog may come of it (§12.1.1).
 * @throws SipError `invalid-header` if the options hold one; nothing in the request makes it throw
 */
export function makeResponse(
  request: SipRequest,
  status: number,
  options: ResponseOptions = {},
): SipResponse {
  const headers = new Headers();
  copy(request.headers, headers, 'Via');
  if (status > 100 && status < 300) copy(request.headers, headers, 'Record-Route');
  copy(request.headers, headers, 'From');
  for (const to of request.headers.getAll('To')) headers.append('To', withTag(to, options.toTag));
  copy(request.headers, headers, 'Call-ID');
  copy(request.headers, headers, 'CSeq');
  if (status === 100) copy(request.headers, headers, 'Timestamp');
  for (const [name, value] of options.headers ?? []) headers.append(name, value);
  const body = options.body ?? '';
  if (body !== '' && (options.contentType !== undefined || !headers.has('Content-Type'))) {
    headers.set('Content-Type', options.contentType ?? 'application/sdp');
  }
  return { kind: 'response', status, reason: options.reason ?? reasonPhrase(status), headers, body };
}

/** Whether a refused request shows the way back, and what its client finds its transaction by (RFC 3261 §17.1.3). An ACK is never answered. */
export function canAnswer({ method, headers }: SipRequest): boolean {
  return method !== 'ACK' && headers.has('Via') && headers.has('CSeq');
}

/** A From or To value with the tag, unless it has one. Text that does not parse stays as it is. */
export function withTag(value: string, tag: string | undefined): string {
  if (tag === undefined) return value;
  const address = parseNameAddr(value);
  if (!address || address.params.has('tag')) return value;
  return `${value};tag=${tag}`;
}

function copy(from: Headers, to: Headers, name: string): void {
  for (const value of from.getAll(name)) to.append(name, value);
}
