import type { HandsetCore } from './handset-core.ts';
import type { SipEventHandlers } from './sip-events.ts';

/** What the server tells the account, without a call. */
export function accountHandlers({ emit }: Pick<HandsetCore, 'emit'>): SipEventHandlers {
  return {
    message: ({ sender, displayname, content_type: contentType, content }, { callId }) => {
      const named = displayname === undefined ? {} : { displayName: displayname };
      if (callId === undefined) emit('message', { sender, ...named, contentType, content });
    },
    messagedelivery: ({ code, reason }, { callId = '' }) =>
      emit('messageDelivery', { messageId: callId, code, reason }),
    notify: ({ notify: event, substate, 'content-type': contentType, content }) => {
      if (event !== 'refer') emit('notify', { event, substate, contentType, content });
    },
    subscribe_failed: ({ code, reason }) => emit('subscriptionFailed', { code, reason }),
    missed_call: ({ caller, displayname, reason }) =>
      emit('missedCall', {
        caller,
        ...(displayname !== undefined && { displayName: displayname }),
        ...(reason !== undefined && { reason }),
      }),
  };
}
