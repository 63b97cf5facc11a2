import type { ClientTransaction, Credentials, Flow, Target } from './contract.ts';
import type { TransactionUser } from './client-transaction.ts';
import type { Core } from './core.ts';
import { authorize, chooseChallenges } from './digest.ts';
import { parseChallenges } from './digest-parse.ts';
import type { Challenge } from './digest-parse.ts';
import type { Endpoint } from './endpoint.ts';
import type { Way } from './resolve.ts';
import type { SipRequest, SipResponse } from './message.ts';

type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';

interface Known {
  readonly header: CredentialsHeader;
  readonly challenge: Challenge;
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

/** A request that is sent again with credentials when a server asks for them (RFC 3261 §22.2, §22.3). */
export class AuthenticatedRequest {
  readonly #endpoint: Endpoint;
  readonly #authenticator: Authenticator;
  readonly #nextCSeq: () => number;
  readonly #user: TransactionUser;
  readonly #to: Flow | Target | Way | undefined;
  readonly #answered = new Set<string>();
  #rounds = 0;
  #cancelled = false;
  #transaction: ClientTransaction;

  /** @param nextCSeq the number for the next try */
  constructor(
    endpoint: Endpoint,
    authenticator: Authenticator,
    request: SipRequest,
    nextCSeq: () => number,
    user: TransactionUser,
    to?: Flow | Target | Way,
  ) {
    this.#endpoint = endpoint;
    this.#authenticator = authenticator;
    this.#nextCSeq = nextCSeq;
    this.#user = user;
    this.#to = to;
    authenticator.authorize(request);
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
    const round = this.#rounds;
    return this.#endpoint.request(
      request,
      {
        provisional: (response, flow) => this.#user.provisional?.(response, flow),
        final: (response, flow) => this.#final(request, response, flow),
        terminated: () => {
          if (round === this.#rounds) this.#user.terminated?.();
        },
      },
      this.#to,
    );
  }

  #final(request: SipRequest, response: SipResponse, flow: Flow | undefined): void {
    const asked = response.status === 401 || response.status === 407;
    const again =
      asked &&
      !this.#cancelled &&
      this.#rounds < maxRounds &&
      this.#authenticator.learn(response, this.#answered);
    if (!again) return this.#user.final(response, flow);
    this.#rounds += 1;
    const next: SipRequest = { ...request, headers: request.headers.clone() };
    next.headers.set('CSeq', `${this.#nextCSeq()} ${request.method}`);
    this.#authenticator.authorize(next);
    this.#transaction = this.#start(next);
  }
}
