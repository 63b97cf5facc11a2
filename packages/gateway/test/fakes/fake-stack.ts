import { Headers, parseNameAddr, parseUri, SipError } from '@soft-handset/sip';
import type {
  IncomingInvite,
  IncomingReferral,
  InviteOptions,
  InviteSession,
  InviteSessionHandler,
  NameAddr,
  OutsideRequestOptions,
  PeerReoffer,
  ReferralHandler,
  Registration,
  RegistrationHandler,
  RegistrationOptions,
  ReinviteResult,
  RequestOptions,
  ResponseOptions,
  SessionEnd,
  SipRequest,
  ServerTransaction,
  SipResponse,
  SipStack,
  SubscribeOptions,
  Subscription,
  SubscriptionChange,
  SubscriptionHandler,
  UserAgent,
  UserAgentOptions,
} from '@soft-handset/sip';

/** A SIP stack whose peers are played by the test. */
export class FakeStack implements Pick<SipStack, 'createUserAgent'> {
  readonly agents: FakeAgent[] = [];
  /** What the registrar says at once; `later`: the test says it. */
  registrar: 'accepts' | 'later' = 'accepts';

  get agent(): FakeAgent {
    return this.agents.at(-1)!;
  }

  createUserAgent(options: UserAgentOptions): FakeAgent {
    if (!parseUri(options.aor)) throw new SipError('invalid-uri', options.aor);
    const agent = new FakeAgent(options, () => this.registrar);
    this.agents.push(agent);
    return agent;
  }
}

export class FakeAgent implements UserAgent {
  readonly options: UserAgentOptions;
  readonly contactUser = 'contact';
  readonly registrations: FakeRegistration[] = [];
  readonly calls: FakeSession[] = [];
  readonly subscriptions: FakeSubscription[] = [];
  isClosed = false;
  onInvite?: (session: IncomingInvite) => void;
  onMessage?: (transaction: ServerTransaction) => void;
  onNotify?: (transaction: ServerTransaction) => void;
  readonly #registrar: () => 'accepts' | 'later';

  constructor(options: UserAgentOptions, registrar: () => 'accepts' | 'later') {
    this.options = options;
    this.#registrar = registrar;
  }

  get aor(): string {
    return this.options.aor;
  }

  get registration(): FakeRegistration {
    return this.registrations.at(-1)!;
  }

  /** Requests outside a dialog, and what is answered to them. */
  readonly requests: string[] = [];
  readonly requestOptions: OutsideRequestOptions[] = [];
  answersRequest: (() => Promise<SipResponse>) | undefined;

  /** The last call, made or taken. */
  get call(): FakeSession {
    return this.calls.at(-1)!;
  }

