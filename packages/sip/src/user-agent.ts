import { contactUri, readUri, requestOutside, wayTo, withOptions } from './account.ts';
import { AccountRegistrations } from './account-registrations.ts';
import type { RegistrationsHost } from './account-registrations.ts';
import type { Account } from './account.ts';
import { AuthenticatedRequest, Authenticator } from './authentication.ts';
import { ClientInvite } from './client-invite.ts';
import { ClientSubscription } from './client-subscription.ts';
import type {
  IncomingInvite,
  InviteOptions,
  InviteSession,
  InviteSessionHandler,
  OutsideRequestOptions,
  Registration,
  RegistrationHandler,
  RegistrationOptions,
  ServerTransaction,
  SubscribeOptions,
  Subscription,
  SubscriptionHandler,
  UserAgent,
} from './contract.ts';
import { topVia } from './header-values.ts';
import type { Session } from './invite-session.ts';
import type { SipRequest, SipResponse } from './message.ts';
import {
  acceptRefusal,
  allowFor,
  bodyRefusal,
  isKnownMethod,
  methodRefusal,
  requireRefusal,
  supportedTags,
} from './request-rules.ts';
import type { Refusal } from './request-rules.ts';
import { replacedBy } from './replaced-session.ts';
import { ServerInvite } from './server-invite.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { intervalRefusal } from './session-expires.ts';
import type { DialogUser, SessionHost } from './session-host.ts';
import type { SessionTable } from './session-table.ts';
import { SipError } from './sip-error.ts';
import type { SubscriptionHost } from './subscriber-dialog.ts';
import { formatUri } from './uri.ts';

/** What all user agents of a stack share. */
export interface UserAgentHost extends RegistrationsHost {
  readonly sessions: SessionTable<Session>;
  readonly subscriptions: SessionTable<DialogUser>;
  closed(userAgent: AccountUserAgent): void;
}

/** Methods that make a dialog: their requests carry our Contact. */
const makesDialog = new Set(['SUBSCRIBE', 'REFER']);

export class AccountUserAgent implements UserAgent {
  onInvite?: (session: IncomingInvite) => void;
  onMessage?: (transaction: ServerTransaction) => void;
  onNotify?: (transaction: ServerTransaction) => void;
  onRequest?: (transaction: ServerTransaction) => void;
  readonly #host: UserAgentHost;
  readonly #sessionHost: SessionHost & SubscriptionHost;
  readonly #registrations: AccountRegistrations;
  #isClosed = false;

