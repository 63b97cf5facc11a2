import type { CallCore } from './call-core.ts';
import type { Call, CallOptions } from './call-types.ts';
import type { SipEventHandlers } from './sip-events.ts';

export interface TransferPorts {
  /** Somewhere else in this handset. */
  readonly place: (number: string, options: CallOptions) => Promise<Call>;
  readonly declineTransfer: (referId: number, code: number | undefined) => Promise<void>;
}

/** The peer asks us to call somebody else (RFC 3515): the page decides. */
export function transferRequests(
  core: CallCore,
  { place, declineTransfer }: TransferPorts,
): SipEventHandlers {
  return {
    transfer: ({ refer_id: referId, refer_to: to, referred_by: referredBy, replaces }) =>
      core.emit('transferRequest', {
        to,
        ...(referredBy !== undefined && { referredBy }),
        ...(replaces !== undefined && { replaces }),
        accept: (options) => place(to, { ...options, referId }),
        decline: (code) => declineTransfer(referId, code),
      }),
  };
}
