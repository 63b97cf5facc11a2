import { createHash, timingSafeEqual } from 'node:crypto';
import { registrationErrors } from '@soft-handset/protocol';
import type { SipserverRequest } from '@soft-handset/protocol';
import { formatUri, parseUri } from '@soft-handset/sip';
import type { Clock, Credentials, SipUri } from '@soft-handset/sip';
import type { Account, SipServer } from '../account.ts';
import type { LineIdentity } from '../call/line.ts';
import { isLoopback } from '../janus-api/client-address.ts';
import { LoginAttempts } from './login-attempts.ts';
import type { LinkFault, OneTimeLinks } from './one-time-links.ts';
import { SipServers } from './sip-servers.ts';

export type RegisterRequest = Extract<SipserverRequest, { request: 'register' }>;

export type LoginResult =
  | {
      readonly ok: true;
      readonly identity: LineIdentity;
      /** A one-time link was taken: with this token the login goes on. */
      readonly loginToken?: string;
    }
  | LoginRefusal;

type LoginRefusal =
  /** `username` or `proxy` cannot be understood: error event 446. */
  | { readonly ok: false; readonly unreadable: string }
  /** `registration_failed` */
  | { readonly ok: false; readonly code: number; readonly reason: string };

export interface LoginOptions {
  readonly accounts: readonly Account[];
  readonly servers: readonly SipServer[];
  /** Whether a handset may bring SIP credentials of its own, towards a server of the list. */
  readonly ownCredentials: boolean;
  readonly links: OneTimeLinks;
  readonly clock: Clock;
}

/** Decides which line a `register` may attach to. SIP passwords of accounts go from here to the stack and nowhere else. */
export class Login {
  readonly #accounts: ReadonlyMap<string, { readonly account: Account; readonly server: SipServer }>;
  readonly #servers: SipServers;
  readonly #ownCredentials: boolean;
  readonly #links: OneTimeLinks;
  readonly #attempts: LoginAttempts;

  /** @throws Error if an account names a server that is not configured */
  constructor({ accounts, servers, ownCredentials, links, clock }: LoginOptions) {
    this.#servers = new SipServers(servers);
    this.#accounts = new Map(
      accounts.map((account) => {
        const server = this.#servers.named(account.sip.server);
        if (!server)
          throw new Error(`account ${account.name}: no SIP server is called ${account.sip.server}`);
        return [account.name, { account, server }];
      }),
    );
    this.#ownCredentials = ownCredentials;
    this.#links = links;
    this.#attempts = new LoginAttempts(clock);
  }

  logIn(request: RegisterRequest, remoteAddress: string): LoginResult {
    const uri = uriOf(request.username);
    const name = uri ? uri.user : request.username;
    if (uri === null || name === undefined || name === '') return unreadable('username');
    const proxies = this.#proxiesOf(request);
    if (!proxies.ok) return proxies;
    const found = this.#accounts.get(request.username) ?? this.#accounts.get(name);
    const guess = `${name} ${remoteAddress}`;
    // Tokens are guessed across accounts.
    const tokenGuess = `token ${remoteAddress}`;
    const waitMs = Math.max(
      this.#attempts.waitMs(guess),
      request.token === undefined ? 0 : this.#attempts.waitMs(tokenGuess),
    );
    if (waitMs > 0)
      return failed(
        registrationErrors.wrongCredentials,
        `Too many attempts, wait ${Math.ceil(waitMs / 1000)} s`,
      );
    if (found) {
      const identity = identityOf(found.account, found.server);
      const byToken = this.#byToken(request.token, found.account, tokenGuess);
      if (byToken !== undefined) return byToken.ok ? { ...byToken, identity } : byToken;
      return this.#isLetIn(found.account, request, remoteAddress, guess)
        ? { ok: true, identity }
        : this.#wrong(guess, request.token);
    }
    if (this.#ownCredentials && (request.secret !== undefined || request.ha1_secret !== undefined))
      return this.#withOwnCredentials(request, uri, name, proxies.server ?? this.#servers.sole, guess);
    return this.#wrong(guess);
  }

  /** Undefined where the token does not decide: a secret may, or the account is open. */
  #byToken(
    token: string | undefined,
    account: Account,
    tokenGuess: string,
  ): LoginRefusal | { readonly ok: true; readonly loginToken?: string } | undefined {
    if (token === undefined) return undefined;
    if (this.#links.isLink(token)) {
      const redeemed = this.#links.redeem(token, account.name);
      if (redeemed.ok) return redeemed;
      if (redeemed.fault === 'unknown') this.#attempts.failed(tokenGuess);
      return linkRefusals[redeemed.fault];
    }
    if (!this.#links.isLogin(token)) return undefined;
    if (this.#links.continues(token, account.name)) return { ok: true };
    this.#attempts.failed(tokenGuess);
    return undefined;
  }

  #isLetIn(account: Account, request: RegisterRequest, remoteAddress: string, guess: string): boolean {
    if (account.open || (account.openOnLoopback && isLoopback(remoteAddress))) return true;
    if (!isSecret(request.secret, account.secret)) return false;
    this.#attempts.succeeded(guess);
    return true;
  }

  #withOwnCredentials(
    request: RegisterRequest,
    uri: SipUri | undefined,
    name: string,
    server: SipServer | undefined,
    guess: string,
  ): LoginResult {
    const home = server && parseUri(server.uri);
    if (!server || !home)
      return failed(registrationErrors.notAuthorised, 'Choose a SIP server of this gateway');
    const { secret, ha1_secret: ha1, authuser = name } = request;
    const { host, port } = uri ?? home;
    const aor = formatUri({
      scheme: 'sip',
      user: name,
      host,
      ...(port !== undefined && { port }),
      params: new Map(),
      headers: new Map(),
    });
    // Whoever does not know the credentials gets a line of his own, which the server then refuses.
    const proof = createHash('sha256')
      .update(JSON.stringify([authuser, secret, ha1]))
      .digest('hex');
    return {
      ok: true,
      identity: {
        key: `own ${aor} ${server.name} ${proof}`,
        account: name,
        aor,
        credentials: { username: authuser, ...(ha1 !== undefined ? { ha1 } : { password: secret ?? '' }) },
        server: server.uri,
        ...standbyOf(server),
        register: true,
        offersFirst: server.returnCall === 'offer',
        credentialsOf: 'handset',
        onCredentialsRefused: () => this.#attempts.failed(guess),
      },
    };
  }

  /** Each proxy named must be in the list. */
  #proxiesOf({
    proxy,
    outbound_proxy: outboundProxy,
  }: RegisterRequest): LoginRefusal | { readonly ok: true; readonly server?: SipServer } {
    let server: SipServer | undefined;
    for (const text of [proxy, outboundProxy]) {
      if (text === undefined || text === '') continue;
      const uri = parseUri(text);
      if (!uri || uri.scheme === 'tel') return unreadable('proxy');
      server = this.#servers.at(uri);
      if (!server) return failed(registrationErrors.notAuthorised, 'This SIP server may not be used');
    }
    return { ok: true, ...(server && { server }) };
  }

  /** An unknown name and a wrong secret look the same. */
  #wrong(guess: string, token?: string): LoginRefusal {
    this.#attempts.failed(guess);
    if (token !== undefined && this.#links.isLogin(token)) return linkRefusals.expired;
    return failed(registrationErrors.wrongCredentials, 'Wrong account or password');
  }
}

