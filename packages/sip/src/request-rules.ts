import type { SipRequest } from './message.ts';
import { acceptedTypes, sdpOf } from './sdp-body.ts';

const always = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY';

/** Allow: what the stack answers itself, and what the owner takes besides. */
export function allowFor(owner: {
  readonly requests?: boolean;
  readonly referrals?: boolean;
  readonly messages?: boolean;
}): string {
  if (owner.requests) return `${always}, INFO, REFER, MESSAGE`;
  return `${always}${owner.referrals ? ', REFER' : ''}${owner.messages ? ', MESSAGE' : ''}`;
}

/** Allow where an owner takes all other requests. */
export const allowedWithOwner = allowFor({ requests: true });

const known = new Set(allowedWithOwner.split(', '));

/** Whether any owner could take it; other methods are refused. */
export function isKnownMethod(method: string): boolean {
  return known.has(method);
}

/** What there is by that name in SIP, whether we do it or not. */
const standard = new Set([...known, 'PUBLISH', 'REGISTER', 'SUBSCRIBE']);

/** RFC 3261 §8.2.1, §21.5.2: 405 for a method that is not allowed here, 501 for one that we have never heard of. */
export function methodRefusal(method: string, allow: string): Refusal {
  return { status: standard.has(method) ? 405 : 501, headers: [['Allow', allow]] };
}

/** Extensions that a peer may require of us. */
export const supportedTags: readonly string[] = ['100rel', 'timer', 'replaces', 'norefersub'];

export interface Refusal {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
}

/** RFC 3261 §8.2.2.3. `Proxy-Require` is for proxies, which we are not (§20.29). */
export function requireRefusal(request: SipRequest): Refusal | undefined {
  const unsupported = request.headers
    .list('Require')
    .filter((tag) => !supportedTags.includes(tag.toLowerCase()));
  return unsupported.length === 0
    ? undefined
    : { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
}

/** RFC 3261 §8.2.3: for requests whose body is an offer. */
export function bodyRefusal(request: SipRequest): Refusal | undefined {
  if (sdpOf(request).ok) return undefined;
  return {
    status: 415,
    headers: [
      ['Accept', acceptedTypes],
      ['Accept-Encoding', 'identity'],
    ],
  };
}

/** RFC 3261 §20.1: an INVITE that takes no SDP cannot be answered. Without `Accept` it takes SDP. */
export function acceptRefusal({ headers }: SipRequest): Refusal | undefined {
  if (!headers.has('Accept') || headers.list('Accept').some(takesSdp)) return undefined;
  return { status: 406, headers: [['Accept', acceptedTypes]] };
}

function takesSdp(range: string): boolean {
  const [type = '', ...params] = range.toLowerCase().replace(/\s/g, '').split(';');
  const isRefused = params.some((param) => /^q=0(\.0*)?$/.test(param));
  return !isRefused && (type === 'application/sdp' || type === 'application/*' || type === '*/*');
}
