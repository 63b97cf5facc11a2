import { isIPv6 } from 'node:net';
import { formatHostPort, isHostName, parseHostPort } from './host.ts';
import type { SipUri } from './message.ts';
import { noParams } from './params.ts';
import { SipError } from './sip-error.ts';
import { canonical, escapeHeader, escapeParam, escapePassword, escapeUser } from './uri-escape.ts';

/** Reads a `sip:`, `sips:` or `tel:` URI (RFC 3261 §19.1, RFC 3966). Undefined if it is another scheme or malformed. */
export function parseUri(text: string): SipUri | undefined {
  const colon = text.indexOf(':');
  switch (text.slice(0, colon).toLowerCase()) {
    case 'sip':
      return parseSipUri('sip', text.slice(4));
    case 'sips':
      return parseSipUri('sips', text.slice(5));
    case 'tel':
      return parseTelUri(text.slice(4));
    default:
      return undefined;
  }
}

/** The scheme of any absolute URI, in lower case: tells 416 from 400. */
export function uriScheme(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):./i.exec(text)?.[1]?.toLowerCase();
}

/** @throws SipError `invalid-uri` if the host or a parameter name cannot be written. All else is escaped where it must be. */
export function formatUri(uri: SipUri): string {
  if (uri.scheme === 'tel') return `tel:${escapeUser(uri.user ?? '')}${formatUriParams(uri.params)}`;
  if (!isHostName(uri.host) && !isIPv6(uri.host)) throw SipError.invalidUri(uri.host);
  let text = `${uri.scheme}:`;
  if (uri.user !== undefined) {
    text += escapeUser(uri.user);
    if (uri.password !== undefined) text += `:${escapePassword(uri.password)}`;
    text += '@';
  }
  text += formatHostPort(uri.host, uri.port) + formatUriParams(uri.params);
  let separator = '?';
  for (const [name, value] of uri.headers) {
    text += `${separator}${escapeHeader(name)}=${escapeHeader(value)}`;
    separator = '&';
  }
  return text;
}

/** Whether two URIs are equivalent (RFC 3261 §19.1.4). */
export function sameUri(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || a.password !== b.password || a.port !== b.port) return false;
  if (a.scheme === 'tel')
    return sameNumber(a.user ?? '', b.user ?? '') && sameParams(a.params, b.params, () => true);
  return (
    a.user === b.user &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    sameParams(a.params, b.params, (name) => mustMatch.has(name)) &&
    sameHeaders(a.headers, b.headers)
  );
}

/** In only one of two URIs these make a difference; any other parameter then does not count. */
const mustMatch = new Set(['user', 'ttl', 'method', 'maddr', 'transport']);

function sameParams(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
  mayNotMiss: (name: string) => boolean,
): boolean {
  for (const [name, value] of a) {
    const other = b.get(name);
    if (
      other === undefined
        ? mayNotMiss(name)
        : canonical(other).toLowerCase() !== canonical(value).toLowerCase()
    )
      return false;
  }
  for (const name of b.keys()) if (!a.has(name) && mayNotMiss(name)) return false;
  return true;
}

function sameHeaders(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || canonical(other) !== canonical(value)) return false;
  }
  return true;
}

/** RFC 3966 §4: visual separators do not count. */
function sameNumber(a: string, b: string): boolean {
  const bare = (number: string): string => number.replace(/[-.()]/g, '').toLowerCase();
  return bare(a) === bare(b);
}

function parseSipUri(scheme: 'sip' | 'sips', rest: string): SipUri | undefined {
  if (!isUriText(rest)) return undefined;
  const at = rest.lastIndexOf('@');
  const question = rest.indexOf('?', at + 1);
  const end = question < 0 ? rest.length : question;
  let semicolon = rest.indexOf(';', at + 1);
  if (semicolon < 0 || semicolon > end) semicolon = end;
  const hostPort = parseHostPort(rest.slice(at + 1, semicolon));
  const params = parseUriParams(rest.slice(semicolon, end));
  const headers = question < 0 ? noParams : parseUriHeaders(rest.slice(question + 1));
  if (!hostPort || !params || !headers) return undefined;
  // Filled in step by step: every message has four or five URIs, and objects spread into one another take longer than the parsing.
  const uri: Mutable<SipUri> = { scheme, host: hostPort.host, params, headers };
  if (hostPort.port !== undefined) uri.port = hostPort.port;
  return at < 0 || addUserInfo(uri, rest.slice(0, at)) ? uri : undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function parseTelUri(rest: string): SipUri | undefined {
  if (!isUriText(rest)) return undefined;
  const semicolon = rest.indexOf(';');
  const user = canonical(semicolon < 0 ? rest : rest.slice(0, semicolon));
  if (!/^\+?[0-9a-f*#().-]+$/i.test(user.replace(/%23/g, '#'))) return undefined;
  const params = semicolon < 0 ? noParams : parseUriParams(rest.slice(semicolon));
  return params && { scheme: 'tel', user, host: '', params, headers: noParams };
}

/** No white space, control characters, quotes or angle brackets, and each `%` begins an escape. */
function isUriText(text: string): boolean {
  let escapes = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 34 || code === 60 || code === 62 || code === 127) return false;
    if (code === 37) escapes = true;
  }
  return !escapes || !/%(?![0-9a-f]{2})/i.test(text);
}

function addUserInfo(uri: Mutable<SipUri>, text: string): boolean {
  const colon = text.indexOf(':');
  const user = canonical(colon < 0 ? text : text.slice(0, colon));
  if (user === '') return false;
  uri.user = escapeUser(user);
  if (colon >= 0) uri.password = escapePassword(canonical(text.slice(colon + 1)));
  return true;
}

function parseUriParams(text: string): ReadonlyMap<string, string> | undefined {
  if (text === '') return noParams;
  const params = new Map<string, string>();
  for (let start = 1; start <= text.length;) {
    const semicolon = text.indexOf(';', start);
    const end = semicolon < 0 ? text.length : semicolon;
    const equals = text.indexOf('=', start);
    const hasValue = equals >= 0 && equals < end;
    const name = escapeParam(lowerCase(text.slice(start, hasValue ? equals : end)));
    if (name === '') return undefined;
    if (!params.has(name)) params.set(name, hasValue ? escapeParam(text.slice(equals + 1, end)) : '');
    start = end + 1;
  }
  return params;
}

/** The escapes of letters undone before, those that are left in upper case after. */
function lowerCase(name: string): string {
  return name.includes('%') ? canonical(canonical(name).toLowerCase()) : name.toLowerCase();
}

function parseUriHeaders(text: string): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    if (equals < 1) return undefined;
    headers.set(escapeHeader(lowerCase(part.slice(0, equals))), escapeHeader(part.slice(equals + 1)));
  }
  return headers;
}

function formatUriParams(params: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of params) {
    if (name === '') throw SipError.invalidUri(';');
    text += value === '' ? `;${escapeParam(name)}` : `;${escapeParam(name)}=${escapeParam(value)}`;
  }
  return text;
}
