import { endOfQuoted, endOfToken, quote, skipSpace } from './scan.ts';

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
    const start = skipSpace(text, at + 1);
    at = endOfToken(text, start);
    if (at === start) return undefined;
    const name = text.slice(start, at).toLowerCase();
    at = skipSpace(text, at);
    let value = '';
    if (text.charCodeAt(at) === 61) {
      const from = skipSpace(text, at + 1);
      at = endOfValue(text, from);
      if (at <= from) return undefined;
      value = text.slice(from, at);
      at = skipSpace(text, at);
    }
    if (!params.has(name)) params.set(name, value);
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

/** A value is either wholly quoted, or without white space, quotes, angle brackets, commas and semicolons. -1 if its quotes never close. */
function endOfValue(text: string, at: number): number {
  if (text.charCodeAt(at) === 34) return endOfQuoted(text, at);
  while (at < text.length && isValueChar(text.charCodeAt(at))) at++;
  return at;
}

function isValue(value: string): boolean {
  return value !== '' && endOfValue(value, 0) === value.length;
}

function isValueChar(code: number): boolean {
  return code > 32 && code !== 34 && code !== 44 && code !== 59 && code !== 60 && code !== 62 && code !== 127;
}
