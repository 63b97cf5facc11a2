/** A number or SIP URI for the log: enough to recognise a call that one knows of, not to read whom somebody phones. */
export function shortAddress(address: string): string {
  const user = address.replace(/^[a-z]+:/i, '').replace(/[@;?].*$/, '');
  return user.length <= 4 ? `…${user.slice(-1)}` : `${user.slice(0, 2)}…${user.slice(-2)}`;
}
