import { formatUri, parseUri, SipError } from '@soft-handset/sip';
import type { SipUri } from '@soft-handset/sip';

/**
 * Whom a handset dials, as a SIP URI: `1002`, `1002@host`, `sip:...`, `tel:...`. Undefined if it cannot be understood.
 * The request goes to the account's server whatever stands here; what could steer it from there (URI headers, `maddr`, `transport`,
 * `method`: RFC 3261 §19.1.1) is left out.
 */
export function destinationOf(dialled: string, domain: Pick<SipUri, 'host' | 'port'>): string | undefined {
  const text = dialled.trim();
  try {
    if (/^tel:/i.test(text)) return fromTel(text, domain);
    if (/^sips?:/i.test(text)) return fromUri(text);
    if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return undefined;
    if (text.includes('@')) return fromUri(`sip:${text}`);
    return fromNumber(text, domain);
  } catch (error) {
    if (error instanceof SipError) return undefined;
    throw error;
  }
}

function fromUri(text: string): string | undefined {
  const uri = parseUri(text);
  if (uri?.user === undefined) return undefined;
  const params = new Map([...uri.params].filter(([name]) => !steering.has(name)));
  return formatUri({ scheme: uri.scheme, user: uri.user, ...hostOf(uri), params, headers: new Map() });
}

/** RFC 3261 §19.1.6: a telephone number as a SIP URI; visual separators go. */
function fromTel(text: string, domain: Pick<SipUri, 'host' | 'port'>): string | undefined {
  const tel = parseUri(text);
  if (tel?.user === undefined) return undefined;
  const user = tel.user.replace(/[-.()]/g, '');
  return user === '' ? undefined : inDomain(user, domain, new Map([['user', 'phone']]));
}

function fromNumber(text: string, domain: Pick<SipUri, 'host' | 'port'>): string | undefined {
  if (!/^[^\s\p{Cc}@<>"\\:]+$/u.test(text)) return undefined;
  return inDomain(text, domain, new Map());
}

function inDomain(
  user: string,
  domain: Pick<SipUri, 'host' | 'port'>,
  params: ReadonlyMap<string, string>,
): string {
  return formatUri({ scheme: 'sip', user, ...hostOf(domain), params, headers: new Map() });
}

function hostOf({ host, port }: Pick<SipUri, 'host' | 'port'>): Pick<SipUri, 'host' | 'port'> {
  return { host, ...(port !== undefined && { port }) };
}

const steering: ReadonlySet<string> = new Set(['transport', 'maddr', 'ttl', 'method', 'lr']);
