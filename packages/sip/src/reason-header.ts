import type { SessionEnd } from './contract.ts';
import type { SipRequest } from './message.ts';
import { parseParams } from './params.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { unquote } from './scan.ts';

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

function sipReason(
  values: readonly string[],
): { readonly cause: number; readonly text: string | undefined } | undefined {
  for (const value of values) {
    const semicolon = value.indexOf(';');
    if (semicolon < 0 || value.slice(0, semicolon).trim().toUpperCase() !== 'SIP') continue;
    const params = parseParams(value, semicolon);
    const cause = Number(params?.get('cause'));
    const text = params?.get('text');
    if (Number.isInteger(cause) && cause >= 200 && cause <= 699) {
      return { cause, text: text === undefined ? undefined : unquote(text) };
    }
  }
  return undefined;
}
