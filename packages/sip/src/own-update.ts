import { OwnChange } from './own-change.ts';
import type { SipResponse } from './message.ts';
import { sdpOf } from './sdp-body.ts';

/** Our UPDATE with an offer (RFC 3311 §5.1): answered at once, without an ACK, before the call is up as well as in it. */
export class OwnUpdate extends OwnChange {
  readonly method = 'UPDATE';

  protected send(headers: readonly (readonly [string, string])[], body: { body?: string }): void {
    this.dialog.live.send(
      'UPDATE',
      { headers, ...body },
      {
        final: (response) =>
          this.session.host.core.guard(
            'UPDATE answered',
            () => this.#final(response),
            () => this.session.fail(500),
          ),
      },
    );
  }

  #final(response: SipResponse): void {
    if (response.status >= 300) return this.refused(response);
    this.answered();
    this.succeeded(response);
    const body = sdpOf(response);
    const sdp = body.ok ? body.sdp : undefined;
    if (sdp === undefined) this.dialog.agreement.refused();
    else this.dialog.agreement.peerAnswers(sdp);
    this.done(response.status, response.reason, sdp);
  }
}
