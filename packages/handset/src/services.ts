import type { SipserverRequestBody } from '@soft-handset/protocol';
import type { Call } from './call.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusHandler, SipEvent } from './janus-handler.ts';
import type { Services } from './service-types.ts';
import type { SoftHandlerEventName, SoftHandlerEvents } from './soft-handler-types.ts';

export interface ServicesPorts {
  readonly handler: JanusHandler;
  /** The call that has not been hung up. */
  readonly call: () => Call | undefined;
  /** Faults in the language of the page, and nothing after the end. */
  readonly asked: <T>(work: () => Promise<T>) => Promise<T>;
  readonly emit: <N extends SoftHandlerEventName>(event: N, payload: SoftHandlerEvents[N]) => void;
}

/** A request that names the running call. */
type CallRequest = Extract<
  SipserverRequestBody,
  { request: 'hold' | 'unhold' | 'transfer' | 'recording' | 'keyframe' | 'dtmf_info' | 'info' | 'message' }
>;

/** The server's services that leave the browser's side of the media as it is. */
export function createServices({ handler, call, asked, emit }: ServicesPorts): Services {
  /** What is asked of the running call. */
  const ofCall = (body: CallRequest): Promise<SipEvent> =>
    asked(async () => {
      const callId = runningCall();
      return handler.send({ ...body, call_id: callId });
    });
  const runningCall = (): string => {
    const running = call();
    if (running?.state !== 'active' || running.callId === undefined) throw HandsetError.of('wrong-state');
    return running.callId;
  };
  const held = ({ callId }: SipEvent, isHeld: boolean): void =>
    emit('held', { callId: callId ?? '', isHeld });

  return {
    async hold(direction = 'sendonly') {
      held(await ofCall({ request: 'hold', direction }), true);
    },
    async resume() {
      held(await ofCall({ request: 'unhold' }), false);
    },
    async transfer(to) {
      await ofCall({ request: 'transfer', ...(typeof to === 'string' ? { uri: to } : to) });
    },
    declineTransfer(referId, code) {
      return asked(async () => {
        await handler.send({ request: 'decline', refer_id: referId, ...(code !== undefined && { code }) });
      });
    },
    async startRecording({ filename, ...parts } = {}) {
      const { event } = await ofCall({
        request: 'recording',
        action: 'start',
        audio: parts.audio ?? true,
        peer_audio: parts.peerAudio ?? true,
        video: parts.video ?? false,
        peer_video: parts.peerVideo ?? false,
        ...(filename !== undefined && { filename }),
      });
      return 'files' in event ? (event.files ?? []) : [];
    },
    async stopRecording() {
      const parts = { audio: true, peer_audio: true, video: true, peer_video: true };
      await ofCall({ request: 'recording', action: 'stop', ...parts });
    },
    async requestKeyframe(of) {
      await ofCall({ request: 'keyframe', [of === 'handset' ? 'user' : 'peer']: true });
    },
    async dtmfInfo(digit, durationMs) {
      await ofCall({
        request: 'dtmf_info',
        digit,
        ...(durationMs !== undefined && { duration: durationMs }),
      });
    },
    async sendInfo(type, content) {
      await ofCall({ request: 'info', type, content });
    },
    async sendCallMessage(content, contentType = 'text/plain') {
      await ofCall({ request: 'message', content, content_type: contentType });
    },
    sendMessage(to, content, contentType = 'text/plain') {
      return asked(async () => {
        const { callId } = await handler.send({
          request: 'message',
          uri: to,
          content,
          content_type: contentType,
        });
        return { messageId: callId ?? '' };
      });
    },
    subscribe(event, to) {
      return asked(async () => {
        await handler.send({ request: 'subscribe', event, ...(to !== undefined && { to }) });
      });
    },
    unsubscribe(event, to) {
      return asked(async () => {
        await handler.send({ request: 'unsubscribe', event, ...(to !== undefined && { to }) });
      });
    },
  };
}

/** What the server tells besides the life of a call. */
export function tellService({ event, callId }: SipEvent, emit: ServicesPorts['emit']): void {
  const inCall = callId === undefined ? {} : { callId };
  switch (event.event) {
    case 'message':
      return emit('message', {
        ...inCall,
        sender: event.sender,
        ...(event.displayname !== undefined && { displayName: event.displayname }),
        contentType: event.content_type,
        content: event.content,
      });
    case 'messagedelivery':
      return emit('messageDelivery', { messageId: callId ?? '', code: event.code, reason: event.reason });
    case 'info':
      return emit('info', {
        callId: callId ?? '',
        sender: event.sender,
        type: event.type,
        content: event.content,
      });
    case 'notify':
      return emit('notify', {
        ...inCall,
        event: event.notify,
        substate: event.substate,
        contentType: event['content-type'],
        content: event.content,
      });
    case 'subscribe_failed':
      return emit('subscriptionFailed', { ...inCall, code: event.code, reason: event.reason });
    case 'transfer':
      return emit('transferRequest', {
        callId: callId ?? '',
        referId: event.refer_id,
        to: event.refer_to,
        ...(event.referred_by !== undefined && { referredBy: event.referred_by }),
        ...(event.replaces !== undefined && { replaces: event.replaces }),
      });
    case 'updatingcall':
      if (event.username === undefined) return;
      return emit('peerChanged', {
        callId: callId ?? '',
        peer: event.username,
        ...(event.displayname !== undefined && { displayName: event.displayname }),
        ...(event.referred_by !== undefined && { referredBy: event.referred_by }),
      });
    case 'missed_call':
      return emit('missedCall', {
        caller: event.caller,
        ...(event.displayname !== undefined && { displayName: event.displayname }),
        ...(event.reason !== undefined && { reason: event.reason }),
      });
    case 'accept_reply':
    case 'accepted':
    case 'accepting':
    case 'calling':
    case 'declining':
    case 'dtmfsent':
    case 'extensions':
    case 'hangingup':
    case 'hangup':
    case 'haningup':
    case 'holding':
    case 'incomingcall':
    case 'infosent':
    case 'keyframesent':
    case 'messagesent':
    case 'new_accepted':
    case 'progress':
    case 'recordingupdated':
    case 'registered':
    case 'registering':
    case 'registration_failed':
    case 'resuming':
    case 'ringing':
    case 'second_handset':
    case 'subscribe_succeeded':
    case 'subscribing':
    case 'transferring':
    case 'unregistered':
    case 'unregistering':
    case 'unsubscribing':
    case 'updated':
    case 'updating':
      return;
  }
}