  constructor(host: UserAgentHost, account: Account) {
    this.#host = host;
    this.#registrations = new AccountRegistrations(host, account);
    const registrations = this.#registrations;
    this.#sessionHost = {
      core: host.core,
      endpoint: host.endpoint,
      sessions: host.sessions,
      subscriptions: host.subscriptions,
      get account() {
        return registrations.account;
      },
      otherRequest: (transaction) => this.#takeOther(transaction),
    };
  }

  get aor(): string {
    return formatUri(this.#account.aor);
  }

  get contactUser(): string {
    return this.#account.contactUser;
  }

  register(handler: RegistrationHandler, options?: RegistrationOptions): Registration {
    this.#checkOpen();
    return this.#registrations.register(handler, options);
  }

  invite(target: string, handler: InviteSessionHandler, options?: InviteOptions): InviteSession {
    this.#checkOpen();
    return new ClientInvite(this.#sessionHost, target, handler, options);
  }

  subscribe(target: string, handler: SubscriptionHandler, options: SubscribeOptions): Subscription {
    this.#checkOpen();
    return new ClientSubscription(this.#sessionHost, target, handler, options);
  }

  async request(method: string, target: string, options: OutsideRequestOptions = {}): Promise<SipResponse> {
    this.#checkOpen();
    const { core, endpoint } = this.#host;
    const uri = readUri(target);
    const way = wayTo(this.#account, uri);
    const { callId = core.random(16), displayName } = options;
    const facts = { method, uri, callId, cseq: 1, fromTag: core.random(8), displayName };
    const request = requestOutside(this.#account, core, facts);
    if (makesDialog.has(method)) {
      const contact = contactUri(this.#account, endpoint, endpoint.protocolTo(way) ?? 'udp');
      request.headers.append('Contact', `<${formatUri(contact)}>`);
    }
    let cseq = 1;
    return new Promise((resolve) => {
      const authenticator = new Authenticator(core, this.#account.credentials);
      const whole = withOptions(request, options);
      new AuthenticatedRequest(whole, {
        endpoint,
        authenticator,
        nextCSeq: () => (cseq += 1),
        user: { final: resolve },
        to: way,
      });
    });
  }

  /** A request outside a dialog to our Contact. */
  receive(transaction: RunningServerTransaction): void {
    const { request } = transaction;
    if (this.#host.endpoint.layer.isMerged(transaction)) return transaction.respond(482);
    const refusal = this.#methodRefusal(request) ?? requireRefusal(request) ?? this.#inviteRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    switch (request.method) {
      case 'INVITE':
        return this.#receiveInvite(transaction);
      case 'BYE':
      case 'UPDATE':
      case 'PRACK':
        return transaction.respond(481);
      case 'NOTIFY':
        // RFC 6665 §4.1.3: of no subscription of ours. Some PBXs send such ones all the same.
        if (!this.#take(this.onNotify, transaction) && !this.#takeOther(transaction))
          transaction.respond(481);
        return;
      case 'MESSAGE':
        if (!this.#take(this.onMessage, transaction) && !this.#takeOther(transaction))
          this.#answerOther(transaction);
        return;
      default:
        if (!this.#takeOther(transaction)) this.#answerOther(transaction);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#registrations.close();
    for (const session of this.#host.sessions.all())
      if (session.host === this.#sessionHost) session.fail(503);
    for (const one of this.#host.subscriptions.all()) if (one.host === this.#sessionHost) one.fail();
    this.#host.closed(this);
  }

  /** What nobody could take is refused before anything else in it is looked at (RFC 3261 §8.2.1). */
  #methodRefusal({ method }: SipRequest): Refusal | undefined {
    const mayTake = this.onRequest !== undefined || isKnownMethod(method);
    return mayTake ? undefined : methodRefusal(method, this.#allowed);
  }

  #inviteRefusal(request: SipRequest): Refusal | undefined {
    if (request.method !== 'INVITE') return undefined;
    return (
      bodyRefusal(request) ?? acceptRefusal(request) ?? intervalRefusal(request, this.#account.sessionTimer)
    );
  }

  #receiveInvite(transaction: RunningServerTransaction): void {
    const { headers } = transaction.request;
    const contacts = headers.list('Contact').length;
    // RFC 2543 §6.13: whoever names none is at his From. RFC 3261 §8.1.1.8 wants exactly one.
    if (contacts !== 1 && !(contacts === 0 && isOfFirstRfc(transaction.request)))
      return transaction.respond(400, { reason: 'One Contact Needed' });
    const { onInvite } = this;
    if (!onInvite) return transaction.respond(480);
    const replaced = replacedBy(transaction.request, this.#host.sessions, this.#sessionHost);
    if ('status' in replaced) return transaction.respond(replaced.status);
    const session = new ServerInvite(this.#sessionHost, transaction, {
      isFromServer: this.#isServer(transaction.flow.remoteHost),
      replaces: replaced.session,
    });
    session.tell('onInvite', () => onInvite(session));
    if (!session.isAttached) session.reject(480);
  }

  get #account(): Account {
    return this.#registrations.account;
  }

  get #allowed(): string {
    return allowFor({ requests: this.onRequest !== undefined, messages: this.onMessage !== undefined });
  }

  #isServer(host: string): boolean {
    if (host === this.#account.outboundProxy?.host) return true;
    return this.#registrations.areAt(host);
  }

  #takeOther(transaction: RunningServerTransaction): boolean {
    return this.#take(this.onRequest, transaction);
  }

  #take(
    owner: ((transaction: ServerTransaction) => void) | undefined,
    transaction: RunningServerTransaction,
  ): boolean {
    if (!owner) return false;
    this.#host.core.guard(
      'user agent owner: request',
      () => owner(transaction),
      () => transaction.respond(500),
    );
    return true;
  }

  #answerOther(transaction: RunningServerTransaction): void {
    const { method } = transaction.request;
    const capabilities = [
      ['Allow', this.#allowed],
      ['Accept', 'application/sdp'],
      ['Supported', supportedTags.join(', ')],
    ] as const;
    const status = method === 'OPTIONS' ? 200 : methodRefusal(method, this.#allowed).status;
    transaction.respond(status, { headers: capabilities });
  }

  #checkOpen(): void {
    if (this.#isClosed) throw SipError.closed('the user agent');
  }
}

/** RFC 3261 §8.1.1.7: its branches begin so; those of RFC 2543 do not, if there are any. */
function isOfFirstRfc(request: SipRequest): boolean {
  return !topVia(request)?.params.get('branch')?.startsWith('z9hG4bK');
}
