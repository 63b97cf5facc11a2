/** What a link that signs in says. */
export interface SignInLink {
  readonly account: string;
  readonly secret: string | undefined;
  /** Good once. */
  readonly token: string | undefined;
}

/** `#account=1001&token=...` or `&secret=...`. The caller takes it out of the address bar at once. */
export function signInLink(hash: string): SignInLink | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const account = fields.get('account')?.trim();
  if (!account) return undefined;
  return { account, secret: fields.get('secret') ?? undefined, token: fields.get('token') ?? undefined };
}

/** Such a link to the page beside the server at `wss://host/janus`. */
export function linkTo(server: string, { account, token }: { account: string; token: string }): string {
  const page = new URL('.', server.replace(/^ws/, 'http'));
  page.hash = new URLSearchParams({ account, token }).toString();
  return page.href;
}
