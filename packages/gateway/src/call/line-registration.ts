import { registrationErrors } from '@soft-handset/protocol';
import type { Log, Registration, RegistrationOptions, UserAgent } from '@soft-handset/sip';
import type { Handset, LineNews } from './handset.ts';

export interface LineRegistrationOptions {
  readonly agent: UserAgent;
  readonly log: Log;
  /** The name of the account, for the log. */
  readonly account: string;
  readonly displayName: string | undefined;
  /** All handsets of the line that are told of it: no helpers. */
  readonly handsets: () => Iterable<Handset>;
  readonly masterIdOf: (handset: Handset) => number;
  /** Whose SIP credentials they are: the handset's own, or those the server keeps. */
  readonly credentialsOf: 'handset' | 'server';
  readonly onCredentialsRefused: () => void;
}

/** How a handset wants to join. */
export interface JoinOptions extends RegistrationOptions {
  readonly transaction: string;
  /** False: calls without a REGISTER, unless another handset has asked for one. */
  readonly sendRegister: boolean;
  /** A REGISTER now, even where one stands. */
  readonly refresh: boolean;
}

/**
 * The registration of a line as its handsets see it.
 *
 *   idle ──join──▶ registering ──200──▶ registered ──refresh fails──▶ lost ──200──▶ registered
 *                       └──408, 503 ...──▶ failing ──200──▶ registered
 *   any of them ──401, 403 ...──▶ refused ──join──▶ registering
 *
 * While `lost` or `failing` the stack goes on trying by itself.
 */
export class LineRegistration {
  readonly #options: LineRegistrationOptions;
  /** Who waits for an outcome, with the transaction that this one answers. */
  readonly #waiting = new Map<Handset, string>();
  #state: 'idle' | 'registering' | 'failing' | 'registered' | 'lost' | 'refused' = 'idle';
  #registration: Registration | undefined;

  constructor(options: LineRegistrationOptions) {
    this.#options = options;
  }

  /** Also while a refresh fails: whether the server still takes calls it says itself. */
  get allowsCalls(): boolean {
    return this.#state === 'registered' || this.#state === 'lost';
  }

  /** A REGISTER stands, or is on its way. */
  get isSent(): boolean {
    return this.#registration !== undefined;
  }

  /** The last that was heard of the server was bad. */
  get hasFailed(): boolean {
    return this.#state === 'refused' || this.#state === 'failing' || this.#state === 'lost';
  }

  join(handset: Handset, { transaction, sendRegister, refresh, ...options }: JoinOptions): void {
    handset.hearsLine({ event: 'registering' }, transaction);
    if (this.#registration === undefined && sendRegister) {
      this.#waiting.set(handset, transaction);
      return this.#start(options);
    }
    if (this.#registration === undefined) this.#state = 'registered';
    if (this.#state === 'registered' && !refresh)
      return handset.hearsLine(this.#registered(handset), transaction);
    this.#waiting.set(handset, transaction);
    if (this.#state !== 'registering') this.#registration?.refresh();
  }

  leave(handset: Handset): void {
    this.#waiting.delete(handset);
  }

  /** Settles when the server has answered or did not in time. */
  async end(): Promise<void> {
    const registration = this.#registration;
    this.#registration = undefined;
    this.#state = 'idle';
    if (registration === undefined) return;
    await registration.unregister();
    registration.close();
  }

  #start(options: RegistrationOptions): void {
    this.#state = 'registering';
    this.#registration = this.#options.agent.register(
      {
        registered: ({ expires }) => this.#succeeded(expires),
        failed: (facts) => this.#failed(facts),
      },
      options,
    );
  }

  #succeeded(expires: number): void {
    const before = this.#state;
    if (before === 'idle') return;
    this.#state = 'registered';
    if (before !== 'registered')
      this.#options.log.info({ account: this.#options.account, expires }, 'registered');
    this.#tell((handset) => this.#registered(handset), before !== 'registered');
  }

  #failed({ status, reason, retryInMs }: { status: number; reason: string; retryInMs?: number }): void {
    const before = this.#state;
    if (before === 'idle') return;
    const { log, account } = this.#options;
    log.warn({ account, status, reason, retryInMs }, 'registration failed');
    if (retryInMs === undefined) {
      this.#state = 'refused';
      this.#registration?.close();
      this.#registration = undefined;
    } else this.#state = before === 'registered' || before === 'lost' ? 'lost' : 'failing';
    const isNew = before === 'registered' || retryInMs === undefined;
    const news: LineNews = { event: 'registration_failed', code: this.#codeOf(status), reason };
    this.#tell(() => news, isNew);
  }

  /** A person can do something about a password of his own only; one that the server keeps is its owner's business. */
  #codeOf(status: number): number {
    if (status !== 401 && status !== 403 && status !== 407) return status;
    if (this.#options.credentialsOf === 'server') return registrationErrors.notAuthorised;
    this.#options.onCredentialsRefused();
    return registrationErrors.wrongCredentials;
  }

  /** To all where it is new to all, else only to those who wait for it. */
  #tell(newsFor: (handset: Handset) => LineNews, toAll: boolean): void {
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    for (const handset of toAll ? this.#options.handsets() : waiting.keys())
      handset.hearsLine(newsFor(handset), waiting.get(handset));
  }

  #registered(handset: Handset): LineNews {
    const displayName = this.#options.displayName ?? handset.displayName;
    return {
      event: 'registered',
      registerSent: this.isSent,
      masterId: this.#options.masterIdOf(handset),
      ...(displayName !== undefined && { displayName }),
    };
  }
}
