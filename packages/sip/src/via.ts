import { formatHostPort, parseHostPort } from './host.ts';
import type { Via } from './message.ts';
import { formatParams, parseParams } from './params.ts';
import { isToken, sliceTrimmed } from './scan.ts';

/** Reads one Via element (RFC 3261 §20.42). Undefined if it is malformed. */
export function parseVia(text: string): Via | undefined {
  const first = text.indexOf('/');
  const second = text.indexOf('/', first + 1);
  if (first < 0 || second < 0) return undefined;
  if (sliceTrimmed(text, 0, first).toUpperCase() !== 'SIP' || sliceTrimmed(text, first + 1, second) !== '2.0')
    return undefined;
  const semicolon = text.indexOf(';', second);
  const end = semicolon < 0 ? text.length : semicolon;
  const protocolAndHost = sliceTrimmed(text, second + 1, end);
  const gap = protocolAndHost.search(/[ \t]/);
  if (gap < 0) return undefined;
  const transport = protocolAndHost.slice(0, gap).toUpperCase();
  const hostPort = parseHostPort(protocolAndHost.slice(gap).trimStart());
  const params = parseParams(text, end);
  return isToken(transport) && hostPort && params ? { transport, ...hostPort, params } : undefined;
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHostPort(via.host, via.port)}${formatParams(via.params)}`;
}
