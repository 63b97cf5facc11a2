import { expect, test } from 'vitest';
import {
  callEvents,
  callStates,
  isHeldHere,
  isOver,
  isSettingUp,
  isTalking,
  isUp,
  nextCallState,
  type CallState,
} from '../src/call-state.ts';

/* Each state with each event: written out once more, for the table says what happens and this says what should. */

const allowed: Record<string, CallState> = {
  'idle placed': 'preparing',
  'idle rang': 'ringing-in',
  'preparing sent': 'calling',
  'calling peerRang': 'ringing-out',
  'calling peerAnswered': 'connecting',
  'calling confirmed': 'active',
  'ringing-out peerAnswered': 'connecting',
  'ringing-out confirmed': 'active',
  'ringing-in answered': 'connecting',
  'connecting confirmed': 'active',
  'connecting answerFailed': 'ringing-in',
  'active held': 'held-locally',
  'active heldByPeer': 'held-remotely',
  'held-locally resumed': 'active',
  'held-locally heldByPeer': 'held-both',
  'held-remotely held': 'held-both',
  'held-remotely resumedByPeer': 'active',
  'held-both resumed': 'held-remotely',
  'held-both resumedByPeer': 'held-locally',
  'ending ended': 'ended',
};
const begun = callStates.filter((state) => !['idle', 'ending', 'ended'].includes(state));
for (const state of begun) {
  allowed[`${state} hungUp`] = 'ending';
  allowed[`${state} ended`] = 'ended';
}

for (const state of callStates) {
  for (const event of callEvents) {
    const next = allowed[`${state} ${event}`];
    test(`${event} while ${state}: ${next ?? 'makes no sense'}`, () => {
      expect(nextCallState(state, event)).toBe(next);
    });
  }
}

test('every state that has begun can be left for the end, and the end for nothing', () => {
  for (const state of [...begun, 'ending' as const]) expect(nextCallState(state, 'ended')).toBe('ended');
  for (const event of callEvents) expect(nextCallState('ended', event)).toBeUndefined();
});

test('every state is reached', () => {
  const reached = new Set<CallState>(['idle']);
  for (const state of reached)
    for (const event of callEvents) {
      const next = nextCallState(state, event);
      if (next !== undefined) reached.add(next);
    }

  expect([...reached].sort()).toEqual([...callStates].sort());
});

test('who holds whom makes no difference to whether it is answered', () => {
  const up = ['active', 'held-locally', 'held-remotely', 'held-both'];
  expect(callStates.filter(isUp)).toEqual(up);
  expect(callStates.filter(isHeldHere)).toEqual(['held-locally', 'held-both']);
  expect(callStates.filter(isSettingUp)).toEqual(['calling', 'ringing-out', 'connecting']);
  expect(callStates.filter(isTalking)).toEqual(['preparing', 'calling', 'ringing-out', 'connecting', ...up]);
  expect(callStates.filter(isOver)).toEqual(['ending', 'ended']);
});
