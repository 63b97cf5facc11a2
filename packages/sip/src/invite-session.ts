import { readUri } from './account.ts';
import { Authenticator } from './authentication.ts';
import { TimerSet } from './clock.ts';
import type {
  InviteSession,
  InviteSessionHandler,
  PeerReoffer,
  ReferOptions,
  ReferralHandler,
  ReinviteOptions,
  ReinviteResult,
  RequestOptions,
  SessionEnd,
} from './contract.ts';
import type { DialogState } from './dialog.ts';
import { tagOf } from './header-values.ts';
import { Headers } from './headers.ts';
import type { LiveDialog } from './live-dialog.ts';
import type { NameAddr, SipRequest, SipResponse } from './message.ts';
import { reasonEnd } from './reason-header.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { allowFor, isKnownMethod, methodRefusal, requireRefusal, supportedTags } from './request-rules.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { SessionDialog } from './session-dialog.ts';
import type { EndOptions, SessionHost } from './session-host.ts';
import { referToReplace } from './replaces.ts';
import { SessionReferrals } from './session-referrals.ts';
import { refreshSession } from './session-refresh.ts';
import { SessionTimer } from './session-timer.ts';
import { SipError } from './sip-error.ts';
import { formatUri } from './uri.ts';

/** RFC 5057 §4.1: refused they end their own subscription, and the call goes on. */
const ofOtherUsage = new Set(['SUBSCRIBE', 'NOTIFY', 'REFER']);

/** What both ends of a call share: its state, requests of the peer in it, and its end. */
export abstract class Session implements InviteSession {
  abstract readonly role: 'uac' | 'uas';
  abstract readonly request: SipRequest;
  readonly callId: string;
  readonly localTag: string;
  readonly remote: NameAddr;
  readonly host: SessionHost;
  protected readonly timers: TimerSet;
  protected readonly authenticator: Authenticator;
  protected handler: InviteSessionHandler | undefined;
  readonly timer: SessionTimer;
  readonly #referrals = new SessionReferrals(this, () => this.release());
  /** By the peer's tag: several while forks of our INVITE ring, then one. */
  protected readonly dialogs = new Map<string, SessionDialog>();
  /** The call's own, once there is one. */
  protected dialog: SessionDialog | undefined;
  #state: InviteSession['state'] = 'inviting';
  #byesUnderWay = 0;

  constructor(host: SessionHost, callId: string, localTag: string, remote: NameAddr) {
    this.host = host;
    this.callId = callId;
    this.localTag = localTag;
    this.remote = remote;
    this.timers = new TimerSet(host.core.clock);
    this.authenticator = new Authenticator(host.core, host.account.credentials);
    this.timer = new SessionTimer(host.core, host.account.sessionTimer, {
      refresh: () => this.#state === 'confirmed' && this.dialog && refreshSession(this, this.dialog),
      expired: () => this.#expired(),
    });
    host.sessions.add(this);
  }

  get state(): InviteSession['state'] {
    return this.#state;
  }

  /** Data that could be written to disk; undefined while there is no dialog. */
  get dialogState(): DialogState | undefined {
    return this.dialog?.live.state;
  }

  abstract ack(sdp?: string): void;
  /** Tells the peer, in the way that the state asks for. */
  protected abstract closeOut(options: EndOptions): void;
  /** An ACK to our first 2xx, if it is one. */
  protected abstract acknowledged(ack: SipRequest): boolean;

