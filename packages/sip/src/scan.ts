/*
 * Small scanners shared by the parsers of this package. They work on character codes: a parser that meets each byte of
 * each message of each peer has no time for a regular expression a line.
 */

const tokenText = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~";
const tokenChars = new Uint8Array(128);
for (const char of tokenText) tokenChars[char.charCodeAt(0)] = 1;

/** RFC 3261 §25.1 `token`. */
export function isToken(text: string): boolean {
  if (text === '') return false;
  for (let at = 0; at < text.length; at++) {
    if (tokenChars[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

/** Where the token that begins at `at` ends. */
export function endOfToken(text: string, at: number): number {
  while (at < text.length && tokenChars[text.charCodeAt(at)] === 1) at++;
  return at;
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

export function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Whether white space or another control character of ASCII is in it. */
export function hasSpaceOrControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 127) return true;
  }
  return false;
}

/** `text.slice(start, end)` without white space at its ends. */
export function sliceTrimmed(text: string, start: number, end: number): string {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The index behind the quoted string that opens at `at`, or -1 if it never closes (RFC 3261 §25.1 `quoted-string`). */
export function endOfQuoted(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    const code = text.charCodeAt(next);
    if (code === 92) next++;
    else if (code === 34) return next + 1;
  }
  return -1;
}

/** Splits at `separator`, but not inside quotes or angle brackets. Elements are trimmed. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  if (!text.includes(separator)) return [text.trim()];
  const parts: string[] = [];
  const wanted = separator.charCodeAt(0);
  let start = 0;
  let inAngles = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34 && !inAngles) {
      const end = endOfQuoted(text, at);
      if (end < 0) break;
      at = end - 1;
    } else if (code === 60) inAngles = true;
    else if (code === 62) inAngles = false;
    else if (code === wanted && !inAngles) {
      parts.push(sliceTrimmed(text, start, at));
      start = at + 1;
    }
  }
  parts.push(sliceTrimmed(text, start, text.length));
  return parts;
}

/** The text inside a quoted string; text without quotes as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== 34 || !text.endsWith('"')) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

/** The text as a quoted string. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A decimal number of at most `max`, digits only; undefined otherwise. */
export function parseDecimal(text: string, max: number): number | undefined {
  if (text === '' || text.length > 16) return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return undefined;
  }
  const value = Number(text);
  return value <= max ? value : undefined;
}
