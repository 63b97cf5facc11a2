import type { Headers } from '@soft-handset/sip';

const most = 32;
const longest = 1024;

/** Those headers of a peer's message whose names begin as a handset has asked; undefined if there is none. */
export function headersFor(
  prefixes: readonly string[],
  headers: Headers,
): Record<string, string> | undefined {
  if (prefixes.length === 0) return undefined;
  const wanted = prefixes.map((prefix) => prefix.toLowerCase());
  const isHidden = wantsToStayUnnamed(headers) ? (key: string) => naming.has(key) : () => false;
  const found = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (credentials.has(key) || isHidden(key) || !wanted.some((prefix) => key.startsWith(prefix))) continue;
    const known = found.get(key);
    if (known) known.values.push(value);
    else if (found.size < most) found.set(key, { name, values: [value] });
  }
  const told = [...found.values()]
    .map(({ name, values }) => [name, values.join(', ')] as const)
    .filter(([, value]) => value.length <= longest);
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** RFC 3323 §4.2, RFC 3325 §9.3. */
function wantsToStayUnnamed(headers: Headers): boolean {
  return headers.getAll('Privacy').some((value) => /\b(id|user|header)\b/i.test(value));
}

const credentials: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'proxy-authentication-info',
]);

const naming: ReadonlySet<string> = new Set([
  'from',
  'contact',
  'reply-to',
  'call-info',
  'organization',
  'p-asserted-identity',
  'p-preferred-identity',
  'remote-party-id',
  'identity',
  'identity-info',
  'history-info',
  'diversion',
  'referred-by',
]);
