import type { ExchangeOffer as WireOffer, SipserverRequestBody } from '@soft-handset/protocol';
import type { Account, HandsetEvents, RegistrationState } from './handset-types.ts';
import type { JanusHandler, SipEvent } from './janus-handler.ts';
import type { ExchangeOffer } from './soft-handler-types.ts';

export interface RegistrationPorts {
  readonly handler: JanusHandler;
  readonly tell: (state: HandsetEvents['registration']) => void;
  readonly reason: (code: number, detail: string) => string;
  /** The handle that this one helps; undefined: it is a telephone of its own. */
  readonly master: () => number | undefined;
}

/** Where this handset is reachable: what was asked for, and what the server last said. */
export class Registration {
  readonly #ports: RegistrationPorts;
  #account: Account;
  /** What a one-time link has left for the next time. */
  #loginToken: string | undefined;
  #state: RegistrationState = 'unregistered';
  #isWanted = false;
  #masterId: number | undefined;
  #attempt: Promise<unknown> = Promise.resolve();

  constructor(account: Account, ports: RegistrationPorts) {
    this.#account = account;
    this.#ports = ports;
  }

  get username(): string {
    return this.#account.username;
  }

  /** With the token that a one-time link has left. */
  get account(): Account {
    return this.#account;
  }

  get state(): RegistrationState {
    return this.#state;
  }

  get isRegistered(): boolean {
    return this.#state === 'registered';
  }

  /** By this others help it; a server that knows no helpers says none. */
  get masterId(): number | undefined {
    return this.#masterId;
  }

  /** Asked for and not taken back: a fresh session registers again. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Settles with the attempt that is under way, whatever it comes to. */
  get attempt(): Promise<unknown> {
    return this.#attempt;
  }

  /** A bare user name keeps the rest of what is known. */
  async register(account: string | Account): Promise<void> {
    this.#account = typeof account === 'string' ? { ...this.#account, username: account } : account;
    this.#loginToken = undefined;
    await this.#attemptNow(false);
  }

  async again(): Promise<void> {
    await this.#attemptNow(true);
  }

  async #attemptNow(byItself: boolean): Promise<void> {
    this.#isWanted = true;
    if (!this.isRegistered) this.#state = 'registering';
    this.#ports.tell({ state: 'registering', byItself });
    const attempt = this.#ports.handler.send(registerBody(this.#account, this.#ports.master()));
    this.#attempt = attempt.catch(() => undefined);
    try {
      await attempt;
    } catch (error) {
      if (this.#state === 'registering') this.#state = 'failed';
      throw error;
    }
  }

  async unregister(limitMs?: number): Promise<void> {
    this.#isWanted = false;
    await this.#ports.handler.send({ request: 'unregister' }, undefined, limitMs);
  }

  /** The server may also speak unasked: a refresh failed, the number was taken over. */
  handle({ event }: SipEvent): void {
    if (event.event === 'registering') {
      if (event.token !== undefined) this.#keepToken(event.token);
    } else if (event.event === 'registered') {
      this.#state = 'registered';
      this.#masterId = event.master_id;
      const { exchange } = event;
      this.#ports.tell({
        state: 'registered',
        ...this.#token,
        ...(exchange && { exchange: offerOf(exchange) }),
      });
    } else if (event.event === 'registration_failed') {
      this.#state = 'failed';
      const { code } = event;
      const reason = this.#ports.reason(code, event.reason);
      this.#ports.tell({ state: 'failed', code, reason, ...this.#token });
    } else if (event.event === 'unregistered') {
      this.#state = 'unregistered';
      this.#ports.tell({ state: 'unregistered' });
    }
  }

  get #token(): { token?: string } {
    return this.#loginToken === undefined ? {} : { token: this.#loginToken };
  }

  /** The link is used up: the next time, on a new connection too, this logs in. */
  #keepToken(token: string): void {
    this.#loginToken = token;
    this.#account = { ...this.#account, token };
  }

  /** The server has forgotten it. */
  lost(): void {
    this.#state = 'unregistered';
  }
}

function registerBody(account: Account, masterId: number | undefined): SipserverRequestBody {
  const { username, displayName = username, proxy, secret, token } = account;
  const named = { request: 'register' as const, username, display_name: displayName };
  if (masterId !== undefined) return { ...named, type: 'helper', master_id: masterId };
  return {
    ...named,
    ...(proxy === undefined ? {} : { proxy }),
    ...(secret === undefined ? {} : { secret }),
    ...(token === undefined ? {} : { token }),
  };
}

function offerOf({ second_handset: secondHandset, ...offer }: WireOffer): ExchangeOffer {
  return { ...offer, secondHandset };
}
