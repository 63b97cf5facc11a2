import { createHmac, timingSafeEqual } from 'node:crypto';
import { algorithmOf, digestHa1, digestResponse } from './digest-hash.ts';
import { parseDigestCredentials } from './digest-parse.ts';
import { quote } from './scan.ts';

export interface DigestServerOptions {
  readonly realm: string;
  /** Key of the nonces' HMAC. One that lives longer than the process lets nonces do so too. */
  readonly secret: Buffer | string;
  /** Milliseconds; need not be wall-clock time. */
  readonly now: () => number;
  /** Random bytes as hex. */
  readonly random: (bytes: number) => string;
  /** Offered in this order. Default: SHA-256, then MD5. */
  readonly algorithms?: readonly string[];
  readonly nonceLifetimeMs?: number;
  /** Nonces whose count is remembered; those issued before a forgotten one become stale. */
  readonly maxNonces?: number;
}

/** What an account knows of its password: itself, or H(user:realm:password) by algorithm name. */
export type DigestSecret = { readonly password: string } | { readonly ha1: Readonly<Record<string, string>> };

export type DigestVerdict =
  | { readonly ok: true; readonly username: string }
  | {
      readonly ok: false;
      readonly why: 'missing' | 'malformed' | 'stale' | 'replayed' | 'unknown-user' | 'wrong';
      readonly username?: string;
    };

/** A request as far as digest needs it. */
export interface DigestRequest {
  readonly method: string;
  /** Authorization or Proxy-Authorization values; the one for our realm counts. */
  readonly credentials: readonly string[];
}

/**
 * The server side of digest (RFC 7616 §3.3, RFC 8760). A nonce proves by HMAC that we issued it and when, so handing one out costs no
 * memory; only a nonce that was used is remembered, for its count.
 */
export class DigestServer {
  readonly #options: Required<DigestServerOptions>;
  readonly #counts = new Map<string, { count: number; issuedAt: number }>();
  /** Nonces issued up to here are stale whatever their age. */
  #forgottenUntil = -Infinity;

  constructor(options: DigestServerOptions) {
    this.#options = {
      algorithms: ['SHA-256', 'MD5'],
      nonceLifetimeMs: 300_000,
      maxNonces: 50_000,
      ...options,
    };
  }

  /** Values for as many WWW-Authenticate or Proxy-Authenticate headers, best algorithm first; `algorithms` are some of those we know. */
  challenge(options: { readonly stale?: boolean; readonly algorithms?: readonly string[] } = {}): string[] {
    const { realm } = this.#options;
    const { algorithms = this.#options.algorithms } = options;
    const nonce = this.#issue();
    const stale = options.stale === true ? ', stale=true' : '';
    return algorithms.map(
      (algorithm) =>
        `Digest realm=${quote(realm)}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale}`,
    );
  }

  /** `stale` and `replayed` ask for a new challenge with `stale: true`; the others are a refusal or a first challenge. */
  verify(request: DigestRequest, secretOf: (username: string) => DigestSecret | undefined): DigestVerdict {
    const ours = request.credentials
      .map(parseDigestCredentials)
      .find((params) => params?.get('realm') === this.#options.realm);
    if (!ours) return { ok: false, why: request.credentials.length === 0 ? 'missing' : 'malformed' };
    const facts = factsOf(ours);
    if (!facts || !this.#options.algorithms.some((name) => name.toUpperCase() === facts.algorithmName)) {
      return { ok: false, why: 'malformed' };
    }
    const { username, nonce } = facts;
    const issuedAt = this.#issuedAt(nonce);
    if (issuedAt === undefined || issuedAt <= this.#forgottenUntil)
      return { ok: false, why: 'stale', username };
    if (this.#options.now() - issuedAt > this.#options.nonceLifetimeMs)
      return { ok: false, why: 'stale', username };
    const secret = secretOf(username);
    if (!secret) return { ok: false, why: 'unknown-user', username };
    const ha1 =
      'password' in secret
        ? digestHa1(facts.algorithmName, username, this.#options.realm, secret.password)
        : secret.ha1[facts.algorithm.hash];
    if (ha1 === undefined) return { ok: false, why: 'wrong', username };
    const expected = digestResponse({ ...facts, ha1, method: request.method });
    if (!sameText(expected, facts.response.toLowerCase())) return { ok: false, why: 'wrong', username };
    // Only a right answer may use up a count, or anybody could use up another's.
    return this.#use(nonce, issuedAt, facts.count)
      ? { ok: true, username }
      : { ok: false, why: 'replayed', username };
  }

  /** Counts must rise. Without qop there is none, and the nonce is good for one request. */
  #use(nonce: string, issuedAt: number, count: number | undefined): boolean {
    const known = this.#counts.get(nonce);
    if (known && (count === undefined || count <= known.count)) return false;
    if (!known) this.#forgetOld();
    this.#counts.set(nonce, { count: count ?? Infinity, issuedAt });
    return true;
  }

  #forgetOld(): void {
    const { now, nonceLifetimeMs, maxNonces } = this.#options;
    const expired = now() - nonceLifetimeMs;
    for (const [nonce, { issuedAt }] of this.#counts) {
      const isFull = this.#counts.size >= maxNonces;
      if (!isFull && issuedAt >= expired) return;
      this.#counts.delete(nonce);
      if (isFull) this.#forgottenUntil = Math.max(this.#forgottenUntil, issuedAt);
    }
  }

  #issue(): string {
    const stamp = `${Math.trunc(this.#options.now()).toString(36)}.${this.#options.random(8)}`;
    return `${stamp}.${this.#seal(stamp)}`;
  }

  #issuedAt(nonce: string): number | undefined {
    const [time = '', salt = '', seal = '', ...more] = nonce.split('.');
    if (more.length > 0 || !sameText(seal, this.#seal(`${time}.${salt}`))) return undefined;
    return Number.parseInt(time, 36);
  }

  #seal(stamp: string): string {
    return createHmac('sha256', this.#options.secret)
      .update(`${this.#options.realm}.${stamp}`)
      .digest('base64url')
      .slice(0, 27);
  }
}

function factsOf(params: ReadonlyMap<string, string>) {
  const username = params.get('username');
  const nonce = params.get('nonce');
  const uri = params.get('uri');
  const response = params.get('response');
  const algorithmName = (params.get('algorithm') ?? 'MD5').toUpperCase();
  const algorithm = algorithmOf(algorithmName);
  if (
    username === undefined ||
    nonce === undefined ||
    uri === undefined ||
    response === undefined ||
    !algorithm
  )
    return undefined;
  const cnonce = params.get('cnonce') ?? '';
  const base = { username, nonce, uri, response, algorithm, algorithmName, cnonce };
  const qop = params.get('qop');
  if (qop === undefined) return { ...base, count: undefined };
  const nc = params.get('nc') ?? '';
  if (qop.toLowerCase() !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc) || cnonce === '') return undefined;
  return { ...base, qop: { nc, cnonce }, count: Number.parseInt(nc, 16) };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
