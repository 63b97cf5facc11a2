import { formatHostPort, parseHostPort } from './host.ts';
import type { Via } from './message.ts';
import { formatParams, parseParams } from './params.ts';
import { endOfToken, isSpace, skipSpace, sliceTrimmed } from './scan.ts';

/** Reads one Via element (RFC 3261 §20.42). Undefined if it is malformed. */
export function parseVia(text: string): Via | undefined {
  const start = transportIn(text);
  if (start < 0) return undefined;
  const gap = endOfToken(text, start);
  if (gap === start || !isSpace(text.charCodeAt(gap))) return undefined;
  const semicolon = text.indexOf(';', gap);
  const end = semicolon < 0 ? text.length : semicolon;
  const hostPort = parseHostPort(sliceTrimmed(text, gap, end));
  const params = parseParams(text, end);
  if (!hostPort || !params) return undefined;
  const transport = text.slice(start, gap).toUpperCase();
  const { host, port } = hostPort;
  return port === undefined ? { transport, host, params } : { transport, host, port, params };
}

/** Where the transport stands behind `SIP/2.0/`, which nobody writes with spaces although they are allowed. -1: nowhere. */
function transportIn(text: string): number {
  if (text.startsWith(usual)) return skipSpace(text, usual.length);
  const first = text.indexOf('/');
  const second = text.indexOf('/', first + 1);
  if (first < 0 || second < 0) return -1;
  const isSip = sliceTrimmed(text, 0, first).toUpperCase() === 'SIP';
  return isSip && sliceTrimmed(text, first + 1, second) === '2.0' ? skipSpace(text, second + 1) : -1;
}

const usual = 'SIP/2.0/';

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHostPort(via.host, via.port)}${formatParams(via.params)}`;
}
