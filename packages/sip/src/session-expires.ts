import type { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseParams } from './params.ts';
import type { Refusal } from './request-rules.ts';
import { parseDecimal } from './scan.ts';

/** RFC 4028 §5: no interval may be shorter, whoever asks for it. */
export const shortestMinSE = 90;
const longest = 2 ** 31 - 1;

/** What a user agent wants of session timers, in seconds. */
export interface SessionTimerPolicy {
  /** What our INVITE asks for; 0: nothing. */
  readonly expires: number;
  /** The shortest interval that we accept. */
  readonly minimum: number;
}

/** A running session timer, as one side of the dialog sees it. */
export interface SessionInterval {
  readonly seconds: number;
  readonly weRefresh: boolean;
}

interface SessionExpires {
  readonly seconds: number;
  readonly refresher: 'uac' | 'uas' | undefined;
}

/** Undefined if it is not there or malformed: then there is no session timer. */
export function sessionExpiresOf(headers: Headers): SessionExpires | undefined {
  const value = headers.get('Session-Expires');
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  const end = semicolon < 0 ? value.length : semicolon;
  const seconds = parseDecimal(value.slice(0, end).trim(), longest);
  const params = parseParams(value, end);
  if (seconds === undefined || !params) return undefined;
  const refresher = params.get('refresher')?.toLowerCase();
  return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

/** The shortest interval that the message allows (RFC 4028 §5). */
export function minSEOf(headers: Headers): number {
  const value = (headers.get('Min-SE') ?? '').split(';', 1)[0] ?? '';
  return Math.max(shortestMinSE, parseDecimal(value.trim(), longest) ?? 0);
}

/** RFC 4028 §9: too short an interval gets 422, if the caller itself knows session timers; else some proxy asked, and it goes on. */
export function intervalRefusal(request: SipRequest, { minimum }: SessionTimerPolicy): Refusal | undefined {
  const asked = sessionExpiresOf(request.headers);
  const least = Math.max(minimum, shortestMinSE);
  if (!asked || asked.seconds >= least || !supportsTimer(request)) return undefined;
  return { status: 422, headers: [['Min-SE', String(least)]] };
}

/** What our 2xx agrees to: what the request asks for, and the peer refreshes unless it wants us to (RFC 4028 §9, table 2). */
export function agreeAsUas(request: SipRequest): SessionInterval | undefined {
  const asked = sessionExpiresOf(request.headers);
  if (!asked) return undefined;
  const seconds = Math.max(asked.seconds, minSEOf(request.headers));
  return { seconds, weRefresh: asked.refresher === 'uas' || !supportsTimer(request) };
}

/** The headers of that 2xx. A peer that has to refresh must know (RFC 4028 §9). */
export function headersAsUas(interval: SessionInterval | undefined): [string, string][] {
  if (!interval) return [];
  const { seconds, weRefresh } = interval;
  return weRefresh
    ? [['Session-Expires', `${seconds};refresher=uas`]]
    : [
        ['Session-Expires', `${seconds};refresher=uac`],
        ['Require', 'timer'],
      ];
}

/** What a 2xx to our request agrees to. A peer that names nobody leaves it to us (RFC 4028 §7.2). */
export function agreeAsUac(response: SipResponse): SessionInterval | undefined {
  const agreed = sessionExpiresOf(response.headers);
  if (!agreed) return undefined;
  return { seconds: Math.max(agreed.seconds, shortestMinSE), weRefresh: agreed.refresher !== 'uas' };
}

function supportsTimer(request: SipRequest): boolean {
  return ['Supported', 'Require'].some((name) =>
    request.headers.list(name).some((tag) => tag.toLowerCase() === 'timer'),
  );
}
