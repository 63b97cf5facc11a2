import { through } from './account.ts';
import type { Account, OutboundProxy } from './account.ts';
import { AuthenticatedRequest, Authenticator } from './authentication.ts';
import type { Flow, Registration, RegistrationHandler, RegistrationOptions } from './contract.ts';
import type { Core } from './core.ts';
import type { Endpoint } from './endpoint.ts';
import type { FlowFacts } from './keep-alives.ts';
import type { SipResponse, SipUri } from './message.ts';
import { registerRequest } from './register-request.ts';
import { flowFactsOf, lifetimeOf, saysNothing, seenAtOf, serviceRouteOf } from './registrar-says.ts';
import type { RegistrarSays } from './registrar-says.ts';
import { permanentlyRefused, reconnectDelay, refreshDelay, retryDelay } from './registration-delays.ts';

export interface RegistrationHost {
  readonly core: Core;
  readonly endpoint: Endpoint;
  readonly account: Account;
  /** Our Contact follows where the registrar sees us. */
  readonly contactFromServer: boolean;
  /** The number of the flow, where there are several: it is registered at the proxy of that number and no other. */
  readonly regId?: number;
  /** The way over which the server reaches us; undefined: none any more. */
  flowChanged(
    registration: AccountRegistration,
    before: Flow | undefined,
    now: Flow | undefined,
    facts: FlowFacts,
  ): void;
  /** Nothing is left to keep alive. */
  over(registration: AccountRegistration): void;
}

/**
 * The binding of one account (RFC 3261 §10.2).
 *
 *   registering ──2xx──▶ registered ──before it expires──▶ registering
 *        ├──5xx, 408, no way, at all proxies──▶ waiting ──back-off──▶ registering
 *        └──4xx, 6xx──▶ refused          any ──unregister()──▶ unregistering ──▶ unregistered
 */
export class AccountRegistration implements Registration {
  readonly #host: RegistrationHost;
  readonly #handler: RegistrationHandler;
  readonly #options: RegistrationOptions;
  readonly #authenticator: Authenticator;
  readonly #callId: string;
  readonly #fromTag: string;
  #state: Registration['state'] = 'registering';
  #cseq = 0;
  #expires: number;
  #failures = 0;
  /** At which of the account's proxies: it stays at one as long as that takes it. */
  #at: number;
  /** How many proxies have failed one after the other. */
  #inARow = 0;
  #isBound = false;
  #isFirst = true;
  /** The lifetime that the REGISTER under way asks for; 0 unregisters. */
  #asked: number | undefined;
  #isClosed = false;
  #flow: Flow | undefined;
  #says: RegistrarSays = saysNothing;
  /** As in the last REGISTER. */
  #contact: SipUri | undefined;
  /** Where the binding led before the registrar said where it sees us. */
  #movedFrom: SipUri | undefined;
  #stopTimer: (() => void) | undefined;
  #unregisterWaiters: (() => void)[] | undefined;

  constructor(host: RegistrationHost, handler: RegistrationHandler, options: RegistrationOptions = {}) {
    this.#host = host;
    this.#handler = handler;
    this.#options = options;
    this.#authenticator = new Authenticator(host.core, host.account.credentials);
    this.#callId = host.core.random(16);
    this.#fromTag = host.core.random(8);
    this.#expires = options.expires ?? 3_600;
    this.#at = (host.regId ?? 1) - 1;
    this.#send(this.#expires);
  }

  get state(): Registration['state'] {
    return this.#state;
  }

  get says(): RegistrarSays {
    return this.#says;
  }

  /** Requests may go out by it. */
  get stands(): boolean {
    return this.#flow !== undefined && this.#state !== 'waiting' && this.#state !== 'refused';
  }

  /** The server reaches us from there, as long as the binding stands. */
  get serverHost(): string | undefined {
    return this.#flow?.remoteHost;
  }

