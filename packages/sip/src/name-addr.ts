import type { NameAddr } from './message.ts';
import { formatParams, parseParams } from './params.ts';
import { endOfQuoted, quote, skipSpace, sliceTrimmed, splitOutside, unquote } from './scan.ts';
import { SipError } from './sip-error.ts';
import { formatUri, parseUri } from './uri.ts';

/** Reads one From, To, Contact, Route ... value (RFC 3261 §20.10). Undefined if it is malformed or its URI is not SIP, SIPS or tel. */
export function parseNameAddr(text: string): NameAddr | undefined {
  const start = skipSpace(text, 0);
  if (text.charCodeAt(start) === 34) {
    const end = endOfQuoted(text, start);
    return end < 0 ? undefined : parseBracketed(text, skipSpace(text, end), unquote(text.slice(start, end)));
  }
  const open = text.indexOf('<', start);
  if (open < 0) return parseBare(text, start);
  const displayName = sliceTrimmed(text, start, open);
  return isDisplayName(displayName) ? parseBracketed(text, open, displayName) : undefined;
}

/** A Contact header's elements, or `*` (RFC 3261 §10.2.2). Undefined if one is malformed or `*` is not alone. */
export function parseContacts(values: readonly string[]): '*' | NameAddr[] | undefined {
  const contacts: NameAddr[] = [];
  const elements = values.flatMap((value) => splitOutside(value, ','));
  if (elements.length === 1 && elements[0] === '*') return '*';
  for (const element of elements) {
    const contact = parseNameAddr(element);
    if (!contact) return undefined;
    contacts.push(contact);
  }
  return contacts;
}

/** Always with angle brackets, so that parameters of the URI and of the header cannot be mistaken. @throws SipError `invalid-uri` */
export function formatNameAddr(address: NameAddr): string {
  const display =
    address.displayName === undefined || address.displayName === '' ? '' : `${quote(address.displayName)} `;
  if (/[\r\n]/.test(display)) throw SipError.invalidHeader('display name', 'holds a line end');
  return `${display}<${formatUri(address.uri)}>${formatParams(address.params)}`;
}

function parseBracketed(text: string, open: number, displayName: string): NameAddr | undefined {
  if (text.charCodeAt(open) !== 60) return undefined;
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = parseUri(text.slice(open + 1, close));
  const params = parseParams(text, close + 1);
  if (!uri || !params) return undefined;
  return displayName === '' ? { uri, params } : { displayName, uri, params };
}

/** Without brackets all parameters are the header's, and a URI with `?` or `,` must not stand so (RFC 3261 §20). */
function parseBare(text: string, start: number): NameAddr | undefined {
  const semicolon = text.indexOf(';', start);
  const end = semicolon < 0 ? text.length : semicolon;
  const uriText = sliceTrimmed(text, start, end);
  if (uriText.includes('?') || uriText.includes(',')) return undefined;
  const uri = parseUri(uriText);
  const params = parseParams(text, end);
  return uri && params ? { uri, params } : undefined;
}

/** Tokens by the letter of the grammar. Other characters that separate nothing are met in practice and harmless. */
function isDisplayName(text: string): boolean {
  return /^[^"<>(),:;@[\\\]]*$/.test(text);
}
