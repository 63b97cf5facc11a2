import { parseParams } from './params.ts';
import { isToken, splitOutside, unquote } from './scan.ts';

/** One `Digest` challenge, as the server gave it. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly stale: boolean;
  /** As sent; `MD5` when the server names none (RFC 7616 §3.3). */
  readonly algorithm: string;
  /** Empty without a qop parameter: the form of RFC 2069. */
  readonly qop: readonly string[];
}

/**
 * All Digest challenges in WWW-Authenticate or Proxy-Authenticate values, in their order. One value may hold several (RFC 7235 §4.1);
 * other schemes and malformed challenges are left out.
 */
export function parseChallenges(values: readonly string[]): Challenge[] {
  return values.flatMap(parseSchemes).flatMap(({ scheme, params }) => {
    const challenge = scheme === 'digest' ? challengeOf(params) : undefined;
    return challenge ? [challenge] : [];
  });
}

/** The parameters of an Authorization or Proxy-Authorization value, unquoted; undefined if it is not Digest or malformed. */
export function parseDigestCredentials(value: string): ReadonlyMap<string, string> | undefined {
  const [only, ...more] = parseSchemes(value);
  return only?.scheme === 'digest' && more.length === 0 ? only.params : undefined;
}

/** The nonce for the next request, where a server names one in its 2xx (RFC 7616 §3.5). */
export function nextNonceOf(authenticationInfo: string | undefined): string | undefined {
  for (const element of splitOutside(authenticationInfo ?? '', ',')) {
    const text = parseParams(`;${element}`, 0)?.get('nextnonce');
    if (text !== undefined && text !== '') return unquote(text);
  }
  return undefined;
}

interface Scheme {
  readonly scheme: string;
  readonly params: Map<string, string>;
}

/** `Digest a="b", c=d, Basic realm="e"`: an element that begins with two words begins a new scheme. */
function parseSchemes(value: string): Scheme[] {
  const schemes: Scheme[] = [];
  for (const element of splitOutside(value, ',')) {
    const [, word = '', rest] = /^(\S+)[ \t]+([^ \t=][\s\S]*)$/.exec(element) ?? [];
    const startsScheme = rest !== undefined && isToken(word);
    if (startsScheme) schemes.push({ scheme: word.toLowerCase(), params: new Map() });
    const params = parseParams(`;${startsScheme ? rest : element}`, 0);
    for (const [name, text] of params ?? []) schemes.at(-1)?.params.set(name, unquote(text));
  }
  return schemes;
}

function challengeOf(params: ReadonlyMap<string, string>): Challenge | undefined {
  const realm = params.get('realm');
  const nonce = params.get('nonce');
  const opaque = params.get('opaque');
  if (realm === undefined || nonce === undefined) return undefined;
  return {
    realm,
    nonce,
    ...(opaque === undefined ? {} : { opaque }),
    stale: params.get('stale')?.toLowerCase() === 'true',
    algorithm: params.get('algorithm') ?? 'MD5',
    qop: (params.get('qop') ?? '')
      .toLowerCase()
      .split(/[ \t,]+/)
      .filter((word) => word !== ''),
  };
}
