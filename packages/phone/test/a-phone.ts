import type { IncomingCall } from '@soft-handset/handset';
import { initialState, next } from '../src/phone-model.ts';
import type { PhoneEvent, PhoneState } from '../src/phone-model.ts';

/** The state after some events, from the start. */
export function after(...events: PhoneEvent[]): PhoneState {
  return events.reduce(next, initialState);
}

export const incoming: IncomingCall = {
  callId: 'c1',
  telNumber: '6001',
  displayName: 'North Fire Station',
  audio: true,
  video: false,
  notifyType: 'call_dispatch',
};

export const signedIn: PhoneEvent[] = [
  { type: 'signInStarted', account: '1001' },
  { type: 'signedIn' },
  { type: 'microphoneChanged', microphone: 'granted' },
  { type: 'audioUnlocked' },
];
export const arrives: PhoneEvent = { type: 'callArrived', call: incoming, answersItself: false, at: 1000 };
export const placed: PhoneEvent = { type: 'callPlaced', number: '6120', name: '', video: false, at: 1000 };
export const answered: PhoneEvent = { type: 'callAnswered', at: 5000 };
export const endedBy = (by: 'us' | 'peer', code: number, at = 9000): PhoneEvent => ({
  type: 'callEnded',
  by,
  code,
  reason: '',
  at,
});

export const ready = after(...signedIn);
export const ringing = after(...signedIn, arrives);
export const calling = after(...signedIn, placed);
export const talking = after(...signedIn, arrives, answered);
export const ended = after(...signedIn, arrives, answered, endedBy('peer', 200));
