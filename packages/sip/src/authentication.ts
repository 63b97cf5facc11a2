import type { ClientTransaction, Credentials, Flow, Target } from './contract.ts';
import type { TransactionUser } from './client-transaction.ts';
import type { Core } from './core.ts';
import { authorize, chooseChallenges, unanswerable } from './digest.ts';
import { nextNonceOf, parseChallenges } from './digest-parse.ts';
import type { Challenge } from './digest-parse.ts';
import type { Endpoint } from './endpoint.ts';
import type { Way } from './resolve.ts';
import type { SipRequest, SipResponse } from './message.ts';

type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';

interface Known {
  readonly header: CredentialsHeader;
  challenge: Challenge;
  nc: number;
}

/** A server may let each nonce live for one request only; more rounds than this are a loop. */
const maxRounds = 5;

/** What a user agent has learned of those who ask for its password: one challenge for each realm, with its nonce count. */
export class Authenticator {
  readonly #core: Core;
  readonly #credentials: Credentials | undefined;
  #known: Map<string, Known> | undefined;

  constructor(core: Core, credentials: Credentials | undefined) {
    this.#core = core;
    this.#credentials = credentials;
  }

  /** Writes the credentials for all challenges known: those of this round and of earlier requests (RFC 3261 §22.2, §22.3). */
  authorize(request: SipRequest): void {
    if (!this.#credentials || !this.#known) return;
    request.headers.delete('Authorization');
    request.headers.delete('Proxy-Authorization');
    for (const known of this.#known.values()) {
      known.nc += 1;
      const { challenge, header, nc } = known;
      const cnonce = this.#core.random(8);
      request.headers.append(
        header,
        authorize(challenge, this.#credentials, request.method, request.uri, nc, cnonce),
      );
    }
  }

  /** A 2xx may name the nonce for the next request (RFC 7616 §3.5). */
  renew(response: SipResponse): void {
    if (!this.#known) return;
    for (const [infos, header] of [
      ['Authentication-Info', 'Authorization'],
      ['Proxy-Authentication-Info', 'Proxy-Authorization'],
    ] as const) {
      const nonce = nextNonceOf(response.headers.get(infos));
      const theirs = [...this.#known.values()].filter((one) => one.header === header);
      const [only, ...others] = theirs;
      // The header names no realm: among several it could be anybody's.
      if (nonce === undefined || !only || others.length > 0) continue;
      only.challenge = { ...only.challenge, nonce };
      only.nc = 0;
    }
  }

  /** Why none of the challenges in a 401 or 407 can be answered; undefined if one can, or there is nothing to answer with. */
  problemOf(response: SipResponse): string | undefined {
    const credentials = this.#credentials;
    const asks = response.status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const challenges = parseChallenges(response.headers.getAll(asks));
    if (!credentials || chooseChallenges(challenges, credentials).length > 0) return undefined;
    return challenges.map((challenge) => unanswerable(challenge, credentials))[0];
  }

  /**
   * Learns from a 401 or 407. False if trying again is of no use: no challenge that we can answer, or one that we have just answered.
   * @param answered the realms answered for this request so far; grows
   */
  learn(response: SipResponse, answered: Set<string>): boolean {
    const [asks, header] =
      response.status === 401
        ? (['WWW-Authenticate', 'Authorization'] as const)
        : (['Proxy-Authenticate', 'Proxy-Authorization'] as const);
    if (!this.#credentials) return false;
    const challenges = chooseChallenges(parseChallenges(response.headers.getAll(asks)), this.#credentials);
    const refused = challenges.some(({ realm, stale }) => answered.has(`${header} ${realm}`) && !stale);
    if (challenges.length === 0 || refused) return false;
    this.#known ??= new Map();
    for (const challenge of challenges) {
      const key = `${header} ${challenge.realm}`;
      answered.add(key);
      this.#known.set(key, { header, challenge, nc: 0 });
    }
    return true;
  }
}

/** A request changed as the server asked for it. */
export interface Amendment {
  readonly request: SipRequest;
  /** Where it goes, if not where the first went. */
  readonly to?: Way | undefined;
}

export interface AuthenticatedRequestOptions {
  readonly endpoint: Endpoint;
  readonly authenticator: Authenticator;
  /** The number for the next try. */
  readonly nextCSeq: () => number;
  readonly user: TransactionUser;
  readonly to?: Flow | Target | Way | undefined;
  /** After a final response that no credentials help against: what to send instead, if anything. */
  readonly amend?: (request: SipRequest, response: SipResponse) => Amendment | undefined;
}

/** A request that is sent again with credentials when a server asks for them (RFC 3261 §22.2, §22.3), or amended. */
export class AuthenticatedRequest {
  readonly #options: AuthenticatedRequestOptions;
  readonly #answered = new Set<string>();
  #to: AuthenticatedRequestOptions['to'];
  #rounds = 0;
  #tries = 0;
  #cancelled = false;
  #transaction: ClientTransaction;

  constructor(request: SipRequest, options: AuthenticatedRequestOptions) {
    this.#options = options;
    this.#to = options.to;
    options.authenticator.authorize(request);
    this.#transaction = this.#start(request);
  }

  /** As sent last. */
  get request(): SipRequest {
    return this.#transaction.request;
  }

  cancel(headers?: Iterable<readonly [string, string]>): void {
    this.#cancelled = true;
    this.#transaction.cancel(headers ? { headers } : undefined);
  }

  #start(request: SipRequest): ClientTransaction {
    const { endpoint, user } = this.#options;
    const current = this.#tries;
    return endpoint.request(
      request,
      {
        provisional: (response, flow) => user.provisional?.(response, flow),
        final: (response, flow) => this.#final(request, response, flow),
        terminated: () => {
          if (current === this.#tries) user.terminated?.();
        },
      },
      this.#to,
    );
  }

  #final(request: SipRequest, response: SipResponse, flow: Flow | undefined): void {
    const next = response.status < 300 || this.#cancelled ? undefined : this.#next(request, response);
    if (next === undefined) return this.#finish(response, flow);
    this.#tries += 1;
    next.headers.set('CSeq', `${this.#options.nextCSeq()} ${request.method}`);
    this.#options.authenticator.authorize(next);
    this.#transaction = this.#start(next);
  }

  /** A challenge that we cannot answer is refused in words: `auth-int`, or an algorithm that we do not have. */
  #finish(response: SipResponse, flow: Flow | undefined): void {
    const { authenticator, user } = this.#options;
    if (response.status < 300) authenticator.renew(response);
    const isAsking = response.status === 401 || response.status === 407;
    const problem = isAsking ? authenticator.problemOf(response) : undefined;
    const reason = problem === undefined ? response.reason : `${response.reason}: ${problem}`;
    user.final(problem === undefined ? response : { ...response, reason }, flow);
  }

  #next(request: SipRequest, response: SipResponse): SipRequest | undefined {
    const asked = response.status === 401 || response.status === 407;
    if (asked && this.#rounds < maxRounds && this.#options.authenticator.learn(response, this.#answered)) {
      this.#rounds += 1;
      return copyOf(request);
    }
    const amendment = this.#options.amend?.(copyOf(request), response);
    // Another server asks for itself, even in the same realm.
    if (amendment?.to) {
      this.#to = amendment.to;
      this.#answered.clear();
      this.#rounds = 0;
    }
    return amendment?.request;
  }
}

function copyOf(request: SipRequest): SipRequest {
  return { ...request, headers: request.headers.clone() };
}
