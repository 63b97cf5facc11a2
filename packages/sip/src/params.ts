import { endOfQuoted, isSpace, isToken, quote, sliceTrimmed } from './scan.ts';

export const noParams: ReadonlyMap<string, string> = new Map();

/**
 * Reads `;name=value;flag` from `at` to the end of `text` (RFC 3261 §25.1 `generic-param`). Values stay as written, quotes included;
 * the first of two equal names counts. Undefined if it is malformed.
 */
export function parseParams(text: string, at: number): ReadonlyMap<string, string> | undefined {
  at = skipSpace(text, at);
  if (at === text.length) return noParams;
  const params = new Map<string, string>();
  while (at < text.length) {
    if (text.charCodeAt(at) !== 59) return undefined;
    const end = endOfParam(text, at + 1);
    if (end < 0 || !addParam(params, text, at + 1, end)) return undefined;
    at = end;
  }
  return params;
}

/** `;name=value` of each parameter. What was read is written the same, a tag above all; a value that may not stand bare is quoted. */
export function formatParams(params: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of params) {
    text += value === '' ? `;${name}` : `;${name}=${isValue(value) ? value : quote(value)}`;
  }
  return text;
}

function endOfParam(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 59) return at;
    if (code === 34) {
      const end = endOfQuoted(text, at);
      if (end < 0) return -1;
      at = end - 1;
    }
  }
  return text.length;
}

function addParam(params: Map<string, string>, text: string, start: number, end: number): boolean {
  let equals = text.indexOf('=', start);
  if (equals < 0 || equals > end) equals = end;
  const name = sliceTrimmed(text, start, equals).toLowerCase();
  if (!isToken(name)) return false;
  const value = equals < end ? sliceTrimmed(text, equals + 1, end) : '';
  if (equals < end && !isValue(value)) return false;
  if (!params.has(name)) params.set(name, value);
  return true;
}

/** Either wholly quoted, or without white space, quotes, angle brackets, commas and semicolons. */
function isValue(value: string): boolean {
  if (value === '') return false;
  if (value.charCodeAt(0) === 34) return endOfQuoted(value, 0) === value.length;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code <= 32 || code === 34 || code === 44 || code === 59 || code === 60 || code === 62 || code === 127)
      return false;
  }
  return true;
}

export function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}
