/** `#account=1001&secret=...`: a link that signs in. The caller takes it out of the address bar at once. */
export function accountInHash(hash: string): { account: string; secret: string | undefined } | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const account = fields.get('account')?.trim();
  if (!account) return undefined;
  return { account, secret: fields.get('secret') ?? undefined };
}
