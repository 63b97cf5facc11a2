import { contactUri, withOptions } from './account.ts';
import type { Account } from './account.ts';
import { AuthenticatedRequest, Authenticator } from './authentication.ts';
import { TimerSet } from './clock.ts';
import type { TransactionUser } from './client-transaction.ts';
import type {
  Flow,
  InviteSession,
  InviteSessionHandler,
  Protocol,
  ReinviteResult,
  RequestOptions,
  ResponseOptions,
  SessionEnd,
} from './contract.ts';
import type { Core } from './core.ts';
import { ackWithin, cseqOf, requestWithin, withTarget } from './dialog.ts';
import type { DialogState } from './dialog.ts';
import type { Endpoint, Way } from './endpoint.ts';
import { formatUri } from './uri.ts';
import { reasonEnd } from './reason-header.ts';
import { tagOf } from './header-values.ts';
import { makeResponse } from './make.ts';
import type { NameAddr, SipRequest, SipResponse } from './message.ts';
import { OwnReinvite } from './own-reinvite.ts';
import { PeerOffer } from './peer-reoffer.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { allowedMethods, allowedWithOwner, bodyRefusal, requireRefusal } from './request-rules.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { SessionTable } from './session-table.ts';
import { SipError } from './sip-error.ts';

/** What a session is given by the user agent it belongs to. */
export interface SessionHost {
  readonly core: Core;
  readonly endpoint: Endpoint;
  readonly account: Account;
  readonly sessions: SessionTable<Session>;
  /** A request in a dialog that the session's owner does not take. Says whether somebody else does. */
  otherRequest(transaction: RunningServerTransaction): boolean;
}

export type EndOptions = NonNullable<Parameters<InviteSession['end']>[0]>;

/** What both ends of a call share: the dialog, requests in it in either direction, and the end. */
export abstract class Session implements InviteSession {
  abstract readonly role: 'uac' | 'uas';
  abstract readonly request: SipRequest;
  readonly callId: string;
  readonly localTag: string;
  readonly remote: NameAddr;
  readonly host: SessionHost;
  readonly timers: TimerSet;
  readonly authenticator: Authenticator;
  protected handler: InviteSessionHandler | undefined;
  protected dialog: DialogState | undefined;
  /** The connection to the peer's side, where there is one. */
  protected flow: Flow | undefined;
  /** What Contact says we are reached over. */
  protected protocol: Protocol;
  #state: InviteSession['state'] = 'inviting';
  #reinvite: OwnReinvite | undefined;
  #peerOffer: PeerOffer | undefined;
  #byesUnderWay = 0;

  constructor(host: SessionHost, callId: string, localTag: string, remote: NameAddr, protocol: Protocol) {
    this.host = host;
    this.callId = callId;
    this.localTag = localTag;
    this.remote = remote;
    this.protocol = protocol;
    this.timers = new TimerSet(host.core.clock);
    this.authenticator = new Authenticator(host.core, host.account.credentials);
    host.sessions.add(this);
  }

  get state(): InviteSession['state'] {
    return this.#state;
  }

  abstract ack(sdp?: string): void;
  /** Tells the peer, in the way that the state asks for. */
  protected abstract closeOut(options: EndOptions): void;
  /** Whether the peer's tag is that of a dialog, early ones included. */
  protected abstract knows(remoteTag: string): boolean;
  /** An ACK to our first 2xx, if it is one. */
  protected abstract acknowledged(ack: SipRequest): boolean;

