/**
 * One call as the facade sees it.
 *
 *   we call      idle ──placed──▶ preparing ──sent──▶ calling ──┬─peerAnswered─▶ answering ──confirmed──▶ active
 *                                 (microphone)                  └─confirmed (classic call) ─────────────▶ active
 *   they call    idle ──rang──▶ ringing-in ──answered──▶ answering ──confirmed──▶ active
 *                                   ◀──answerFailed── (no microphone: it rings on)
 *   any of them  ──hungUp──▶ ending ──ended──▶ idle        peer, failure or time-out: ──ended──▶ idle
 */
export const callStates = [
  'idle',
  'preparing',
  'calling',
  'ringing-in',
  'answering',
  'active',
  'ending',
] as const;
export type CallState = (typeof callStates)[number];

export const callEvents = [
  'placed',
  'sent',
  'rang',
  'answered',
  'answerFailed',
  'peerAnswered',
  'confirmed',
  'hungUp',
  'ended',
] as const;
export type CallEvent = (typeof callEvents)[number];

const table: Readonly<Record<CallState, Partial<Readonly<Record<CallEvent, CallState>>>>> = {
  idle: { placed: 'preparing', rang: 'ringing-in' },
  preparing: { sent: 'calling', hungUp: 'ending', ended: 'idle' },
  calling: { peerAnswered: 'answering', confirmed: 'active', hungUp: 'ending', ended: 'idle' },
  'ringing-in': { answered: 'answering', hungUp: 'ending', ended: 'idle' },
  answering: { confirmed: 'active', answerFailed: 'ringing-in', hungUp: 'ending', ended: 'idle' },
  active: { hungUp: 'ending', ended: 'idle' },
  ending: { ended: 'idle' },
};

/** The state after the event; undefined where the event makes no sense. */
export function nextCallState(state: CallState, event: CallEvent): CallState | undefined {
  return table[state][event];
}

/** In a call that is answered, or on the way to it. */
export function isTalking(state: CallState): boolean {
  return state === 'preparing' || state === 'calling' || state === 'answering' || state === 'active';
}
