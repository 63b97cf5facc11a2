import { createHash } from 'node:crypto';

/** RFC 8760 §2.1 names the algorithms; Node names the hashes. */
const hashes: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-256', 'sha256'],
  ['SHA-512-256', 'sha512-256'],
]);

export interface Algorithm {
  /** `MD5`, `SHA-256` or `SHA-512-256`. */
  readonly hash: string;
  /** The `-sess` form: H(A1) is bound to the first nonce and cnonce. */
  readonly isSession: boolean;
}

/** The algorithm of that name in any case, if we have it. */
export function algorithmOf(name: string): Algorithm | undefined {
  const upper = name.toUpperCase();
  const isSession = upper.endsWith('-SESS');
  const hash = isSession ? upper.slice(0, -5) : upper;
  return hashes.has(hash) ? { hash, isSession } : undefined;
}

/** H(user:realm:password), the form in which a server may keep a password (RFC 7616 §3.4.2). */
export function digestHa1(algorithm: string, username: string, realm: string, password: string): string {
  return hashHex(algorithmOf(algorithm)?.hash ?? 'MD5', `${username}:${realm}:${password}`);
}

export interface DigestInput {
  readonly algorithm: Algorithm;
  /** H(user:realm:password), also for the `-sess` form. */
  readonly ha1: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  /** Undefined: the form of RFC 2069, without nonce count. */
  readonly qop?: { readonly nc: string; readonly cnonce: string };
  /** For the `-sess` form without qop. */
  readonly cnonce?: string;
}

/** The `response` parameter (RFC 7616 §3.4.1) for qop `auth` or none. */
export function digestResponse(input: DigestInput): string {
  const { algorithm, nonce, qop } = input;
  const cnonce = qop?.cnonce ?? input.cnonce ?? '';
  const ha1 = algorithm.isSession ? hashHex(algorithm.hash, `${input.ha1}:${nonce}:${cnonce}`) : input.ha1;
  const ha2 = hashHex(algorithm.hash, `${input.method}:${input.uri}`);
  const middle = qop ? `${nonce}:${qop.nc}:${qop.cnonce}:auth` : nonce;
  return hashHex(algorithm.hash, `${ha1}:${middle}:${ha2}`);
}

function hashHex(hash: string, text: string): string {
  return createHash(hashes.get(hash) ?? 'md5')
    .update(text)
    .digest('hex');
}