  refresh(): void {
    if (this.#state === 'unregistered' || this.#state === 'unregistering' || this.#asked !== undefined)
      return;
    this.#register();
  }

  unregister(): Promise<void> {
    if (this.#state === 'unregistered') return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#unregisterWaiters;
      if (waiters) return void waiters.push(resolve);
      this.#unregisterWaiters = [resolve];
      this.#stopTimer?.();
      this.#state = 'unregistering';
      if (this.#asked === undefined) this.#unregisterNow();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#state = 'unregistered';
    this.#settleUnregistered();
  }

  /** The connection of the binding is gone: the server reaches us no more until we register anew. */
  connectionLost(): void {
    this.#setFlow(undefined);
    if (this.#state !== 'registered') return;
    const delayMs = reconnectDelay(this.#host.core);
    this.#wait(delayMs);
    this.#tellFailed(503, 'Connection lost', delayMs);
  }

  #register(): void {
    this.#stopTimer?.();
    this.#state = 'registering';
    this.#send(this.#expires);
  }

  #unregisterNow(): void {
    if (this.#isBound) this.#send(0);
    else this.#unregistered();
  }

  #send(expires: number): void {
    const { endpoint } = this.#host;
    const account: Account = { ...through(this.#host.account, this.#proxy), registrar: this.#says };
    const { regId } = this.#host;
    const facts = { callId: this.#callId, cseq: ++this.#cseq, fromTag: this.#fromTag, expires, regId };
    const moved = expires > 0 ? { insteadOf: this.#movedFrom } : {};
    const made = registerRequest({ ...this.#host, account }, { ...facts, ...moved }, this.#options);
    this.#contact = made.contact;
    this.#asked = expires;
    new AuthenticatedRequest(made.request, {
      endpoint,
      authenticator: this.#authenticator,
      nextCSeq: () => ++this.#cseq,
      user: { final: (response, flow) => this.#final(response, flow) },
      to: made.to,
    });
  }

  #final(response: SipResponse, flow: Flow | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (this.#isClosed) return;
    const isSuccess = response.status < 300;
    if (isSuccess) this.#isBound = true;
    if (this.#state === 'unregistering') return asked === 0 ? this.#unregistered() : this.#unregisterNow();
    if (isSuccess) this.#registered(response, flow);
    else this.#refused(response);
  }

  #registered(response: SipResponse, flow: Flow | undefined): void {
    const { core } = this.#host;
    const expires = lifetimeOf(response, this.#host.account.contactUser) ?? this.#expires;
    core.count('registrationsAccepted');
    const first = this.#isFirst;
    this.#isFirst = false;
    this.#failures = 0;
    this.#inARow = 0;
    this.#state = 'registered';
    this.#setFlow(flow, flowFactsOf(response));
    const hasMoved = this.#learn(response, flow);
    this.#startTimer(refreshDelay(core, expires));
    core.guard('registration owner: registered', () => this.#handler.registered({ expires, first }));
    if (hasMoved) this.refresh();
  }

  /** Says whether the binding leads to where the registrar does not see us: it is made anew, in one step. Once for each refresh. */
  #learn(response: SipResponse, flow: Flow | undefined): boolean {
    const contact = this.#contact;
    const isMove = this.#movedFrom !== undefined;
    this.#movedFrom = undefined;
    const mayMove = !isMove && flow && contact && this.#host.contactFromServer;
    const seenAt = mayMove ? seenAtOf(response, flow, contact) : undefined;
    if (seenAt) this.#movedFrom = contact;
    this.#says = {
      serviceRoute: serviceRouteOf(response),
      seenAt: seenAt ?? this.#says.seenAt,
      proxy: this.#proxy,
      isOutbound: this.#host.regId !== undefined && flowFactsOf(response).isOutbound,
    };
    return seenAt !== undefined;
  }

  #refused(response: SipResponse): void {
    const { core } = this.#host;
    const { status, reason } = response;
    if (status === 423 && this.#takeMinExpires(response)) return this.#register();
    if (permanentlyRefused(status)) {
      this.#state = 'refused';
      this.#isBound = false;
      return this.#tellFailed(status, reason);
    }
    if (this.#turnsToNext()) return this.#register();
    this.#failures += 1;
    const delayMs = retryDelay(core, this.#failures, response.headers.get('Retry-After'));
    this.#wait(delayMs);
    this.#tellFailed(status, reason, delayMs);
  }

  get #proxy(): OutboundProxy | undefined {
    return this.#host.account.proxies[this.#at];
  }

  /** Another proxy may take it, unless all have been asked since the last success. */
  #turnsToNext(): boolean {
    const { length } = this.#host.account.proxies;
    if (length < 2 || this.#host.regId !== undefined) return false;
    this.#at = (this.#at + 1) % length;
    this.#inARow = (this.#inARow + 1) % length;
    return this.#inARow > 0;
  }

  /** RFC 3261 §10.2.8. */
  #takeMinExpires(response: SipResponse): boolean {
    const minimum = Number.parseInt(response.headers.get('Min-Expires') ?? '', 10);
    if (!(minimum > this.#expires)) return false;
    this.#expires = minimum;
    return true;
  }

  #wait(delayMs: number): void {
    this.#state = 'waiting';
    this.#startTimer(delayMs);
  }

  #startTimer(delayMs: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#host.core.clock.setTimeout(() => this.refresh(), delayMs);
  }

  #tellFailed(status: number, reason: string, retryInMs?: number): void {
    const facts = { status, reason, ...(retryInMs === undefined ? {} : { retryInMs }) };
    this.#host.core.guard('registration owner: failed', () => this.#handler.failed(facts));
  }

  #unregistered(): void {
    this.#state = 'unregistered';
    this.#host.core.guard('registration owner: unregistered', () => this.#handler.unregistered?.());
    this.#settleUnregistered();
  }

  #settleUnregistered(): void {
    const waiters = this.#unregisterWaiters ?? [];
    this.#unregisterWaiters = undefined;
    this.#stopTimer?.();
    this.#setFlow(undefined);
    this.#says = saysNothing;
    this.#host.over(this);
    for (const settle of waiters) settle();
  }

  #setFlow(now: Flow | undefined, facts: FlowFacts = { isOutbound: false }): void {
    if (now?.id === this.#flow?.id) return;
    this.#host.flowChanged(this, this.#flow, now, facts);
    this.#flow = now;
  }
}
