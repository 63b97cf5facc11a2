import type { Headers } from './headers.ts';
import type { NameAddr, SipMessage } from './message.ts';
import { parseNameAddr } from './name-addr.ts';

/** Who calls, as far as the message says it. */
export interface CallerIdentity {
  readonly address: NameAddr;
  readonly source: 'P-Asserted-Identity' | 'Remote-Party-ID' | 'From';
  /** The caller wants to stay unnamed (RFC 3323 §4.2, RFC 3325 §9.3): what is known is not to be shown. */
  readonly isPrivate: boolean;
}

/**
 * Who calls. What a trusted network asserts comes before what the caller writes himself (RFC 3325 §9.1); from a peer that is not trusted
 * only From counts. A SIP URI is preferred to a number. Undefined if not even From can be read.
 */
export function identityOf(
  { headers }: SipMessage,
  options: { readonly isTrusted: boolean },
): CallerIdentity | undefined {
  const from = parseNameAddr(headers.get('From') ?? '');
  const wishes = privacyOf(headers);
  if (options.isTrusted) {
    const asserted = assertedIn(headers);
    const isPrivate = wishes.some((wish) => wish === 'id' || wish === 'header' || wish === 'user');
    if (asserted) return { address: asserted, source: 'P-Asserted-Identity', isPrivate };
    const remote = remotePartyIn(headers);
    if (remote) return { ...remote, isPrivate: isPrivate || remote.isPrivate };
  }
  if (!from) return undefined;
  return { address: from, source: 'From', isPrivate: isAnonymous(from) || wishes.includes('user') };
}

/** One who has passed the call on, first of all the last. */
export interface DivertedBy {
  readonly address: NameAddr;
  /** `unconditional`, `user-busy`, `no-answer` ... (RFC 5806 §4); for History-Info the status in its Reason. */
  readonly reason?: string;
}

/** Whose call this was before (RFC 5806), the last one first. History-Info (RFC 7044) is read where there is no Diversion. */
export function diversionsOf({ headers }: SipMessage): DivertedBy[] {
  const diversions = headers.list('Diversion').flatMap((value) => {
    const address = parseNameAddr(value);
    const reason = address?.params.get('reason')?.replace(/"/g, '').toLowerCase();
    return address ? [reason === undefined ? { address } : { address, reason }] : [];
  });
  return diversions.length > 0 ? diversions : historyOf(headers);
}

/** All entries but the last, which is us: each with the reason why it was left. */
function historyOf(headers: Headers): DivertedBy[] {
  const entries = headers.list('History-Info').flatMap((value) => parseNameAddr(value) ?? []);
  return entries
    .slice(0, -1)
    .reverse()
    .map(({ uri: { headers: inUri, ...uri }, ...rest }) => {
      const cause = /cause(?:=|%3D)(\d+)/i.exec(inUri.get('reason') ?? inUri.get('Reason') ?? '')?.[1];
      const address: NameAddr = { ...rest, uri: { ...uri, headers: new Map() } };
      return cause === undefined ? { address } : { address, reason: cause };
    });
}

function assertedIn(headers: Headers): NameAddr | undefined {
  const all = headers.list('P-Asserted-Identity').flatMap((value) => parseNameAddr(value) ?? []);
  return all.find(({ uri }) => uri.scheme !== 'tel') ?? all[0];
}

/** The draft that came before RFC 3325; many PBXs still send it. */
function remotePartyIn(headers: Headers): CallerIdentity | undefined {
  for (const value of headers.getAll('Remote-Party-ID')) {
    const address = parseNameAddr(value);
    if (!address || (address.params.get('party') ?? 'calling') !== 'calling') continue;
    const isPrivate = !['', 'off'].includes(
      (address.params.get('privacy') ?? '').replace(/"/g, '').toLowerCase(),
    );
    return { address, source: 'Remote-Party-ID', isPrivate };
  }
  return undefined;
}

function privacyOf(headers: Headers): string[] {
  return headers
    .getAll('Privacy')
    .flatMap((value) => value.split(/[;,]/).map((wish) => wish.trim().toLowerCase()));
}

/** RFC 3323 §4.1.1.3. */
function isAnonymous({ uri }: NameAddr): boolean {
  return uri.host.toLowerCase() === 'anonymous.invalid' || uri.user?.toLowerCase() === 'anonymous';
}
