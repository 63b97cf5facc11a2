import type { Credentials } from './contract.ts';
import { algorithmOf, digestHa1, digestResponse } from './digest-hash.ts';
import type { Challenge } from './digest-parse.ts';
import { isToken, quote } from './scan.ts';
import { SipError } from './sip-error.ts';

/** Weakest first. */
const strength: readonly string[] = ['MD5', 'SHA-512-256', 'SHA-256'];

/**
 * What to answer: for each realm the strongest challenge that we can, wherever it stands. RFC 8760 §2.4 has the client take the first one
 * it knows, but not all servers put their best one first, and to a server that names both either is as good.
 * Empty if there is none; `unanswerable` then says why.
 */
export function chooseChallenges(challenges: readonly Challenge[], credentials: Credentials): Challenge[] {
  const chosen = new Map<string, Challenge>();
  for (const challenge of challenges) {
    if (unanswerable(challenge, credentials) !== undefined) continue;
    const before = chosen.get(challenge.realm);
    if (!before || strengthOf(challenge) > strengthOf(before)) chosen.set(challenge.realm, challenge);
  }
  return [...chosen.values()];
}

function strengthOf({ algorithm }: Challenge): number {
  return strength.indexOf(algorithmOf(algorithm)?.hash ?? '');
}

/** Why this challenge cannot be answered with these credentials; undefined if it can. */
export function unanswerable(challenge: Challenge, credentials: Credentials): string | undefined {
  const algorithm = algorithmOf(challenge.algorithm);
  if (!algorithm) return `algorithm ${challenge.algorithm} is not supported`;
  if (challenge.qop.length > 0 && !challenge.qop.includes('auth')) {
    return `qop ${challenge.qop.join(', ')} is not supported: only auth is`;
  }
  if (credentials.password !== undefined) return undefined;
  if (credentials.ha1 === undefined) return 'there is neither password nor H(A1)';
  const known = algorithmOf(credentials.ha1Algorithm ?? 'MD5')?.hash;
  return known === algorithm.hash
    ? undefined
    : `H(A1) is for ${known ?? 'an unknown algorithm'}, not ${algorithm.hash}`;
}

/**
 * The value of Authorization or Proxy-Authorization (RFC 3261 §22.4, RFC 7616 §3.4, RFC 8760).
 * @param uri the Request-URI as it stands in the request
 * @param nc how often this nonce has been used, from 1
 * @param cnonce random text of ours
 * @throws SipError `invalid-challenge` if `unanswerable` names a reason
 */
export function authorize(
  challenge: Challenge,
  credentials: Credentials,
  method: string,
  uri: string,
  nc: number,
  cnonce: string,
): string {
  const problem = unanswerable(challenge, credentials);
  const algorithm = algorithmOf(challenge.algorithm);
  if (problem !== undefined || !algorithm) throw SipError.invalidChallenge(problem ?? challenge.algorithm);
  const { realm, nonce, opaque } = challenge;
  const { username } = credentials;
  const { password } = credentials;
  const ha1 = password === undefined ? credentials.ha1 : digestHa1(algorithm.hash, username, realm, password);
  const usesQop = challenge.qop.length > 0;
  const count = nc.toString(16).padStart(8, '0');
  const response = digestResponse({
    algorithm,
    ha1: ha1 ?? '',
    nonce,
    method,
    uri,
    cnonce,
    ...(usesQop ? { qop: { nc: count, cnonce } } : {}),
  });
  const params = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${isToken(challenge.algorithm) ? challenge.algorithm : 'MD5'}`,
  ];
  if (usesQop) params.push(`cnonce=${quote(cnonce)}`, 'qop=auth', `nc=${count}`);
  else if (algorithm.isSession) params.push(`cnonce=${quote(cnonce)}`);
  if (opaque !== undefined) params.push(`opaque=${quote(opaque)}`);
  return `Digest ${params.join(', ')}`;
}
