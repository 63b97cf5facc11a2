import { SipError } from '@soft-handset/sip';
import type { InviteSession, ReferralHandler } from '@soft-handset/sip';
import type { Handset } from './handset.ts';

/** Whom the peer is to call: a SIP URI, or the peer of another call of ours, whose place it takes there. */
export type TransferTarget = string | InviteSession;

export interface TransferOptions {
  readonly callId: string;
  /** Sends the REFER. @throws SipError `wrong-state` unless all calls in it are confirmed */
  readonly refer: (target: TransferTarget, handler: ReferralHandler) => void;
  /** The REFER has gone out. */
  readonly tell: (asker: Handset, transaction: string) => void;
  /** Whether the handset still has the call. */
  readonly has: (handset: Handset) => boolean;
  /** The peer has reached whom it was sent to: our call with it has had its day. */
  readonly done: () => void;
}

/** The peer of a call is sent to somebody else (RFC 3515, RFC 5589). Until that has worked the call stays as it is. */
export class CallTransfer {
  readonly #options: TransferOptions;
  #isUnderWay = false;

  constructor(options: TransferOptions) {
    this.#options = options;
  }

  ask(asker: Handset, target: TransferTarget, transaction: string): void {
    const { callId, refer, tell, has, done } = this.#options;
    const about = { callId, transaction };
    const refuse = (code: 'wrong-state' | 'change-refused', text: string): void =>
      asker.isRefused({ code, text, ...about });
    if (this.#isUnderWay) return refuse('wrong-state', 'A transfer is under way');
    try {
      refer(target, {
        progress: ({ status, reason }) => has(asker) && report(asker, callId, 'active', status, reason),
        ended: ({ status, reason, refused }) => {
          this.#isUnderWay = false;
          if (!has(asker)) return;
          if (refused) return refuse('change-refused', `The peer refused: ${status} ${reason}`);
          report(asker, callId, 'terminated', status, reason);
          if (status < 300) done();
        },
      });
    } catch (error) {
      if (!(error instanceof SipError)) throw error;
      return refuse('wrong-state', 'The calls cannot be transferred now');
    }
    this.#isUnderWay = true;
    tell(asker, transaction);
  }
}

/** As the peer's NOTIFY says it (RFC 3515 §2.4.5). */
function report(asker: Handset, callId: string, substate: string, status: number, reason: string): void {
  asker.hearsNote(
    {
      event: 'notify',
      notify: 'refer',
      substate,
      contentType: 'message/sipfrag;version=2.0',
      content: `SIP/2.0 ${status} ${reason}`,
    },
    { callId },
  );
}