function identityOf({ name, displayName, sip }: Account, server: SipServer): LineIdentity {
  const credentials: Credentials = {
    username: sip.authUser,
    ...(sip.password !== undefined && { password: sip.password }),
  };
  return {
    key: accountKey(name),
    account: name,
    aor: sip.aor,
    ...(displayName !== undefined && { displayName }),
    ...(sip.password !== undefined && { credentials }),
    server: server.uri,
    ...standbyOf(server),
    register: sip.register,
    offersFirst: server.returnCall === 'offer',
    credentialsOf: 'server',
  };
}

/** The line of an account of ours. */
export function accountKey(name: string): string {
  return `account ${name}`;
}

/** The URI in a `username`: undefined for a bare name, null for one that is broken. */
function uriOf(username: string): SipUri | undefined | null {
  if (!/^sips?:|@/i.test(username)) return undefined;
  return parseUri(/^sips?:/i.test(username) ? username : `sip:${username}`) ?? null;
}

/** In a time that does not tell how much of it was right. */
function isSecret(given: string | undefined, wanted: string | undefined): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  const isEqual = timingSafeEqual(hash(given ?? ''), hash(wanted ?? ''));
  return isEqual && given !== undefined && wanted !== undefined;
}

function unreadable(field: 'username' | 'proxy'): LoginRefusal {
  return { ok: false, unreadable: `${field} is not an account or a SIP URI` };
}

const expired = failed(registrationErrors.linkExpired, 'This link has expired');
const linkRefusals: Readonly<Record<LinkFault, LoginRefusal>> = {
  used: failed(registrationErrors.linkUsed, 'This link has been used'),
  expired,
  unknown: expired,
};

function failed(code: number, reason: string): LoginRefusal {
  return { ok: false, code, reason };
}

function standbyOf({ backups, outbound }: SipServer): Pick<LineIdentity, 'backupServers' | 'outbound'> {
  return { ...(backups && { backupServers: backups }), ...(outbound && { outbound }) };
}