  end(options: EndOptions = {}): void {
    if (this.#state === 'ended') return;
    const isUp = this.#state === 'accepted' || this.#state === 'confirmed';
    const status = options.status ?? (isUp ? 200 : this.role === 'uac' ? 487 : 480);
    const headers = [...new Headers(options.headers)];
    this.closeOut({ ...options, status, headers });
    this.finish({ by: 'local', status, reason: options.reason ?? reasonPhrase(status) });
  }

  /** Ends the call because something does not work; the peer is told as well as can be. */
  fail(status: number): void {
    if (this.#state === 'ended') return;
    this.host.core.guard('closing a failed call', () => this.closeOut({ status }));
    this.#referrals.close();
    this.finish({ by: 'failure', status, reason: reasonPhrase(status) });
  }

  reinvite(sdp: string | undefined, options: ReinviteOptions = {}): Promise<ReinviteResult> {
    const dialog = this.dialog ?? this.#earlyDialog(options.fork);
    if (!dialog) return Promise.reject(SipError.wrongState('a change of the session', this.#state));
    return dialog.change(sdp, options);
  }

  async requestInDialog(method: string, options: RequestOptions = {}): Promise<SipResponse> {
    const { dialog } = this;
    if (!dialog || this.#state === 'ended') throw SipError.wrongState(method, this.#state);
    const response = await new Promise<SipResponse>((resolve) => {
      dialog.live.send(method, options, { final: resolve });
    });
    if (!ofOtherUsage.has(method)) this.checkAlive(response);
    return response;
  }

  refer(target: string | InviteSession, handler: ReferralHandler, options: ReferOptions = {}): void {
    const { dialog } = this;
    if (!dialog || this.#state !== 'confirmed') throw SipError.wrongState('REFER', this.#state);
    const referTo = typeof target === 'string' ? formatUri(readUri(target)) : this.#referToReplace(target);
    this.#referrals.refer(dialog.live, referTo, handler, options);
  }

  hasDialogWith(remoteTag: string): boolean {
    return this.dialogs.has(remoteTag);
  }

  /** A request that carries our tag. */
  receive(transaction: RunningServerTransaction): void {
    const { request } = transaction;
    const dialog = this.dialogs.get(tagOf(request.headers.get('From')) ?? '');
    if (!dialog) return transaction.respond(481);
    if (this.#state === 'ended' && !this.#referrals.size) return this.#receiveAfterEnd(transaction);
    if (!dialog.live.takes(request)) return transaction.respond(500, { reason: 'CSeq Out Of Order' });
    const refusal = requireRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    if (this.#state === 'ended') return this.#receiveAfterEnd(transaction);
    switch (request.method) {
      case 'BYE':
        return this.#receiveBye(transaction);
      case 'INVITE':
      case 'UPDATE':
        return dialog.receive(transaction);
      case 'PRACK':
        return this.receivePrack(transaction, dialog);
      case 'REFER':
        if (!this.handler?.referred) return this.#receiveOther(transaction);
        return this.#referrals.receive(transaction, dialog.live, (referral) =>
          this.tell('referred', () => this.handler?.referred?.(referral)),
        );
      case 'NOTIFY':
      case 'SUBSCRIBE':
        if (this.#referrals.take(transaction)) return;
        return this.#receiveOther(transaction);
      case 'INFO':
        // RFC 6086 §4.2.2: we have listed no package in Recv-Info.
        if (request.headers.has('Info-Package'))
          return transaction.respond(469, { headers: [['Recv-Info', '']] });
        return this.#receiveOther(transaction);
      case 'OPTIONS':
        return transaction.respond(200, { headers: this.capabilities() });
      default:
        return this.#receiveOther(transaction);
    }
  }

  receiveAck(ack: SipRequest): void {
    if (!this.acknowledged(ack)) this.dialog?.acknowledged(ack);
  }

  /** 481 and 408 say that the peer has no such dialog any more (RFC 3261 §12.2.1.2, RFC 5057 §5.1). */
  checkAlive({ status, reason }: SipResponse): void {
    if (this.#state === 'ended' || (status !== 481 && status !== 408)) return;
    if (status === 408) this.bye({});
    this.finish({ by: 'failure', status, reason });
  }

  /** What we can: in requests and responses that make or change a session. */
  capabilities(): [string, string][] {
    return [
      [
        'Allow',
        allowFor({
          requests: this.handler?.request !== undefined,
          referrals: this.handler?.referred !== undefined,
        }),
      ],
      ['Accept', 'application/sdp'],
      ['Supported', this.supported().join(', ')],
    ];
  }

  /** For our requests in a call that is up: the session timer goes on with each. */
  timerHeaders(): [string, string][] {
    return this.#state === 'confirmed' ? this.timer.requestHeaders() : [];
  }

  /** For our 2xx to a change of the session or a refresh. */
  answerHeaders({ live }: SessionDialog, request: SipRequest): [string, string][] {
    const isTimed = this.#state === 'confirmed' && request.method !== 'PRACK';
    const timing = isTimed ? this.timer.accept(request) : [];
    return [['Contact', live.contact()], ...this.capabilities(), ...timing];
  }

  /** Calls the owner; what it throws ends this call and no other. */
  tell(what: string, run: () => void): void {
    this.host.core.guard(`session owner: ${what}`, run, () => this.fail(500));
  }

  tellReoffered(offer: PeerReoffer): void {
    const { handler } = this;
    if (handler?.reoffered) this.tell('reoffered', () => handler.reoffered?.(offer));
    else offer.reject(488);
  }

  tellReanswered(sdp: string): void {
    this.tell('reanswered', () => this.handler?.reanswered?.({ sdp }));
  }

  protected move(state: Exclude<InviteSession['state'], 'ended'>): void {
    if (this.#state !== 'ended') this.#state = state;
  }

  /** Hangs up in the dialog given: the call's own, or that of a fork which answered too late. */
  protected bye(options: EndOptions, dialog: LiveDialog | undefined = this.dialog?.live): void {
    if (!dialog) return;
    const done = () => {
      this.#byesUnderWay -= 1;
      this.release();
    };
    dialog.send('BYE', options.headers ? { headers: options.headers } : {}, { final: done });
    this.#byesUnderWay += 1;
  }

  /** BYE in a confirmed dialog, after what a change under way still owes the peer. */
  protected hangUp(options: EndOptions): void {
    this.abortChanges();
    this.bye(options);
  }

  protected finish(cause: SessionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.timers.stopAll();
    this.timer.stop();
    this.abortChanges();
    this.release();
    const { handler } = this;
    // The INVITE's transaction stays for another 32 s (RFC 6026 §7.1); the owner's call and its SDP need not stay with it.
    this.handler = undefined;
    this.host.core.guard('session owner: ended', () => handler?.ended(cause));
  }

  /** Leaves the table when the peer needs nothing more of us. */
  protected release(): void {
    const isOver =
      this.#state === 'ended' && this.#byesUnderWay === 0 && !this.owesBye() && this.#referrals.size === 0;
    if (isOver) this.host.sessions.remove(this);
  }

  /** A BYE that has to wait (RFC 3261 §15). */
  protected owesBye(): boolean {
    return false;
  }

  /** The role's own loose ends when the peer hangs up. */
  protected byeReceived(): void {
    this.abortChanges();
  }

  protected abortChanges(): void {
    for (const dialog of this.dialogs.values()) dialog.abort();
  }

  /** The extensions that the peer may use with us. */
  protected supported(): readonly string[] {
    return supportedTags;
  }

  /** Only who is called sends reliable provisional responses. */
  protected receivePrack(transaction: RunningServerTransaction, _dialog: SessionDialog): void {
    transaction.respond(481);
  }

  /** RFC 4028 §10: no refresh has come in time. */
  #expired(): void {
    this.host.core.count('sessionsExpired');
    this.hangUp({ headers: [['Reason', 'SIP;cause=408;text="Session timer expired"']] });
    this.finish({ by: 'failure', status: 408, reason: 'Session timer expired' });
  }

  #referToReplace(other: InviteSession): string {
    const state = other instanceof Session ? other.dialogState : undefined;
    if (!state || other.state !== 'confirmed') throw SipError.wrongState('REFER to that call', other.state);
    return referToReplace(state);
  }

  /** The fork of that tag, else the one that has agreed with us on a session. */
  #earlyDialog(fork: string | undefined): SessionDialog | undefined {
    if (fork !== undefined) return this.dialogs.get(fork);
    return [...this.dialogs.values()].find(({ agreement }) => agreement.state === 'agreed');
  }

  #receiveBye(transaction: RunningServerTransaction): void {
    // RFC 3261 §15: who is called refuses the INVITE as long as it has not accepted it.
    if (!this.dialog) return transaction.respond(481);
    transaction.respond(200);
    this.byeReceived();
    this.finish(reasonEnd(transaction.request, 200));
  }

  /** Our BYE is on its way, or waits for the ACK; the peer's may cross it. */
  #receiveAfterEnd(transaction: RunningServerTransaction): void {
    if (this.#referrals.take(transaction)) return;
    const isBye = transaction.request.method === 'BYE';
    transaction.respond(isBye ? 200 : 481);
    if (!isBye) return;
    this.byeReceived();
    this.release();
  }

  #receiveOther(transaction: RunningServerTransaction): void {
    const { handler, host } = this;
    const failed = () => {
      transaction.respond(500);
      this.fail(500);
    };
    host.core.guard(
      'session owner: request',
      () => {
        const isKnown = isKnownMethod(transaction.request.method);
        if (isKnown && handler?.request) handler.request(transaction);
        else if (!isKnown || !host.otherRequest(transaction)) {
          const { status } = methodRefusal(transaction.request.method, '');
          transaction.respond(status, { headers: this.capabilities() });
        }
      },
      failed,
    );
  }
}
