import type { Jsep, SipserverResult } from '@soft-handset/protocol';
import { fits, isObject, sipserverShapes } from './sipserver-shapes.ts';

/** What the plugin says, checked. */
export type SipserverMessage =
  | {
      readonly kind: 'event';
      readonly callId: string | undefined;
      readonly event: SipserverResult;
      readonly jsep: Jsep | undefined;
    }
  | {
      readonly kind: 'error';
      readonly callId: string | undefined;
      readonly code: number;
      readonly text: string;
    };

/** Longest SDP that is read, in characters; protocol/jsep.ts has the same. */
const maxSdpLength = 65_536;

/** Undefined for what this version does not know. */
export function readSipserverMessage(data: unknown, jsep: unknown): SipserverMessage | undefined {
  if (!isObject(data) || !fits(data, { sip: 's', 'call_id?': 's' }) || data['sip'] !== 'event')
    return undefined;
  const callId = textOf(data['call_id']);
  const { result, error_code: code, error: text } = data;
  if (isResult(result)) return { kind: 'event', callId, event: result, jsep: readJsep(jsep) };
  if (typeof code === 'number' && typeof text === 'string') return { kind: 'error', callId, code, text };
  return undefined;
}

function isResult(result: unknown): result is SipserverResult {
  if (!isObject(result)) return false;
  const name = textOf(result['event']) ?? '';
  const shape = Object.entries(sipserverShapes).find(([event]) => event === name)?.[1];
  return shape !== undefined && fits(result, shape);
}

function readJsep(jsep: unknown): Jsep | undefined {
  if (!isObject(jsep)) return undefined;
  const { type, sdp } = jsep;
  if ((type !== 'offer' && type !== 'answer') || typeof sdp !== 'string') return undefined;
  return sdp.startsWith('v=') && sdp.length <= maxSdpLength ? { type, sdp } : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
