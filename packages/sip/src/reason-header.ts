import type { SessionEnd } from './contract.ts';
import type { SipRequest } from './message.ts';
import { parseParams } from './params.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { endOfToken, parseDecimal, sliceTrimmed, unquote } from './scan.ts';

/** Why the peer ended the call: what its Reason header says (RFC 3326), else the status given. */
export function reasonEnd(request: SipRequest, status: number): SessionEnd {
  const reasonHeader = request.headers.get('Reason');
  const sip = status === 200 ? sipReason(request.headers.list('Reason')) : undefined;
  return {
    by: 'peer',
    status: sip?.cause ?? status,
    reason: sip?.text ?? reasonPhrase(sip?.cause ?? status),
    ...(reasonHeader === undefined ? {} : { reasonHeader }),
    headers: request.headers,
  };
}

/** One value of a Reason header. */
export interface Reason {
  /** `SIP`, `Q.850` ... */
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
}

/** Reads one value of a Reason header (RFC 3326 §2). Undefined if it is malformed. */
export function parseReason(value: string): Reason | undefined {
  const protocol = sliceTrimmed(value, 0, endOfToken(value, 0));
  const params = parseParams(value, protocol.length);
  if (protocol === '' || !params) return undefined;
  const cause = parseDecimal(params.get('cause') ?? '', 999);
  const text = params.get('text');
  return {
    protocol,
    ...(cause !== undefined && { cause }),
    ...(text !== undefined && { text: unquote(text) }),
  };
}

function sipReason(values: readonly string[]): Reason | undefined {
  return values
    .map(parseReason)
    .find((reason) => reason?.protocol.toUpperCase() === 'SIP' && isStatus(reason.cause));
}

function isStatus(cause: number | undefined): boolean {
  return cause !== undefined && cause >= 200 && cause <= 699;
}
