import { expect, test } from 'vitest';
import { callEvents, callStates, isTalking, nextCallState, type CallState } from '../src/call-state.ts';

const allowed: Record<string, CallState> = {
  'idle placed': 'preparing',
  'idle rang': 'ringing-in',
  'preparing sent': 'calling',
  'preparing hungUp': 'ending',
  'preparing ended': 'idle',
  'calling peerAnswered': 'answering',
  'calling confirmed': 'active',
  'calling hungUp': 'ending',
  'calling ended': 'idle',
  'ringing-in answered': 'answering',
  'ringing-in hungUp': 'ending',
  'ringing-in ended': 'idle',
  'answering confirmed': 'active',
  'answering answerFailed': 'ringing-in',
  'answering hungUp': 'ending',
  'answering ended': 'idle',
  'active hungUp': 'ending',
  'active ended': 'idle',
  'ending ended': 'idle',
};

for (const state of callStates) {
  for (const event of callEvents) {
    const next = allowed[`${state} ${event}`];
    test(`${event} while ${state}: ${next ?? 'makes no sense'}`, () => {
      expect(nextCallState(state, event)).toBe(next);
    });
  }
}

test('every state can be left for idle', () => {
  for (const state of callStates) {
    const ends = state === 'idle' ? 'idle' : nextCallState(state, 'ended');
    expect(ends).toBe('idle');
  }
});

test('a call that rings here or ends is not talked in', () => {
  expect(callStates.filter(isTalking)).toEqual(['preparing', 'calling', 'answering', 'active']);
});
