import { isToken } from './scan.ts';

/** The first line of a message (RFC 3261 §7.1, §7.2), its version not yet judged. */
export type StartLine =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: string;
      readonly version: string;
      /** Why the line is not to be followed, although it is a request's: it can be refused. */
      readonly problem?: string;
    }
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
  const method = line.slice(0, Math.max(first, 0));
  if (first < 1) return 'Malformed request line';
  if (!isToken(method)) return 'Malformed method';
  const uri = line.slice(first + 1, second);
  const version = line.slice(second + 1);
  if (second >= 0 && /^SIP\/\d+\.\d+$/i.test(version)) {
    const problem = uri === '' || uri.includes('\t') ? 'Malformed Request-URI' : undefined;
    return { kind: 'request', method, uri, version, ...(problem !== undefined && { problem }) };
  }
  const tail = /[ \t](SIP\/\d+\.\d+)[ \t]*$/i.exec(line)?.[1];
  if (tail === undefined) return 'Malformed request line';
  return { kind: 'request', method, uri: '', version: tail, problem: 'Malformed request line' };
}

function parseStatusLine(line: string): StartLine | string {
  const match = /^(SIP\/\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/i.exec(line);
  if (!match) return 'Malformed status line';
  const [, version = '', status, reason = ''] = match;
  return { kind: 'response', status: Number(status), reason, version };
}
