/**
 * One call.
 *
 *   we call      idle ──placed──▶ preparing ──sent──▶ calling ──peerRang──▶ ringing-out
 *                                 (microphone)        │ │                   │ │
 *                                                     │ └─peerAnswered──────┴─│──▶ connecting ──confirmed──▶ active
 *                                                     └─confirmed (classic call)──────────────────────────▶ active
 *   they call    idle ──rang──▶ ringing-in ──answered──▶ connecting ──confirmed──▶ active
 *                                   ◀──answerFailed── (no microphone: it rings on)
 *   hold         active ──held──▶ held-locally        active ──heldByPeer──▶ held-remotely        both: held-both
 *   any of them  ──hungUp──▶ ending ──ended──▶ ended        peer, failure or time-out: ──ended──▶ ended
 */
export const callStates = [
  'idle',
  'preparing',
  'calling',
  'ringing-out',
  'ringing-in',
  'connecting',
  'active',
  'held-locally',
  'held-remotely',
  'held-both',
  'ending',
  'ended',
] as const;
export type CallState = (typeof callStates)[number];

export const callEvents = [
  'placed',
  'sent',
  'peerRang',
  'rang',
  'answered',
  'answerFailed',
  'peerAnswered',
  'confirmed',
  'held',
  'resumed',
  'heldByPeer',
  'resumedByPeer',
  'hungUp',
  'ended',
] as const;
export type CallEvent = (typeof callEvents)[number];

const over = { hungUp: 'ending', ended: 'ended' } as const;

const table: Readonly<Record<CallState, Partial<Readonly<Record<CallEvent, CallState>>>>> = {
  idle: { placed: 'preparing', rang: 'ringing-in' },
  preparing: { sent: 'calling', ...over },
  calling: { peerRang: 'ringing-out', peerAnswered: 'connecting', confirmed: 'active', ...over },
  'ringing-out': { peerAnswered: 'connecting', confirmed: 'active', ...over },
  'ringing-in': { answered: 'connecting', ...over },
  connecting: { confirmed: 'active', answerFailed: 'ringing-in', ...over },
  active: { held: 'held-locally', heldByPeer: 'held-remotely', ...over },
  'held-locally': { resumed: 'active', heldByPeer: 'held-both', ...over },
  'held-remotely': { held: 'held-both', resumedByPeer: 'active', ...over },
  'held-both': { resumed: 'held-remotely', resumedByPeer: 'held-locally', ...over },
  ending: { ended: 'ended' },
  ended: {},
};

/** The state after the event; undefined where the event makes no sense. */
export function nextCallState(state: CallState, event: CallEvent): CallState | undefined {
  return table[state][event];
}

/** Answered, whoever holds whom. */
export function isUp(state: CallState): boolean {
  return state === 'active' || isHeldHere(state) || state === 'held-remotely';
}

/** We hold the peer. */
export function isHeldHere(state: CallState): boolean {
  return state === 'held-locally' || state === 'held-both';
}

/** The peer is called or has answered, and we are not there yet. */
export function isSettingUp(state: CallState): boolean {
  return state === 'calling' || state === 'ringing-out' || state === 'connecting';
}

/** In a call that is answered, or on the way to it. */
export function isTalking(state: CallState): boolean {
  return state === 'preparing' || isSettingUp(state) || isUp(state);
}

/** Hung up or over. */
export function isOver(state: CallState): boolean {
  return state === 'ending' || state === 'ended';
}