  register(handler: RegistrationHandler, options: RegistrationOptions = {}): FakeRegistration {
    const registration = new FakeRegistration(handler, options);
    this.registrations.push(registration);
    if (this.#registrar() === 'accepts') queueMicrotask(() => registration.succeeds());
    return registration;
  }

  invite(target: string, handler: InviteSessionHandler, options: InviteOptions = {}): FakeSession {
    const uri = parseUri(target);
    if (!uri) throw new SipError('invalid-uri', target);
    const session = new FakeSession('uac', { uri, params: new Map() }, options.callId ?? 'sip-call-id');
    session.handler = handler;
    session.inviteOptions = { ...options, target };
    this.calls.push(session);
    return session;
  }

  subscribe(target: string, handler: SubscriptionHandler, options: SubscribeOptions): FakeSubscription {
    const subscription = new FakeSubscription(target, handler, options);
    this.subscriptions.push(subscription);
    return subscription;
  }

  request(method: string, target: string, options: OutsideRequestOptions = {}): Promise<SipResponse> {
    this.requests.push(`${method} ${target}`);
    this.requestOptions.push(options);
    return this.answersRequest?.() ?? Promise.reject(new Error('nobody answers'));
  }

  close(): void {
    this.isClosed = true;
  }

  /** Somebody tells us what we have not asked for. */
  isNotified(facts: PeerRequest): FakeTransaction {
    const transaction = new FakeTransaction('NOTIFY', facts);
    this.onNotify?.(transaction);
    return transaction;
  }

  /** Somebody sends us a MESSAGE. */
  isMessaged(facts: PeerRequest): FakeTransaction {
    const transaction = new FakeTransaction('MESSAGE', facts);
    this.onMessage?.(transaction);
    return transaction;
  }

  /** The peer calls us. */
  isCalled({
    offer,
    from = '"Alice" <sip:1002@pbx.example>;tag=a',
    headers = [],
    callId = 'in-1',
    isFromServer = true,
    replaces,
  }: PeerCalls = {}) {
    const session = new FakeSession('uas', parseNameAddr(from)!, callId, {
      offer,
      isFromServer,
      replaces,
      headers: [['From', from], ['To', '<sip:1001@pbx.example>'], ...headers],
    });
    this.calls.push(session);
    this.onInvite?.(session);
    if (!session.handler && session.state !== 'ended') session.reject(480);
    return session;
  }
}

type HeaderList = readonly (readonly [string, string])[];

export interface PeerCalls {
  readonly offer?: string;
  readonly from?: string;
  readonly callId?: string;
  readonly isFromServer?: boolean;
  /** RFC 3891. */
  readonly replaces?: FakeSession;
  readonly headers?: readonly (readonly [string, string])[];
}

export class FakeRegistration implements Registration {
  readonly handler: RegistrationHandler;
  readonly options: RegistrationOptions;
  state: Registration['state'] = 'registering';
  refreshes = 0;
  #unregistered: (() => void) | undefined;

  constructor(handler: RegistrationHandler, options: RegistrationOptions) {
    this.handler = handler;
    this.options = options;
  }

  succeeds(first = true): void {
    this.state = 'registered';
    this.handler.registered({ expires: 3600, first });
  }

  fails(status: number, reason: string, retryInMs?: number): void {
    this.state = retryInMs === undefined ? 'refused' : 'waiting';
    this.handler.failed({ status, reason, ...(retryInMs !== undefined && { retryInMs }) });
  }

  refresh(): void {
    this.refreshes += 1;
    this.state = 'registering';
  }

