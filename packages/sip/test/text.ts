import { parseMessage } from '../src/parse.ts';
import type { ParseFault } from '../src/parse.ts';
import type { SipRequest, SipResponse } from '../src/message.ts';

/** A message as one writes it down: LF becomes CRLF. */
export function wire(text: string): Buffer {
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'));
}

export function requestOf(text: string): SipRequest {
  const result = parseMessage(wire(text));
  if (!result.ok || result.message.kind !== 'request')
    throw new Error(`no request: ${JSON.stringify(result)}`);
  return result.message;
}

export function responseOf(text: string): SipResponse {
  const result = parseMessage(wire(text));
  if (!result.ok || result.message.kind !== 'response')
    throw new Error(`no response: ${JSON.stringify(result)}`);
  return result.message;
}

export function faultOf(text: string): ParseFault {
  const result = parseMessage(wire(text));
  if (result.ok) throw new Error('it parsed');
  return result;
}
