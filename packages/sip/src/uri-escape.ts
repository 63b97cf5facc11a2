const unreserved = /[A-Za-z0-9\-_.!~*'()]/;

/** Undoes the escapes of characters that need none, so that equal texts are equal (RFC 3261 §19.1.4). Others keep theirs, in upper case. */
export function canonical(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return unreserved.test(char) ? char : escape.toUpperCase();
  });
}

/** All escapes undone: for showing a user part to people. Text that is not UTF-8 stays escaped. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // decodeURIComponent knows no other way to say that the bytes are no UTF-8.
  }
}

/** Each takes text that may hold escapes already and escapes what else must not stand bare in that part of a URI (RFC 3261 §25.1). */
export const escapeUser = escaperOf(/[A-Za-z0-9\-_.!~*'()&=+$,;?/]/);
export const escapePassword = escaperOf(/[A-Za-z0-9\-_.!~*'()&=+$,]/);
export const escapeParam = escaperOf(/[A-Za-z0-9\-_.!~*'()[\]/:&+$]/);
export const escapeHeader = escaperOf(/[A-Za-z0-9\-_.!~*'()[\]/?:+$]/);

function escaperOf(allowed: RegExp): (text: string) => string {
  const isAllowed = Uint8Array.from({ length: 128 }, (_none, code) =>
    Number(allowed.test(String.fromCharCode(code))),
  );
  // Nearly every text is fine as it is, and a look at each character is all it gets.
  return (text) => {
    for (let at = 0; at < text.length; at++) {
      if (isAllowed[text.charCodeAt(at)] !== 1) return escapeOthers(text, allowed);
    }
    return text;
  };
}

function escapeOthers(text: string, allowed: RegExp): string {
  let escaped = '';
  for (let at = 0; at < text.length;) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const isEscape = char === '%' && /^%[0-9A-Fa-f]{2}/.test(text.slice(at, at + 3));
    escaped += isEscape || (char.length === 1 && allowed.test(char)) ? char : escapeBytes(char);
    at += char.length;
  }
  return escaped;
}

function escapeBytes(char: string): string {
  let escaped = '';
  for (const byte of Buffer.from(char, 'utf8'))
    escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}
