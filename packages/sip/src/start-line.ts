import { isToken } from './scan.ts';

/** The first line of a message (RFC 3261 §7.1, §7.2), its version not yet judged. */
export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly version: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string; readonly version: string };

/** The parts of the line, or what is wrong with it. */
export function parseStartLine(line: string): StartLine | string {
  return /^SIP\//i.test(line) ? parseStatusLine(line) : parseRequestLine(line);
}

export function isVersion2(start: StartLine): boolean {
  return start.version === 'SIP/2.0' || start.version.toUpperCase() === 'SIP/2.0';
}

/** Exactly one space each side of the URI, none within it: guessing where it ends has been used to fool proxies (RFC 4475 §3.1.2.9). */
function parseRequestLine(line: string): StartLine | string {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  if (first < 1 || second < 0) return 'Malformed request line';
  const method = line.slice(0, first);
  const uri = line.slice(first + 1, second);
  const version = line.slice(second + 1);
  if (!isToken(method)) return 'Malformed method';
  if (uri === '' || uri.includes('\t')) return 'Malformed Request-URI';
  return /^SIP\/\d+\.\d+$/i.test(version)
    ? { kind: 'request', method, uri, version }
    : 'Malformed request line';
}

function parseStatusLine(line: string): StartLine | string {
  const match = /^(SIP\/\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/i.exec(line);
  if (!match) return 'Malformed status line';
  const [, version = '', status, reason = ''] = match;
  return { kind: 'response', status: Number(status), reason, version };
}
