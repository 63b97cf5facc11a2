import type { CallServices } from './call-services.ts';
import type { HandsetCore } from './handset-core.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { HandsetCall } from './call.ts';
import type { SipEventHandlers } from './sip-events.ts';
import type { Services } from './service-types.ts';
import type { SoftHandlerEventName, SoftHandlerEvents } from './soft-handler-types.ts';

type Emit = <N extends SoftHandlerEventName>(event: N, payload: SoftHandlerEvents[N]) => void;

export interface FacadeServicesPorts {
  readonly core: HandsetCore;
  /** The call that has not been hung up; throws where there is none. */
  readonly need: () => HandsetCall;
  readonly emit: Emit;
}

/** The services of the facade: those of its one call, and those of the account. */
export function facadeServices({ core, need, emit }: FacadeServicesPorts): Services {
  const { asked } = core;
  const handler = (): JanusHandler => core.lines.primary.handler;
  /** What is asked of the running call. */
  const ofCall = <T>(work: (services: CallServices, call: HandsetCall) => Promise<T>): Promise<T> =>
    asked(async () => {
      const call = need();
      return work(call.services, call);
    });
  const tellHeld = ({ callId }: HandsetCall, isHeld: boolean): void =>
    emit('held', { callId: callId ?? '', isHeld });

  return {
    hold: (direction) =>
      ofCall(async (services, call) => {
        await services.hold(direction);
        tellHeld(call, true);
      }),
    resume: () =>
      ofCall(async (services, call) => {
        await services.resume();
        tellHeld(call, false);
      }),
    transfer: (to) => ofCall((services) => services.transfer(to)),
    declineTransfer: (referId, code) =>
      asked(async () => {
        const more = code === undefined ? {} : { code };
        await handler().send({ request: 'decline', refer_id: referId, ...more });
      }),
    startRecording: (recording) => ofCall((services) => services.startRecording(recording)),
    stopRecording: () => ofCall((services) => services.stopRecording()),
    requestKeyframe: (of) => ofCall((services) => services.requestKeyframe(of)),
    dtmfInfo: (digit, durationMs) => ofCall((services) => services.dtmfInfo(digit, durationMs)),
    sendInfo: (type, content) => ofCall((services) => services.sendInfo(type, content)),
    sendCallMessage: (content, contentType) =>
      ofCall((services) => services.sendMessage(content, contentType)),
    sendMessage: (to, content, contentType = 'text/plain') =>
      asked(async () => {
        const note = { uri: to, content, content_type: contentType };
        const { callId } = await handler().send({ request: 'message', ...note });
        return { messageId: callId ?? '' };
      }),
    subscribe: (event, to) =>
      asked(async () => {
        await handler().send({ request: 'subscribe', event, ...(to !== undefined && { to }) });
      }),
    unsubscribe: (event, to) =>
      asked(async () => {
        await handler().send({ request: 'unsubscribe', event, ...(to !== undefined && { to }) });
      }),
  };
}

/** What the server tells besides the life of a call. */
export function facadeHandlers(emit: Emit): SipEventHandlers {
  return {
    message: ({ sender, displayname, content_type: contentType, content }, { callId }) =>
      emit('message', {
        ...(callId !== undefined && { callId }),
        sender,
        ...(displayname !== undefined && { displayName: displayname }),
        contentType,
        content,
      }),
    messagedelivery: ({ code, reason }, { callId = '' }) =>
      emit('messageDelivery', { messageId: callId, code, reason }),
    info: ({ sender, type, content }, { callId = '' }) => emit('info', { callId, sender, type, content }),
    notify: ({ notify: event, substate, 'content-type': contentType, content }, { callId }) =>
      emit('notify', { ...(callId !== undefined && { callId }), event, substate, contentType, content }),
    subscribe_failed: ({ code, reason }, { callId }) =>
      emit('subscriptionFailed', { ...(callId !== undefined && { callId }), code, reason }),
    transfer: ({ refer_id: referId, refer_to: to, referred_by: referredBy, replaces }, { callId = '' }) =>
      emit('transferRequest', {
        callId,
        referId,
        to,
        ...(referredBy !== undefined && { referredBy }),
        ...(replaces !== undefined && { replaces }),
      }),
    updatingcall: ({ username: peer, displayname, referred_by: referredBy }, { callId = '' }) => {
      if (peer === undefined) return;
      emit('peerChanged', {
        callId,
        peer,
        ...(displayname !== undefined && { displayName: displayname }),
        ...(referredBy !== undefined && { referredBy }),
      });
    },
    missed_call: ({ caller, displayname, reason }) =>
      emit('missedCall', {
        caller,
        ...(displayname !== undefined && { displayName: displayname }),
        ...(reason !== undefined && { reason }),
      }),
  };
}
