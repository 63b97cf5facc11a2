import { HandsetError } from './handset-error.ts';
import type { JanusHandler, SipEvent } from './janus-handler.ts';
import type { RegisterInfo, SoftHandlerEvents } from './soft-handler-types.ts';

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
    this.#isWanted = true;
    const attempt = this.#ports.handler.send(registerBody(this.#info));
    this.#attempt = attempt.catch(() => undefined);
    await attempt;
  }

  async again(): Promise<void> {
    await this.register(this.#info);
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
    if (event.event === 'registered') {
      this.#isRegistered = true;
      this.#ports.emit('registerResult', { event: 'succ', telNumber });
    } else if (event.event === 'registration_failed') {
      this.#isRegistered = false;
      const { code } = event;
      const reason = this.#ports.reason(code, event.reason);
      this.#ports.emit('registerResult', { event: 'fail', code, reason, telNumber });
    } else if (event.event === 'unregistered') {
      this.#isRegistered = false;
      this.#ports.emit('unregisterResult', { event: 'succ' });
    }
  }

  /** The server has forgotten it. */
  lost(): void {
    this.#isRegistered = false;
  }
}

function registerBody(info: RegisterInfo) {
  const { username, displayName, sipServerIp = '127.0.0.1', sipServerPort = 5060, secret } = info;
  return {
    request: 'register' as const,
    username,
    display_name: displayName ?? username,
    ...(sipServerIp === '' ? {} : { proxy: `sip:${sipServerIp}:${sipServerPort}` }),
    ...(secret === undefined ? {} : { secret }),
  };
}
