import type { IncomingInvite } from '@soft-handset/sip';
import { diversionsOf, formatUri, identityOf, parseNameAddr, unescapeUri } from '@soft-handset/sip';
import type { NameAddr } from '@soft-handset/sip';
import type { CallType } from '@soft-handset/protocol';
import type { CallFacts, Party } from './handset.ts';
import { wantsVideo } from './media-wish.ts';
import { mediaIn, srtpIn } from './sdp-lines.ts';

/** What an INVITE says about the call it makes. Whatever the caller put there, this does not throw. */
export function factsOfInvite(invite: IncomingInvite, callTypeHeader: string): CallFacts {
  const { request, offer, isFromServer } = invite;
  const to = parseNameAddr(request.headers.get('To') ?? '');
  const divertedBy = isFromServer ? diversionsOf(request).slice(0, mostDiversions) : [];
  const callee = to && userOf(to.uri);
  const srtp = srtpIn(offer ?? '');
  const referredBy = parseNameAddr(request.headers.get('Referred-By') ?? '');
  return {
    direction: 'in',
    ...callerOf(invite),
    ...(callee !== undefined && { callee: callee.slice(0, longestName) }),
    // RFC 3261 §13.2.1: an INVITE without offer leaves it to us; every handset can speak.
    ...(offer === undefined ? { audio: true, video: wantsVideo(invite) } : mediaIn(offer)),
    ...(srtp && { srtp }),
    ...(divertedBy.length > 0 && {
      divertedBy: divertedBy.map(({ address, reason }) => ({
        ...partyOf(address),
        ...(reason !== undefined && { reason: reason.slice(0, longestName) }),
      })),
    }),
    ...(referredBy && { referredBy: partyOf(referredBy).peer }),
    type: typeOfCall(invite, callTypeHeader),
  };
}

const longestName = 256;
/** Who has passed a call on more often than this is not told. */
const mostDiversions = 10;

/** RFC 3325 §9.1: what others than our server assert counts for nothing. RFC 3323 §4.1.1.3: the name of who wants to have none. */
function callerOf({ request, remote, isFromServer }: IncomingInvite): Party {
  const caller = identityOf(request, { isTrusted: isFromServer });
  if (caller?.isPrivate) return { peer: 'sip:anonymous@anonymous.invalid', displayName: 'Anonymous' };
  return partyOf(caller?.address ?? remote);
}

function partyOf({ uri, displayName = userOf(uri) }: NameAddr): Party {
  return {
    peer: formatUri({ ...uri, params: new Map(), headers: new Map() }),
    ...(displayName !== undefined && { displayName: displayName.slice(0, longestName) }),
  };
}

/** Why the call comes: what the configured header says, else auto-answer as PBXs ask for it, else an ordinary call. */
function typeOfCall({ request: { headers } }: IncomingInvite, callTypeHeader: string): string {
  const said = headers.get(callTypeHeader)?.trim();
  if (said !== undefined && /^[\w.-]{1,64}$/.test(said)) return said;
  const isAutomatic =
    /^\s*auto\b/i.test(headers.get('Answer-Mode') ?? '') || // RFC 5373 §4
    headers.getAll('Call-Info').some((value) => /;\s*answer-after\s*=\s*0\b/i.test(value)) ||
    headers.getAll('Alert-Info').some((value) => /\b(auto|ring)[ -]?answer\b/i.test(value));
  const type: CallType = isAutomatic ? 'self_call_handle' : 'user_call_user';
  return type;
}

function userOf({ user }: { readonly user?: string }): string | undefined {
  return user === undefined ? undefined : unescapeUri(user);
}
