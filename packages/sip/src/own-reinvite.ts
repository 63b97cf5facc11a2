import type { AuthenticatedRequest } from './authentication.ts';
import { TimerSet } from './clock.ts';
import type { InviteSession, ReinviteResult } from './contract.ts';
import { randomBetween } from './core.ts';
import type { Session } from './invite-session.ts';
import type { LiveDialog } from './live-dialog.ts';
import type { SipResponse } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { sdpOf } from './sdp-body.ts';

type Options = NonNullable<Parameters<InviteSession['reinvite']>[1]>;

/** How often a change that meets the peer's own (491) is tried before its owner hears of it. */
const maxTries = 5;

/** Our re-INVITE, through glare and authentication to its ACK (RFC 3261 §14.1). */
export class OwnReinvite {
  readonly #session: Session;
  readonly #dialog: LiveDialog;
  readonly #sdp: string | undefined;
  readonly #options: Options;
  readonly #settle: (result: ReinviteResult) => void;
  readonly #timers: TimerSet;
  #tries = 0;
  #isPending = false;
  #isSettled = false;
  #request: AuthenticatedRequest | undefined;
  #repeatAck: (() => void) | undefined;
  /** Sends the ACK that is due. */
  #ackDue: ((sdp?: string) => void) | undefined;

  constructor(
    session: Session,
    dialog: LiveDialog,
    sdp: string | undefined,
    options: Options,
    settle: (result: ReinviteResult) => void,
  ) {
    this.#session = session;
    this.#dialog = dialog;
    this.#sdp = sdp;
    this.#options = { ...options, ...(options.headers ? { headers: [...options.headers] } : {}) };
    this.#settle = settle;
    this.#timers = new TimerSet(session.host.core.clock);
  }

  /** Our offer (or our wish for one) is with the peer: its own change now meets 491. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** @throws SipError `invalid-header` */
  start(): void {
    if (this.#session.state !== 'confirmed') return this.#done(487);
    if (this.#session.peerOffers) return this.#tryLater();
    const headers = [...this.#session.capabilities(), ...(this.#options.headers ?? [])];
    const body = this.#sdp === undefined ? {} : { body: this.#sdp };
    this.#request = this.#dialog.send(
      'INVITE',
      { headers, ...body },
      { final: (response) => this.#final(response) },
    );
    this.#tries += 1;
    this.#isPending = true;
    this.#timers.start('C', this.#session.host.core.timers.timerC, () => this.#request?.cancel());
  }

  /** The call ends: an ACK that is due goes out bare, so that BYE may follow (RFC 3261 §15). */
  abort(): void {
    this.#ackDue?.();
    this.#done(487);
  }

  #final(response: SipResponse): void {
    if (response.status < 300) return this.#success(response);
    this.#isPending = false;
    if (this.#isSettled) return;
    if (response.status === 491 && this.#tries < maxTries) return this.#tryLater();
    this.#done(response.status, response.reason);
    this.#session.checkAlive(response);
  }

  #success(response: SipResponse): void {
    if (this.#repeatAck) return this.#repeatAck();
    const invite = this.#request?.request;
    if (this.#ackDue || !invite) return;
    this.#timers.stopAll();
    this.#dialog.refreshTarget(response);
    const body = sdpOf(response);
    const sdp = body.ok ? body.sdp : undefined;
    this.#ackDue = (answer) => {
      this.#ackDue = undefined;
      this.#isPending = false;
      this.#repeatAck = this.#dialog.ack(invite, answer);
    };
    if (this.#isSettled || this.#sdp !== undefined) {
      this.#ackDue();
      this.#done(response.status, response.reason, sdp);
    } else this.#answer(sdp, response);
  }

  /** Offerless: the 2xx offers, the ACK answers. An owner that has no answer loses the call, for the peer waits for one. */
  #answer(offer: string | undefined, response: SipResponse): void {
    const session = this.#session;
    const failed = (error?: unknown) => {
      if (!this.#ackDue) return;
      session.host.core.log.warn(
        { err: error, callId: session.callId },
        'no answer to the offer of a re-INVITE',
      );
      this.#ackDue();
      session.fail(488);
    };
    const { answer } = this.#options;
    if (offer === undefined || !answer) return failed();
    this.#timers.start('H', session.host.core.timers.timerH, failed);
    answer(offer).then((sdp) => {
      session.host.core.guard('re-INVITE answered', () => {
        this.#timers.stopAll();
        this.#ackDue?.(sdp);
        this.#done(response.status, response.reason, offer);
      });
    }, failed);
  }

  /** RFC 3261 §14.1: the owner of the Call-ID waits longer, so that the two do not meet again. */
  #tryLater(): void {
    const { core } = this.#session.host;
    const [from, to] = this.#session.role === 'uac' ? [2_100, 4_000] : [10, 2_000];
    const delayMs = Math.round(randomBetween(core, from, to) / 10) * 10;
    core.count('glare');
    this.#timers.start('glare', delayMs, () => this.start());
  }

  #done(status: number, reason = reasonPhrase(status), sdp?: string): void {
    this.#timers.stopAll();
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle({ status, reason, ...(sdp === undefined ? {} : { sdp }) });
  }
}
