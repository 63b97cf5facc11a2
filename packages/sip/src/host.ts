import { isIPv6 } from 'node:net';
import { parseDecimal } from './scan.ts';

export interface HostPort {
  /** An IPv6 address stands here without its brackets. */
  readonly host: string;
  readonly port?: number;
}

/** `host`, `host:port`, `[IPv6]`, `[IPv6]:port` (RFC 3261 §25.1 `hostport`); white space around the colon is allowed as in Via. */
export function parseHostPort(text: string): HostPort | undefined {
  if (text.charCodeAt(0) === 91) return parseIPv6Reference(text);
  const colon = text.indexOf(':');
  if (colon < 0) return isHostName(text) ? { host: text } : undefined;
  return withPort(text.slice(0, colon).trimEnd(), text.slice(colon + 1), isHostName);
}

/** With the brackets that an IPv6 address needs in a URI and in Via. */
export function formatHostPort(host: string, port?: number): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? shown : `${shown}:${port}`;
}

/** Letters, digits, `-` and `.`; `_` is met in practice. IPv4 addresses are among them. */
export function isHostName(text: string): boolean {
  if (text === '' || text.length > 255) return false;
  let before = dot;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (hostChars[code] !== 1 || (code === dot && before === dot)) return false;
    before = code;
  }
  return true;
}

const dot = 46;
const hostChars = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._')
  hostChars[char.charCodeAt(0)] = 1;

function parseIPv6Reference(text: string): HostPort | undefined {
  const close = text.indexOf(']');
  const host = text.slice(1, close);
  if (close < 0 || !isIPv6(host)) return undefined;
  const rest = text.slice(close + 1).trimStart();
  if (rest === '') return { host };
  return rest.startsWith(':') ? withPort(host, rest.slice(1), isIPv6) : undefined;
}

function withPort(host: string, portText: string, isHost: (host: string) => boolean): HostPort | undefined {
  const port = parseDecimal(portText.trim(), 65_535);
  return port === undefined || port === 0 || !isHost(host) ? undefined : { host, port };
}
