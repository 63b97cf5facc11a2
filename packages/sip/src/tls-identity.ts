import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { parseUri } from './uri.ts';

/**
 * Whether a certificate speaks for a SIP domain (RFC 5922 §7.2): one of its identities is that domain, whole and without wildcards.
 * A server that is named by an IP address must have that address among its names.
 * @returns what is wrong
 */
export function sipIdentityFault(domain: string, certificate: PeerCertificate): Error | undefined {
  if (isIP(domain) !== 0) return checkServerIdentity(domain, certificate);
  const identities = sipIdentities(certificate);
  const wanted = withoutDot(domain);
  if (identities.some((identity) => withoutDot(identity) === wanted)) return undefined;
  const found = identities.length === 0 ? 'nobody' : identities.join(', ');
  return new Error(`the certificate is not for the SIP domain ${domain}: it speaks for ${found}`);
}

/** RFC 5922 §7.1: `sip` URIs without a user, and DNS names; the common name only where there are no alternative names at all. */
export function sipIdentities({ subject, subjectaltname }: PeerCertificate): string[] {
  if (subjectaltname === undefined) {
    const names: string | string[] | undefined = (subject as Partial<PeerCertificate['subject']> | undefined)
      ?.CN;
    return names === undefined ? [] : [names].flat();
  }
  return alternativeNames(subjectaltname).flatMap(([kind, value]) => {
    if (kind === 'DNS') return [value];
    const uri = kind === 'URI' ? parseUri(value) : undefined;
    return uri?.scheme === 'sip' && uri.user === undefined ? [uri.host] : [];
  });
}

/** Node joins the names by `, ` and writes one that could be mistaken for several as a JSON string. */
function alternativeNames(text: string): (readonly [kind: string, value: string])[] {
  const entries = text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return entries.flatMap((entry) => {
    const colon = entry.indexOf(':');
    const value = entry.slice(colon + 1);
    return colon < 0 ? [] : [[entry.slice(0, colon).trim(), unquoted(value)] as const];
  });
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return ''; // No name at all, so it matches nobody.
  }
}

function withoutDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
