import type { HandsetCall } from './call.ts';
import type { HandsetCore } from './handset-core.ts';
import { facadeHandlers } from './facade-services.ts';
import { dispatch } from './sip-events.ts';
import type { IncomingCall, SoftHandlerEventName, SoftHandlerEvents } from './soft-handler-types.ts';

type Emit = <N extends SoftHandlerEventName>(event: N, payload: SoftHandlerEvents[N]) => void;

/** What the engine tells of itself, in the words of the facade. */
export function followHandset(core: HandsetCore, emit: Emit): void {
  core.on('connection', (payload) => emit('connection', payload));
  core.on('error', (payload) => emit('error', payload));
  core.on('devices', ({ devices }) => emit('devices', { devices: [...devices] }));
  const handlers = facadeHandlers(emit);
  core.on('sip', (message) => dispatch(handlers, message));
  core.on('incoming', ({ call, answersItself }) =>
    emit(answersItself ? 'incomingcall/autoAnswer' : 'incomingcall', incomingCall(call)),
  );
  core.on('registration', ({ state, byItself, ...more }) => {
    const { username: telNumber } = core.lines.primary.registration;
    switch (state) {
      case 'registering':
        if (byItself === true) emit('register/autoRegister', { telNumber });
        return;
      case 'registered':
        return emit('registerResult', { event: 'succ', telNumber, ...more });
      case 'failed':
        return emit('registerResult', { event: 'fail', telNumber, ...more });
      case 'unregistered':
        return emit('unregisterResult', { event: 'succ' });
    }
  });
}

/** The same of a call. */
export function followCall({ core }: HandsetCall, emit: Emit): void {
  const callId = (): string => core.callId ?? '';
  core.on('calling', (payload) => emit('callingResult', payload));
  core.on('ringing', () => emit('ringing', { callId: callId() }));
  core.on('answered', () => {
    if (core.party.kind === 'incoming') emit('answerResult', { callId: callId() });
    else emit('accepted', { callId: callId(), telNumber: core.party.remote.uri ?? '' });
  });
  core.on('ended', ({ by, code, reason }) => {
    if (by === 'us') emit('hangupResult', { callId: callId() });
    // What never had a name rejects the promise of who asked for it.
    else if (core.callId !== undefined && typeof code === 'number')
      emit('hangup', { callId: core.callId, code, reason });
  });
  core.on('media', (state) => emit('mediaState', { callId: callId(), ...state }));
  core.on('localstream', (payload) => emit('localstream', payload));
  core.on('remotestream', (payload) => emit('remotestream', payload));
}

function incomingCall({ core, offered }: HandsetCall): IncomingCall {
  const { number, displayName, type, divertedBy } = core.remote;
  return {
    callId: core.callId ?? '',
    telNumber: number,
    displayName,
    ...offered,
    notifyType: type,
    ...(divertedBy && {
      divertedBy: divertedBy.map(({ number: telNumber, ...one }) => ({ telNumber, ...one })),
    }),
  };
}
