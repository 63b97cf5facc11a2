import type { AuthenticatedRequest } from './authentication.ts';
import type { SipResponse } from './message.ts';
import { OwnChange } from './own-change.ts';
import { sdpOf } from './sdp-body.ts';

/** Our re-INVITE, through glare and authentication to its ACK (RFC 3261 §14.1). */
export class OwnReinvite extends OwnChange {
  readonly method = 'INVITE';
  #request: AuthenticatedRequest | undefined;
  #repeatAck: (() => void) | undefined;
  /** Sends the ACK that is due. */
  #ackDue: ((sdp?: string) => void) | undefined;

  /** An ACK that is due goes out bare, so that BYE may follow (RFC 3261 §15). */
  override abort(): void {
    this.#ackDue?.();
    super.abort();
  }

  protected send(headers: readonly (readonly [string, string])[], body: { body?: string }): void {
    this.#request = this.dialog.live.send(
      'INVITE',
      { headers, ...body },
      { final: (response) => this.#final(response) },
    );
    this.timers.start('C', this.session.host.core.timers.timerC, () => this.#request?.cancel());
  }

  #final(response: SipResponse): void {
    if (response.status < 300) this.#success(response);
    else this.refused(response);
  }

  #success(response: SipResponse): void {
    if (this.#repeatAck) return this.#repeatAck();
    const invite = this.#request?.request;
    if (this.#ackDue || !invite) return;
    this.timers.stopAll();
    const { live, agreement } = this.dialog;
    this.succeeded(response);
    const body = sdpOf(response);
    const sdp = body.ok ? body.sdp : undefined;
    this.#ackDue = (answer) => {
      this.#ackDue = undefined;
      this.answered();
      this.#repeatAck = live.ack(invite, answer);
    };
    if (this.isSettled || this.sdp !== undefined) {
      this.#ackDue();
      if (sdp === undefined) agreement.refused();
      else agreement.peerAnswers(sdp);
      this.done(response.status, response.reason, sdp);
    } else this.#answer(sdp, response);
  }

  /** Offerless: the 2xx offers, the ACK answers. An owner that has no answer loses the call, for the peer waits for one. */
  #answer(offer: string | undefined, response: SipResponse): void {
    const { session, timers } = this;
    const { agreement } = this.dialog;
    const failed = (error?: unknown) => {
      if (!this.#ackDue) return;
      session.host.core.log.warn(
        { err: error, callId: session.callId },
        'no answer to the offer of a re-INVITE',
      );
      this.#ackDue();
      session.fail(488);
    };
    const { answer } = this.options;
    if (offer === undefined || !answer) return failed();
    agreement.peerOffers(offer);
    timers.start('H', session.host.core.timers.timerH, failed);
    answer(offer).then((sdp) => {
      session.host.core.guard('re-INVITE answered', () => {
        timers.stopAll();
        if (this.#ackDue) agreement.weAnswer(sdp);
        this.#ackDue?.(sdp);
        this.done(response.status, response.reason, offer);
      });
    }, failed);
  }
}
