/** The number in a SIP or tel URI: what people call the caller. Anything else stays as it is. */
export function telNumber(uri: string): string {
  const user = /^(?:sips?:|tel:)?([^@;?:]*)/i.exec(uri.trim())?.[1] ?? '';
  return user === '' ? uri : decoded(user);
}

function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    // A lone % is no escape.
    return user;
  }
}
