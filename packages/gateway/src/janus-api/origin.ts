export interface OriginRules {
  /** Origins that may use the server from pages of their own: `https://desk.example`. */
  readonly allowed: readonly string[];
  /** Whether this server answers under the host name: its certificate knows. */
  isOwnHost(host: string): boolean;
}

/**
 * Whether a page of this origin may talk to the server. Browsers always say where a page is from; who sends no Origin is no
 * browser, and no page can make it ask. The page's host must be the one it connects to *and* a name of this server, for a
 * foreign name may have been made to point here (DNS rebinding).
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  rules: OriginRules,
): boolean {
  if (origin === undefined) return true;
  if (rules.allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.protocol === 'https:' && sameHost(page.host, host) && rules.isOwnHost(bareHost(page));
}

function sameHost(pageHost: string, host: string | undefined): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/:443$/, '');
  return host !== undefined && plain(pageHost) === plain(host);
}

/** Without the brackets of an IPv6 address. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
