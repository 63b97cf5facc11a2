import type { ExchangeOffer as WireOffer } from '@soft-handset/protocol';
import { HandsetError } from './handset-error.ts';
import type { JanusHandler, SipEvent } from './janus-handler.ts';
import type { ExchangeOffer, RegisterInfo, SoftHandlerEvents } from './soft-handler-types.ts';

export interface RegistrationPorts {
  readonly handler: JanusHandler;
  readonly emit: <N extends 'registerResult' | 'unregisterResult'>(
    event: N,
    payload: SoftHandlerEvents[N],
  ) => void;
  readonly reason: (code: number, detail: string) => string;
}

/** Where this handset is reachable: what was asked for, and what the server last said. */
export class Registration {
  readonly #ports: RegistrationPorts;
  #info: RegisterInfo;
  /** What a one-time link has left for the next time. */
  #loginToken: string | undefined;
  #isRegistered = false;
  #isWanted = false;
  #attempt: Promise<unknown> = Promise.resolve();

  constructor(info: RegisterInfo, ports: RegistrationPorts) {
    this.#info = info;
    this.#ports = ports;
  }

  get username(): string {
    return this.#info.username;
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
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
  async register(info: string | RegisterInfo): Promise<void> {
    this.#info = typeof info === 'string' ? { ...this.#info, username: info } : info;
    this.#loginToken = undefined;
    await this.#attemptNow();
  }

  async again(): Promise<void> {
    await this.#attemptNow();
  }

  async #attemptNow(): Promise<void> {
    this.#isWanted = true;
    const attempt = this.#ports.handler.send(registerBody(this.#info));
    this.#attempt = attempt.catch(() => undefined);
    await attempt;
  }

  async unregister(limitMs?: number): Promise<void> {
    this.#isWanted = false;
    try {
      await this.#ports.handler.send({ request: 'unregister' }, undefined, limitMs);
    } catch (error) {
      const code =
        error instanceof HandsetError && typeof error.code === 'number' ? { code: error.code } : {};
      this.#ports.emit('unregisterResult', { event: 'fail', ...code, reason: String(error) });
      throw error;
    }
  }

  /** The server may also speak unasked: a refresh failed, the number was taken over. */
  handle({ event }: SipEvent): void {
    const telNumber = this.username;
    if (event.event === 'registering') {
      if (event.token !== undefined) this.#keepToken(event.token);
    } else if (event.event === 'registered') {
      this.#isRegistered = true;
      const { exchange } = event;
      this.#ports.emit('registerResult', {
        event: 'succ',
        telNumber,
        ...this.#token,
        ...(exchange && { exchange: offerOf(exchange) }),
      });
    } else if (event.event === 'registration_failed') {
      this.#isRegistered = false;
      const { code } = event;
      const reason = this.#ports.reason(code, event.reason);
      this.#ports.emit('registerResult', { event: 'fail', code, reason, telNumber, ...this.#token });
    } else if (event.event === 'unregistered') {
      this.#isRegistered = false;
      this.#ports.emit('unregisterResult', { event: 'succ' });
    }
  }

  get #token(): { token?: string } {
    return this.#loginToken === undefined ? {} : { token: this.#loginToken };
  }

  /** The link is used up: the next time, on a new connection too, this logs in. */
  #keepToken(token: string): void {
    this.#loginToken = token;
    this.#info = { ...this.#info, token };
  }

  /** The server has forgotten it. */
  lost(): void {
    this.#isRegistered = false;
  }
}

function registerBody(info: RegisterInfo) {
  const { username, displayName, sipServerIp = '127.0.0.1', sipServerPort = 5060, secret, token } = info;
  return {
    request: 'register' as const,
    username,
    display_name: displayName ?? username,
    ...(sipServerIp === '' ? {} : { proxy: `sip:${sipServerIp}:${sipServerPort}` }),
    ...(secret === undefined ? {} : { secret }),
    ...(token === undefined ? {} : { token }),
  };
}

function offerOf({ second_handset: secondHandset, ...offer }: WireOffer): ExchangeOffer {
  return { ...offer, secondHandset };
}