  end(options: EndOptions = {}): void {
    if (this.#state === 'ended') return;
    const established = this.#state === 'accepted' || this.#state === 'confirmed';
    const status = options.status ?? (established ? 200 : this.role === 'uac' ? 487 : 480);
    this.host.core.log.debug({ callId: this.callId, state: this.#state }, 'ending the call');
    this.closeOut({ ...options, status });
    this.finish({ by: 'local', status, reason: options.reason ?? reasonPhrase(status) });
  }

  /** Ends the call because something does not work; the peer is told as well as can be. */
  fail(status: number): void {
    if (this.#state === 'ended') return;
    this.host.core.guard('closing a failed call', () => this.closeOut({ status }));
    this.finish({ by: 'failure', status, reason: reasonPhrase(status) });
  }

  reinvite(
    sdp: string | undefined,
    options: Parameters<InviteSession['reinvite']>[1] = {},
  ): Promise<ReinviteResult> {
    if (this.#state !== 'confirmed' || this.#reinvite || this.#peerOffer) {
      const what = this.#state === 'confirmed' ? 'another change is under way' : this.#state;
      return Promise.reject(SipError.wrongState('re-INVITE', what));
    }
    return new Promise((resolve, reject) => {
      const done = (result: ReinviteResult) => {
        if (this.#reinvite === own) this.#reinvite = undefined;
        resolve(result);
      };
      const own = new OwnReinvite(this, sdp, options, done);
      this.#reinvite = own;
      try {
        own.start();
      } catch (error) {
        this.#reinvite = undefined;
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  requestInDialog(method: string, options: RequestOptions = {}): Promise<SipResponse> {
    const { dialog } = this;
    if (!dialog || this.#state === 'ended') return Promise.reject(SipError.wrongState(method, this.#state));
    return new Promise((resolve) => {
      const request = withOptions(this.compose(dialog, method), options);
      this.send(dialog, request, {
        final: (response) => {
          if (method === 'UPDATE') this.checkAlive(response);
          resolve(response);
        },
      });
    });
  }

  /** A request that carries our tag. */
  receive(transaction: RunningServerTransaction): void {
    const { request } = transaction;
    if (!this.knows(tagOf(request.headers.get('From')) ?? '')) return transaction.respond(481);
    if (this.#state === 'ended') return this.#receiveAfterEnd(transaction);
    if (!this.#isInOrder(request)) return transaction.respond(500, { reason: 'CSeq Out Of Order' });
    const refusal = requireRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    switch (request.method) {
      case 'BYE':
        return this.#receiveBye(transaction);
      case 'INVITE':
      case 'UPDATE':
        return this.#receiveOffer(transaction);
      case 'OPTIONS':
        return transaction.respond(200, { headers: this.capabilities() });
      default:
        return this.#receiveOther(transaction);
    }
  }

  receiveAck(ack: SipRequest): void {
    if (this.acknowledged(ack)) return;
    const answered = this.#peerOffer;
    if (answered?.acknowledges(ack)) {
      this.#peerOffer = undefined;
      answered.acknowledged(ack);
    }
  }

  /** 481 and 408 say that the peer has no such dialog any more (RFC 3261 §12.2.1.2). Says whether the call is still there. */
  checkAlive(response: SipResponse): boolean {
    if (this.#state === 'ended') return false;
    if (response.status !== 481 && response.status !== 408) return true;
    if (response.status === 408) this.bye({});
    this.finish({ by: 'failure', status: response.status, reason: response.reason });
    return false;
  }

  /** A request in the dialog with what is ours in it. */
  compose(dialog: DialogState, method: string): SipRequest {
    const { request } = requestWithin(dialog, method, this.nextCSeq());
    if (method !== 'BYE' && method !== 'INFO' && method !== 'MESSAGE')
      request.headers.append('Contact', this.contact());
    if (method === 'INVITE' || method === 'UPDATE') {
      for (const [name, value] of this.capabilities()) request.headers.append(name, value);
    }
    if (this.host.core.userAgent !== undefined)
      request.headers.append('User-Agent', this.host.core.userAgent);
    return request;
  }

  send(dialog: DialogState, request: SipRequest, user: TransactionUser): AuthenticatedRequest {
    const way = this.way(dialog, requestWithin(dialog, request.method, 0).nextHop);
    return new AuthenticatedRequest(
      this.host.endpoint,
      this.authenticator,
      request,
      () => this.nextCSeq(),
      user,
      way,
    );
  }

  /** Sends the ACK to a 2xx; the function returned repeats it. */
  sendAck(dialog: DialogState, invite: SipRequest, sdp?: string): () => void {
    const { request, nextHop } = ackWithin(dialog, invite, sdp);
    return this.host.endpoint.sendRepeatable(request, this.way(dialog, nextHop));
  }

  /** The peer's Contact has changed. */
  refreshTarget(message: SipRequest | SipResponse): void {
    if (this.dialog) this.dialog = withTarget(this.dialog, message);
  }

  get confirmedDialog(): DialogState | undefined {
    return this.#state === 'confirmed' ? this.dialog : undefined;
  }

  get peerOffers(): boolean {
    return this.#peerOffer !== undefined;
  }

  /** The offer has been refused, or answered without an ACK to wait for. */
  peerOfferDone(offer: PeerOffer): void {
    if (this.#peerOffer === offer) this.#peerOffer = undefined;
  }

  contact(): string {
    const { account, endpoint } = this.host;
    return `<${formatUri(contactUri(account, endpoint, this.protocol, this.dialog?.secure))}>`;
  }

  /** What we can: in requests and responses that make or change a session. */
  capabilities(): [string, string][] {
    return [
      ['Allow', this.handler?.request ? allowedWithOwner : allowedMethods],
      ['Accept', 'application/sdp'],
    ];
  }

  /** Our 200 to an INVITE or UPDATE. @throws SipError `invalid-header` */
  success(transaction: RunningServerTransaction, sdp: string, options: ResponseOptions = {}): SipResponse {
    const own: [string, string][] = [['Contact', this.contact()], ...this.capabilities()];
    if (this.host.core.userAgent !== undefined) own.push(['Server', this.host.core.userAgent]);
    return makeResponse(transaction.request, 200, {
      ...options,
      headers: [...own, ...(options.headers ?? [])],
      body: sdp,
      toTag: this.localTag,
    });
  }

  /** Calls the owner; what it throws ends this call and no other. */
  tell(what: string, run: () => void): void {
    this.host.core.guard(`session owner: ${what}`, run, () => this.fail(500));
  }

  protected nextCSeq(): number {
    if (!this.dialog) return 1;
    this.dialog = { ...this.dialog, localCSeq: this.dialog.localCSeq + 1 };
    return this.dialog.localCSeq;
  }

  protected move(state: Exclude<InviteSession['state'], 'ended'>): void {
    if (this.#state !== 'ended') this.#state = state;
  }

  /** Hangs up in the dialog given: the call's own, or that of a fork which answered too late. */
  protected bye(options: EndOptions, dialog: DialogState | undefined = this.dialog): void {
    if (!dialog) return;
    const headers = options.headers ? { headers: options.headers } : {};
    let cseq = dialog.localCSeq + 1;
    const { request, nextHop } = requestWithin(dialog, 'BYE', cseq);
    if (this.host.core.userAgent !== undefined)
      request.headers.append('User-Agent', this.host.core.userAgent);
    this.#byesUnderWay += 1;
    new AuthenticatedRequest(
      this.host.endpoint,
      this.authenticator,
      withOptions(request, headers),
      () => (cseq += 1),
      {
        final: () => {
          this.#byesUnderWay -= 1;
          this.release();
        },
      },
      this.way(dialog, nextHop),
    );
  }

  /** BYE in a confirmed dialog, with what a change under way still owes the peer. */
  protected hangUp(options: EndOptions): void {
    this.#reinvite?.abort();
    this.#peerOffer?.abort();
    this.bye(options);
  }

  protected finish(cause: SessionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.timers.stopAll();
    const { handler } = this;
    this.#reinvite?.abort();
    this.#peerOffer?.abort();
    this.release();
    this.host.core.guard('session owner: ended', () => handler?.ended(cause));
  }

  /** Leaves the table when the peer needs nothing more of us. */
  protected release(): void {
    if (this.#state === 'ended' && this.#byesUnderWay === 0 && !this.owesBye())
      this.host.sessions.remove(this);
  }

  /** A BYE that has to wait (RFC 3261 §15). */
  protected owesBye(): boolean {
    return false;
  }

  /** A connection is used again as long as the peer is the next hop; a proxy's URI says where it is. */
  protected way(dialog: DialogState, nextHop: Way['uri'] | undefined): Way | undefined {
    if (!nextHop) return undefined;
    const flow =
      this.flow && this.flow.protocol !== 'udp' && dialog.routeSet.length === 0 ? this.flow : undefined;
    return { uri: nextHop, protocol: this.host.account.protocol, ...(flow ? { flow } : {}) };
  }

  /** RFC 3261 §12.2.2. */
  #isInOrder(request: SipRequest): boolean {
    if (!this.dialog) return true;
    const cseq = cseqOf(request);
    if (this.dialog.remoteCSeq !== undefined && cseq < this.dialog.remoteCSeq) return false;
    this.dialog = { ...this.dialog, remoteCSeq: cseq };
    return true;
  }

  /** Our BYE is on its way, or waits for the ACK; the peer's may cross it. */
  #receiveAfterEnd(transaction: RunningServerTransaction): void {
    const isBye = transaction.request.method === 'BYE';
    transaction.respond(isBye ? 200 : 481);
    if (!isBye) return;
    this.byeReceived();
    this.release();
  }

  #receiveBye(transaction: RunningServerTransaction): void {
    transaction.respond(200);
    this.byeReceived();
    this.finish(reasonEnd(transaction.request, 200));
  }

  /** The role's own loose ends when the peer hangs up. */
  protected byeReceived(): void {
    this.#peerOffer?.abort();
  }

  /** RFC 3261 §14.2, RFC 3311 §5.2: who may change the session now. */
  #receiveOffer(transaction: RunningServerTransaction): void {
    const { request } = transaction;
    const refusal = bodyRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    const body = sdpOf(request);
    const sdp = body.ok ? body.sdp : undefined;
    if (request.method === 'UPDATE' && sdp === undefined) return this.#refreshOnly(transaction);
    if (this.#state !== 'confirmed' || this.#reinvite?.isPending) return transaction.respond(491);
    if (this.#peerOffer) return this.#refuseSecondOffer(transaction, this.#peerOffer);
    const offer = new PeerOffer(this, transaction, sdp);
    this.#peerOffer = offer;
    const { handler } = this;
    if (handler?.reoffered) this.tell('reoffered', () => handler.reoffered?.(offer));
    else offer.reject(488);
  }

  #refuseSecondOffer(transaction: RunningServerTransaction, first: PeerOffer): void {
    if (!first.isOpen) return transaction.respond(491);
    const seconds = Number.parseInt(this.host.core.random(1), 16) % 11;
    transaction.respond(500, { headers: [['Retry-After', String(seconds)]] });
  }

  #refreshOnly(transaction: RunningServerTransaction): void {
    this.refreshTarget(transaction.request);
    transaction.respond(200, { headers: [['Contact', this.contact()], ...this.capabilities()] });
  }

  #receiveOther(transaction: RunningServerTransaction): void {
    const { handler, host } = this;
    const isKnown = allowedWithOwner.split(', ').includes(transaction.request.method);
    if (!isKnown) return this.#refuseMethod(transaction);
    host.core.guard(
      'session owner: request',
      () => {
        if (handler?.request) handler.request(transaction);
        else if (!host.otherRequest(transaction)) this.#refuseMethod(transaction);
      },
      () => {
        transaction.respond(500);
        this.fail(500);
      },
    );
  }

  #refuseMethod(transaction: RunningServerTransaction): void {
    transaction.respond(405, {
      headers: [['Allow', this.handler?.request ? allowedWithOwner : allowedMethods]],
    });
  }
}
