import { TimerSet } from './clock.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { Refusal } from './request-rules.ts';
import {
  agreeAsUac,
  agreeAsUas,
  headersAsUas,
  intervalRefusal,
  minSEOf,
  shortestMinSE,
} from './session-expires.ts';
import type { SessionInterval, SessionTimerPolicy } from './session-expires.ts';
import type { Core } from './core.ts';

/** What the timer asks of its call. */
export interface TimedSession {
  /** Sends an UPDATE or re-INVITE that changes nothing; each 2xx comes back through `answered`. */
  refresh(): unknown;
  expired(): void;
}

/** How soon a refresh that failed or had to wait is tried again. */
const retryMs = 5_000;

/**
 * Finds out that a peer has vanished (RFC 4028): one side refreshes the session by half of the interval that both agreed on; where no
 * refresh comes, the call ends.
 *
 *   off ──2xx with Session-Expires──▶ running ──half time, we refresh──▶ asks ──2xx──▶ running
 *    ▲                                  └──no refresh in time──▶ expired
 *    └──2xx without it──────────────────┘
 */
export class SessionTimer {
  readonly #policy: SessionTimerPolicy;
  readonly #session: TimedSession;
  readonly #timers: TimerSet;
  #interval: SessionInterval | undefined;
  /** What a 422 has taught (RFC 4028 §7.3). */
  #minSE: number | undefined;

  constructor(core: Core, policy: SessionTimerPolicy, session: TimedSession) {
    this.#policy = policy;
    this.#session = session;
    this.#timers = new TimerSet(core.clock);
  }

  /** For our INVITE, re-INVITE or UPDATE (RFC 4028 §7.1, §7.4): what holds goes on, and who refreshes keeps doing so. */
  requestHeaders(): [string, string][] {
    const { expires } = this.#policy;
    const headers: [string, string][] = this.#minSE === undefined ? [] : [['Min-SE', String(this.#minSE)]];
    const least = Math.max(this.#minSE ?? 0, shortestMinSE);
    if (this.#interval) {
      const { seconds, weRefresh } = this.#interval;
      const refresher = weRefresh ? 'uac' : 'uas';
      return [['Session-Expires', `${Math.max(seconds, least)};refresher=${refresher}`], ...headers];
    }
    return expires > 0 ? [['Session-Expires', String(Math.max(expires, least))], ...headers] : headers;
  }

  /** A 422 to our request: whether it can be tried again, with the interval that the peer asks for (RFC 4028 §7.3). */
  learn(response: SipResponse): boolean {
    const minSE = minSEOf(response.headers);
    if (!response.headers.has('Min-SE') || minSE <= (this.#minSE ?? 0)) return false;
    this.#minSE = minSE;
    return true;
  }

  /** A 2xx to our request: the time starts anew, or there is none any more. */
  answered(response: SipResponse): void {
    this.#run(agreeAsUac(response));
  }

  refusalOf(request: SipRequest): Refusal | undefined {
    return intervalRefusal(request, this.#policy);
  }

  /** The peer's request is accepted: the time starts anew. For our 2xx. */
  accept(request: SipRequest): [string, string][] {
    const interval = agreeAsUas(request);
    this.#run(interval);
    return headersAsUas(interval);
  }

  /** The refresh did not go through: another may, until the time is up. */
  retry(): void {
    if (this.#interval?.weRefresh) this.#timers.start('refresh', retryMs, () => this.#session.refresh());
  }

  stop(): void {
    this.#interval = undefined;
    this.#timers.stopAll();
  }

  #run(interval: SessionInterval | undefined): void {
    this.stop();
    if (!interval) return;
    this.#interval = interval;
    const { seconds, weRefresh } = interval;
    // RFC 4028 §10: who waits for the refresh ends a little before the time, lest both BYEs cross; who refreshes, when it is up.
    const early = weRefresh ? 0 : Math.min(32, seconds / 3);
    this.#timers.start('expiry', (seconds - early) * 1_000, () => {
      this.stop();
      this.#session.expired();
    });
    if (weRefresh) this.#timers.start('refresh', seconds * 500, () => this.#session.refresh());
  }
}