  unregister(): Promise<void> {
    this.state = 'unregistering';
    return new Promise((resolve) => (this.#unregistered = resolve));
  }

  isGone(): void {
    this.state = 'unregistered';
    this.#unregistered?.();
  }

  close(): void {
    this.state = 'unregistered';
  }
}

export class FakeSubscription implements Subscription {
  readonly target: string;
  readonly handler: SubscriptionHandler;
  readonly options: SubscribeOptions;
  state: Subscription['state'] = 'subscribing';
  refreshes = 0;
  /** What the last refresh changed. */
  change: SubscriptionChange | undefined;

  constructor(target: string, handler: SubscriptionHandler, options: SubscribeOptions) {
    this.target = target;
    this.handler = handler;
    this.options = options;
  }

  get event(): string {
    return this.options.event;
  }

  refresh(change?: SubscriptionChange): void {
    this.refreshes += 1;
    this.change = change;
  }

  unsubscribe(): Promise<void> {
    this.state = 'unsubscribing';
    return Promise.resolve();
  }

  close(): void {
    this.state = 'ended';
  }

  /* What the notifier does. */

  isTaken(status = 200): void {
    this.handler.accepted?.({ status, reason: 'OK', expires: 600, first: this.state === 'subscribing' });
    this.state = 'active';
  }

  fails(status: number, reason: string): void {
    this.state = 'waiting';
    this.handler.failed?.({ status, reason, retryInMs: 1000 });
  }

  ends(status: number, reason: string): void {
    this.state = 'ended';
    this.handler.ended({ by: 'peer', status, reason });
  }

  notifies(state: 'active' | 'terminated', body: string, headers?: HeaderList): void {
    const { request } = new FakeTransaction('NOTIFY', { ...(headers && { headers }) });
    this.handler.notified({ state, contentType: 'application/simple-message-summary', body, request });
  }
}

/** One INVITE and its dialog; `did` is what our side asked of it. */
export class FakeSession implements IncomingInvite {
  readonly role: never;
  readonly callId: string;
  readonly remote: NameAddr;
  readonly request: SipRequest;
  readonly offer: string | undefined;
  readonly isFromServer: boolean;
  readonly replaces: never;
  readonly did: string[] = [];
  inviteOptions: (InviteOptions & { readonly target: string }) | undefined;
  handler: InviteSessionHandler | undefined;
  state: InviteSession['state'] = 'inviting';
  /** Our requests in the dialog that are not about the session. */
  readonly asked: AskedInDialog[] = [];
  /** Who hears what becomes of our REFER. */
  referral: ReferralHandler | undefined;
  lastEnd: Parameters<InviteSession['end']>[0];
  #reinvite: { resolve: (result: ReinviteResult) => void; reject: (error: Error) => void } | undefined;

  constructor(
    role: 'uac' | 'uas',
    remote: NameAddr,
    callId: string,
    invite: {
      offer?: string | undefined;
      isFromServer?: boolean;
      replaces?: InviteSession | undefined;
      headers?: readonly (readonly [string, string])[];
    } = {},
  ) {
    this.role = role as never;
    this.remote = remote;
    this.callId = callId;
    this.offer = invite.offer;
    this.isFromServer = invite.isFromServer ?? false;
    this.replaces = invite.replaces as never;
    this.request = {
      kind: 'request',
      method: 'INVITE',
      uri: 'sip:contact@127.0.0.1',
      headers: new Headers(invite.headers),
      body: invite.offer ?? '',
    };
  }

  attach(handler: InviteSessionHandler): void {
    this.handler = handler;
  }

  ring(status = 180): void {
    this.did.push(String(status));
  }

  accept(sdp: string, _options?: ResponseOptions): void {
    this.did.push(`200 ${sdp}`);
    this.state = 'accepted';
  }

  reject(status: number): void {
    this.did.push(String(status));
    this.state = 'ended';
  }

  ack(sdp?: string): void {
    this.did.push(`ACK ${sdp ?? ''}`.trim());
    this.state = 'confirmed';
  }

  end(options: Parameters<InviteSession['end']>[0] = {}): void {
    if (this.state === 'ended') return;
    this.lastEnd = options;
    this.did.push(
      this.state === 'accepted' || this.state === 'confirmed'
        ? 'BYE'
        : (this.role as string) === 'uac'
          ? 'CANCEL'
          : String(options.status ?? 480),
    );
    this.state = 'ended';
    this.handler?.ended({ by: 'local', status: options.status ?? 200, reason: '' });
  }

  reinvite(sdp: string | undefined): Promise<ReinviteResult> {
    this.did.push(`re-INVITE ${sdp ?? ''}`.trim());
    return new Promise((resolve, reject) => (this.#reinvite = { resolve, reject }));
  }

  refer(target: string | InviteSession, handler: ReferralHandler): void {
    if (this.state !== 'confirmed') throw new SipError('wrong-state', 'REFER');
    this.did.push(`REFER ${typeof target === 'string' ? target : target.callId}`);
    this.referral = handler;
  }

  requestInDialog(method: string, options: RequestOptions = {}): Promise<SipResponse> {
    if (this.state === 'ended') return Promise.reject(new SipError('wrong-state', method));
    return new Promise((resolve) => {
      this.asked.push({
        method,
        options,
        isAnswered: (status, reason = '') => resolve({ ...response(status), reason }),
      });
    });
  }

  /* What the peer does. */

  rings(status = 180, sdp?: string, headers?: HeaderList): void {
    this.state = 'early';
    this.handler?.provisional?.({
      status,
      reason: '',
      response: response(status, headers),
      ...(sdp !== undefined && { sdp }),
    });
  }

  answers(sdp?: string, headers?: HeaderList): void {
    // With our offer in the INVITE the stack sends the ACK by itself.
    this.state = this.inviteOptions?.sdp === undefined ? 'accepted' : 'confirmed';
    this.handler?.accepted?.({
      status: 200,
      response: response(200, headers),
      ...(sdp !== undefined && { sdp }),
    });
  }

  acknowledges(sdp?: string): void {
    this.state = 'confirmed';
    this.handler?.confirmed?.(sdp === undefined ? {} : { sdp });
  }

  ends(end: Partial<SessionEnd> = {}): void {
    this.state = 'ended';
    this.handler?.ended({ by: 'peer', status: 200, reason: 'OK', ...end });
  }

  /** Its INFO, MESSAGE ... and our answers. */
  asks(method: string, facts: PeerRequest = {}): FakeTransaction {
    const transaction = new FakeTransaction(method, facts);
    this.handler?.request?.(transaction);
    return transaction;
  }

  offersChange(sdp?: string): FakeReoffer {
    const offer = new FakeReoffer(sdp);
    this.handler?.reoffered?.(offer);
    return offer;
  }

  /** Its REFER. */
  asksToCall(facts: PeerReferral = {}): FakeReferral {
    const referral = new FakeReferral(facts);
    this.handler?.referred?.(referral);
    return referral;
  }

  answersChange(result: Partial<ReinviteResult>): void {
    this.#reinvite?.resolve({ status: 200, reason: 'OK', ...result });
  }

  cannotChange(): void {
    this.#reinvite?.reject(new SipError('wrong-state', 'another change is under way'));
  }
}

export interface AskedInDialog {
  readonly method: string;
  readonly options: RequestOptions;
  isAnswered(status: number, reason?: string): void;
}

export interface PeerRequest {
  readonly body?: string;
  readonly type?: string;
  readonly from?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

/** A request of a peer, and what is answered to it. */
export class FakeTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: never = undefined as never;
  readonly state = 'trying';
  readonly answers: number[] = [];

  constructor(method: string, { body = '', type = 'text/plain', from, headers = [] }: PeerRequest) {
    this.request = {
      kind: 'request',
      method,
      uri: 'sip:contact@127.0.0.1',
      headers: new Headers([
        ['From', from ?? '"Alice" <sip:1002@pbx.example>;tag=a'],
        ...(body === '' ? [] : ([['Content-Type', type]] as const)),
        ...headers,
      ]),
      body,
    };
  }

  respond(status: number): void {
    this.answers.push(status);
  }

  forward({ status }: SipResponse): void {
    this.answers.push(status);
  }
}

export type PeerReferral = Pick<Partial<IncomingReferral>, 'target' | 'referredBy' | 'replaces'>;

/** A REFER of the peer, and what it hears. */
export class FakeReferral implements IncomingReferral {
  readonly request = new FakeTransaction('REFER', {}).request;
  readonly referTo: never = undefined as never;
  readonly target: string;
  readonly referredBy: never;
  readonly replaces: never;
  readonly heard: number[] = [];
  isOpen = true;

  constructor({ target = 'sip:1005@pbx.example', referredBy, replaces }: PeerReferral) {
    this.target = target;
    this.referredBy = referredBy as never;
    this.replaces = replaces as never;
  }

  accept(): void {
    this.isOpen = false;
    this.heard.push(202);
  }

  progress(status: number): void {
    this.heard.push(status);
  }

  reject(status: number): void {
    this.isOpen = false;
    this.heard.push(status);
  }
}

export class FakeReoffer implements PeerReoffer {
  readonly method = 'INVITE';
  readonly sdp: never;
  readonly did: string[] = [];
  onCancel?: () => void;
  #answered: ((sdp: string | undefined) => void) | undefined;

  constructor(sdp: string | undefined) {
    this.sdp = sdp as never;
  }

  accept(sdp: string, answered?: (sdp: string | undefined) => void): void {
    this.did.push(`200 ${sdp}`);
    this.#answered = answered;
  }

  reject(status: number): void {
    this.did.push(String(status));
  }

  /** The ACK brings the answer to what we offered. */
  acknowledges(sdp: string | undefined): void {
    this.#answered?.(sdp);
  }

  isCancelled(): void {
    this.onCancel?.();
  }
}

function response(status: number, headers?: HeaderList): SipResponse {
  return { kind: 'response', status, reason: '', headers: new Headers(headers), body: '' };
}
