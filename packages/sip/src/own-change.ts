import { TimerSet } from './clock.ts';
import type { ReinviteOptions, ReinviteResult } from './contract.ts';
import { randomBetween } from './core.ts';
import type { Session } from './invite-session.ts';
import type { SipResponse } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { parseDecimal } from './scan.ts';
import type { SessionDialog } from './session-dialog.ts';

/** How often a change that meets the peer's own is tried before its owner hears of it. */
const maxTries = 5;
/** RFC 3261 §14.2: what a peer that is busy with an earlier offer asks for. Who asks for more has another trouble. */
const longestRetryAfterS = 10;

/** What our re-INVITE and our UPDATE share: each is tried again after glare, and its owner hears of it once. */
export abstract class OwnChange {
  protected readonly session: Session;
  protected readonly dialog: SessionDialog;
  protected readonly sdp: string | undefined;
  protected readonly options: ReinviteOptions;
  protected readonly timers: TimerSet;
  readonly #settle: (result: ReinviteResult) => void;
  #tries = 0;
  #isPending = false;
  #isSettled = false;

  constructor(
    session: Session,
    dialog: SessionDialog,
    sdp: string | undefined,
    options: ReinviteOptions,
    settle: (result: ReinviteResult) => void,
  ) {
    this.session = session;
    this.dialog = dialog;
    this.sdp = sdp;
    this.options = { ...options, ...(options.headers ? { headers: [...options.headers] } : {}) };
    this.#settle = settle;
    this.timers = new TimerSet(session.host.core.clock);
  }

  /** Our offer (or our wish for one) is with the peer: its own change now meets 491. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** @throws SipError `invalid-header` */
  start(): void {
    if (!this.dialog.mayChange(this.method)) return this.done(487);
    if (this.dialog.peerOffers) return this.#tryAfter(this.#glareDelay());
    const headers = [
      ...this.session.capabilities(),
      ...this.session.timerHeaders(),
      ...(this.options.headers ?? []),
    ];
    this.send(headers, this.sdp === undefined ? {} : { body: this.sdp });
    if (this.sdp !== undefined) this.dialog.agreement.weOffer(this.sdp);
    this.#tries += 1;
    this.#isPending = true;
  }

  /** The call ends. */
  abort(): void {
    this.done(487);
  }

  abstract readonly method: 'INVITE' | 'UPDATE';
  protected abstract send(headers: readonly (readonly [string, string])[], body: { body?: string }): void;

  protected get isSettled(): boolean {
    return this.#isSettled;
  }

  protected answered(): void {
    this.#isPending = false;
  }

  /** A 2xx, while somebody still wants to hear of it. */
  protected succeeded(response: SipResponse): void {
    this.dialog.live.refreshTarget(response);
    if (!this.#isSettled && this.session.state === 'confirmed') this.session.timer.answered(response);
  }

  /** A final response that is no success: tried again where that may help, else the owner's. */
  protected refused(response: SipResponse): void {
    this.#isPending = false;
    if (this.#isSettled) return;
    this.dialog.agreement.refused();
    const mayRetry = this.#tries < maxTries;
    if (mayRetry && response.status === 422 && this.session.timer.learn(response)) return this.start();
    const delayMs = mayRetry ? this.#retryDelay(response) : undefined;
    if (delayMs !== undefined) return this.#tryAfter(delayMs);
    this.done(response.status, response.reason);
    this.session.checkAlive(response);
  }

  protected done(status: number, reason = reasonPhrase(status), sdp?: string): void {
    this.timers.stopAll();
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (this.#isPending) this.dialog.agreement.refused();
    this.#settle({ status, reason, ...(sdp === undefined ? {} : { sdp }) });
  }

  /** RFC 3261 §14.1, §14.2 and RFC 3311 §5.3: after 491 a time of our own choice, after 500 the one that the peer names. */
  #retryDelay({ status, headers }: SipResponse): number | undefined {
    if (status === 491) return this.#glareDelay();
    if (status !== 500) return undefined;
    const seconds = parseDecimal(
      /^\d*/.exec(headers.get('Retry-After') ?? '')?.[0] ?? '',
      longestRetryAfterS,
    );
    return seconds === undefined ? undefined : seconds * 1_000 + 10;
  }

  /** RFC 3261 §14.1: the owner of the Call-ID waits longer, so that the two do not meet again. */
  #glareDelay(): number {
    const [from, to] = this.session.role === 'uac' ? [2_100, 4_000] : [10, 2_000];
    return Math.round(randomBetween(this.session.host.core, from, to) / 10) * 10;
  }

  #tryAfter(delayMs: number): void {
    this.session.host.core.count('glare');
    this.timers.start('glare', delayMs, () => this.start());
  }
}
