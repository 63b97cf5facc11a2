import { isToken } from '@soft-handset/sip';

/** The first header that a handset must not set: what the stack writes, what routes, what says who somebody is. */
export function forbiddenHeader(headers: Readonly<Record<string, string>> | undefined): string | undefined {
  return Object.keys(headers ?? {}).find((name) => {
    const key = name.toLowerCase();
    // RFC 3261 §7.3.3: names of one letter are compact forms of those below.
    return key.length === 1 || forbidden.has(key) || key.startsWith('content-');
  });
}

/** The first Contact parameter that is no token or quoted string (RFC 3261 §25.1) or that the stack writes itself. */
export function forbiddenContactParam(
  params: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const found = Object.entries(params ?? {}).find(
    ([name, value]) =>
      name.toLowerCase() === 'expires' || !(value === '' || isToken(value) || /^"[^"\\]*"$/.test(value)),
  );
  return found?.[0];
}

const forbidden: ReadonlySet<string> = new Set([
  'via',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'route',
  'record-route',
  'path',
  'service-route',
  'max-forwards',
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'require',
  'proxy-require',
  'supported',
  'unsupported',
  'allow',
  'allow-events',
  'expires',
  'min-expires',
  'session-expires',
  'min-se',
  'rseq',
  'rack',
  'event',
  'subscription-state',
  'refer-to',
  'mime-version',
  'user-agent',
  'server',
  'p-asserted-identity',
  'p-asserted-service',
  'identity',
  'identity-info',
  'history-info',
]);
