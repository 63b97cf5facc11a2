import { describe, expect, test } from 'vitest';
import type { CallEvent, CallStart } from '../../src/call/call-event.ts';
import { begin, next } from '../../src/call/call-state.ts';
import type { CallState, Outcome } from '../../src/call/call-state.ts';

const transaction = 't';
const agreed = { local: 'L', remote: 'R' };
const offer = { type: 'offer', sdp: 'o' } as const;
const answer = { type: 'answer', sdp: 'a' } as const;
const peerOffer = { remote: 'R', jsep: offer };

/** Every state, in each of its kinds. */
const states = {
  inviting: { name: 'inviting', transaction, video: true, rang: false },
  'inviting, rang': { name: 'inviting', transaction, video: true, rang: true },
  offering: { name: 'offering', transaction },
  enlisting: { name: 'enlisting' },
  composing: { name: 'composing', transaction },
  dialling: { name: 'dialling', transaction, local: 'L', rang: false },
  'dialling with early media': { name: 'dialling', transaction, local: 'L', rang: true, early: 'E' },
  'presenting to the caller': {
    name: 'presenting',
    to: 'caller',
    transaction,
    video: true,
    remote: 'R',
  },
  'presenting to callees': { name: 'presenting', to: 'callees', remote: 'R' },
  answering: { name: 'answering', remote: 'R' },
  ringing: { name: 'ringing', offer: peerOffer },
  'ringing without offer': { name: 'ringing' },
  'accepting a new_accept': { name: 'accepting', by: 'new_accept', transaction, remote: 'R' },
  'accepting an accept': { name: 'accepting', by: 'accept', transaction, offer: peerOffer },
  confirming: { name: 'confirming', transaction, local: 'L', remote: 'R' },
  'confirming without offer': { name: 'confirming', transaction, local: 'L' },
  preparing: { name: 'preparing', transaction },
  calling: { name: 'calling', transaction, local: 'L', rang: false },
  'calling with early media': {
    name: 'calling',
    transaction,
    local: 'L',
    rang: true,
    early: { sdp: 'E', shown: true },
  },
  'calling while early media is on its way': {
    name: 'calling',
    transaction,
    local: 'L',
    rang: false,
    early: { sdp: 'E', shown: false },
  },
  'connecting a call': { name: 'connecting', by: 'call', transaction, ...agreed },
  'connecting an accept': { name: 'connecting', by: 'accept', transaction, ...agreed },
  established: { name: 'established', ...agreed },
  'established and held': { name: 'established', ...agreed, held: 'sendonly' },
  holding: { name: 'holding', transaction, agreed, held: 'sendonly' },
  resuming: { name: 'holding', transaction, agreed: { ...agreed, held: 'sendonly' } },
  'holding, to be resumed': { name: 'holding', transaction, agreed, held: 'sendonly', then: { transaction } },
  updating: { name: 'updating', transaction, agreed },
  reinviting: { name: 'reinviting', transaction, local: 'L2', agreed },
  applying: { name: 'applying', transaction, local: 'L2', remote: 'R2' },
  reoffered: { name: 'reoffered', remote: 'R2', agreed },
  reanswering: { name: 'reanswering', remote: 'R2', agreed },
  conceding: { name: 'conceding', transaction, remote: 'R2', agreed },
  terminated: { name: 'terminated', cause: { by: 'peer', status: 200, reason: 'OK' } },
} satisfies Record<string, CallState>;
type StateKey = keyof typeof states;

/** Every event, in each of its kinds. */
const events = {
  'newAccept(answer)': { type: 'newAccept', transaction, jsep: answer },
  'newAccept(offer)': { type: 'newAccept', transaction, jsep: offer },
  'accept(answer)': { type: 'accept', transaction, jsep: answer, autoAccept: false },
  'accept(offer)': { type: 'accept', transaction, jsep: offer, autoAccept: false },
  decline: { type: 'decline', transaction, status: 603 },
  hangup: { type: 'hangup', transaction },
  'update(offer)': { type: 'update', transaction, jsep: offer },
  'update(answer)': { type: 'update', transaction, jsep: answer },
  hold: { type: 'hold', transaction, direction: 'sendonly' },
  'hold(inactive)': { type: 'hold', transaction, direction: 'inactive' },
  unhold: { type: 'unhold', transaction },
  peerRang: { type: 'peerRang', status: 180 },
  peerAnsweredEarly: { type: 'peerAnsweredEarly', status: 183, sdp: 'E2' },
  peerAnswered: { type: 'peerAnswered', sdp: 'R' },
  'peerAnswered without SDP': { type: 'peerAnswered' },
  'peerAnswered with fewer codecs': { type: 'peerAnswered', sdp: 'R', narrows: true },
  peerConfirmed: { type: 'peerConfirmed', sdp: 'R' },
  'peerConfirmed without SDP': { type: 'peerConfirmed' },
  peerEnded: { type: 'peerEnded', status: 486, reason: 'Busy Here' },
  'peerEnded: not acceptable': { type: 'peerEnded', status: 488, reason: 'Not Acceptable Here' },
  peerReoffered: { type: 'peerReoffered', sdp: 'R2' },
  'peerReoffered the same': { type: 'peerReoffered', sdp: 'R', again: 'L' },
  'peerReoffered, the server answers': {
    type: 'peerReoffered',
    sdp: 'R2',
    ownAnswer: { answer: 'L', kept: 'R2' },
  },
  'peerReoffered without SDP': { type: 'peerReoffered' },
  reofferConfirmed: { type: 'reofferConfirmed', sdp: 'R2' },
  'reofferConfirmed without SDP': { type: 'reofferConfirmed' },
  reofferCancelled: { type: 'reofferCancelled' },
  reinviteAnswered: { type: 'reinviteAnswered', status: 200, reason: 'OK', sdp: 'R2' },
  'reinviteAnswered without SDP': { type: 'reinviteAnswered', status: 200, reason: 'OK' },
  'reinvite refused': { type: 'reinviteAnswered', status: 488, reason: 'Not Acceptable Here' },
  handsetSdpMade: { type: 'handsetSdpMade', jsep: offer },
  peerSdpMade: { type: 'peerSdpMade', sdp: 'L2' },
  'mediaFailed: SDP refused': { type: 'mediaFailed', code: 'sdp-refused', text: 'no' },
  'mediaFailed: no common codec': { type: 'mediaFailed', code: 'no-common-codec', text: 'no' },
  'mediaFailed: engine down': { type: 'mediaFailed', code: 'engine-down', text: 'no' },
  mediaEnded: { type: 'mediaEnded', how: 'engine-lost' },
  peerSilent: { type: 'peerSilent' },
  timedOut: { type: 'timedOut' },
  transferred: { type: 'transferred' },
  handsetLeft: { type: 'handsetLeft' },
  lineClosed: { type: 'lineClosed' },
  broken: { type: 'broken', error: new Error('a bug') },
} satisfies Record<string, CallEvent>;
type EventKey = keyof typeof events;

type Expected = CallState['name'] | 'wrong-state' | 'wrong-jsep' | 'ignored';

const offerless = {
  peerAnswered: 'presenting',
  'peerAnswered with fewer codecs': 'presenting',
  'peerAnswered without SDP': 'offering',
  'peerEnded: not acceptable': 'offering',
} as const;

const withOffer = {
  peerRang: 'dialling',
  peerAnsweredEarly: 'dialling',
  peerAnswered: 'established',
  'peerAnswered with fewer codecs': 'reoffered',
  'mediaFailed: SDP refused': 'ignored',
  timedOut: 'terminated',
} as const;

const inCall = {
  'update(offer)': 'updating',
  peerReoffered: 'reoffered',
  'peerReoffered the same': 'established',
  'peerReoffered, the server answers': 'established',
  'peerReoffered without SDP': 'established',
  reofferConfirmed: 'established',
  peerSilent: 'terminated',
  'mediaFailed: SDP refused': 'ignored',
  'mediaFailed: no common codec': 'ignored',
  'mediaFailed: engine down': 'ignored',
} as const;

const inTurn = {
  reinviteAnswered: 'established',
  'reinviteAnswered without SDP': 'established',
  'reinvite refused': 'established',
} as const;

/** The transitions that a state has of its own. All other pairs: see `otherwise`. */
const table: Readonly<Record<StateKey, Partial<Record<EventKey, Expected>>>> = {
  inviting: {
    ...offerless,
    peerRang: 'inviting',
    peerAnsweredEarly: 'inviting',
    timedOut: 'offering',
  },
  'inviting, rang': { ...offerless, timedOut: 'terminated' },
  offering: { handsetSdpMade: 'enlisting' },
  enlisting: {
    'newAccept(answer)': 'composing',
    'newAccept(offer)': 'wrong-jsep',
    timedOut: 'terminated',
  },
  composing: { peerSdpMade: 'dialling', 'mediaFailed: SDP refused': 'enlisting' },
  dialling: { ...withOffer, 'peerAnswered without SDP': 'terminated' },
  'dialling with early media': { ...withOffer, 'peerAnswered without SDP': 'established' },
  'presenting to the caller': { handsetSdpMade: 'answering', 'mediaFailed: SDP refused': 'offering' },
  'presenting to callees': { handsetSdpMade: 'ringing', hangup: 'wrong-state' },
  answering: {
    'newAccept(answer)': 'accepting',
    'newAccept(offer)': 'wrong-jsep',
    timedOut: 'terminated',
  },
  ringing: {
    'accept(answer)': 'accepting',
    'accept(offer)': 'wrong-jsep',
    decline: 'terminated',
    timedOut: 'terminated',
  },
  'ringing without offer': {
    'accept(answer)': 'wrong-jsep',
    'accept(offer)': 'accepting',
    decline: 'terminated',
    timedOut: 'terminated',
  },
  'accepting a new_accept': { peerSdpMade: 'established', 'mediaFailed: SDP refused': 'answering' },
  'accepting an accept': { peerSdpMade: 'confirming', 'mediaFailed: SDP refused': 'ringing' },
  confirming: { peerConfirmed: 'established', 'peerConfirmed without SDP': 'established' },
  'confirming without offer': { peerConfirmed: 'connecting', 'peerConfirmed without SDP': 'terminated' },
  preparing: { peerSdpMade: 'calling' },
  calling: {
    peerRang: 'calling',
    peerAnsweredEarly: 'calling',
    peerAnswered: 'connecting',
    'peerAnswered without SDP': 'terminated',
    'peerAnswered with fewer codecs': 'connecting',
    timedOut: 'terminated',
  },
  'calling with early media': {
    peerAnsweredEarly: 'calling',
    peerAnswered: 'established',
    'peerAnswered with fewer codecs': 'established',
    'peerAnswered without SDP': 'established',
    'mediaFailed: SDP refused': 'calling',
    timedOut: 'terminated',
  },
  'calling while early media is on its way': {
    peerRang: 'calling',
    peerAnsweredEarly: 'calling',
    handsetSdpMade: 'calling',
    peerAnswered: 'connecting',
    'peerAnswered with fewer codecs': 'connecting',
    'peerAnswered without SDP': 'connecting',
    'mediaFailed: SDP refused': 'calling',
    timedOut: 'terminated',
  },
  'connecting a call': { handsetSdpMade: 'established' },
  'connecting an accept': { handsetSdpMade: 'established' },
  established: { ...inCall, hold: 'holding', 'hold(inactive)': 'holding', unhold: 'established' },
  'established and held': {
    ...inCall,
    hold: 'established',
    'hold(inactive)': 'holding',
    unhold: 'holding',
  },
  holding: { ...inTurn, hold: 'holding', 'hold(inactive)': 'holding', unhold: 'holding' },
  resuming: { ...inTurn, hold: 'holding', 'hold(inactive)': 'holding', unhold: 'holding' },
  'holding, to be resumed': { ...inTurn, reinviteAnswered: 'holding' },
  updating: {
    peerSdpMade: 'reinviting',
    'mediaFailed: SDP refused': 'established',
    'mediaFailed: no common codec': 'established',
    'mediaFailed: engine down': 'established',
  },
  reinviting: {
    reinviteAnswered: 'applying',
    'reinviteAnswered without SDP': 'established',
    'reinvite refused': 'established',
  },
  applying: {
    handsetSdpMade: 'established',
    'mediaFailed: SDP refused': 'established',
    'mediaFailed: no common codec': 'established',
    'mediaFailed: engine down': 'established',
  },
  reoffered: {
    handsetSdpMade: 'reanswering',
    reofferCancelled: 'established',
    'mediaFailed: SDP refused': 'established',
    'mediaFailed: no common codec': 'established',
    'mediaFailed: engine down': 'established',
  },
  reanswering: { 'update(answer)': 'conceding', reofferCancelled: 'established', timedOut: 'established' },
  conceding: {
    peerSdpMade: 'established',
    reofferCancelled: 'established',
    'mediaFailed: SDP refused': 'established',
    'mediaFailed: no common codec': 'established',
    'mediaFailed: engine down': 'established',
  },
  terminated: {},
};

/** What an event does where the table says nothing. */
function otherwise(state: CallState, event: CallEvent): Expected {
  switch (event.type) {
    case 'newAccept':
    case 'accept':
    case 'decline':
    case 'update':
    case 'hold':
    case 'unhold':
      return 'wrong-state';
    case 'hangup':
      return state.name === 'terminated' ? 'wrong-state' : 'terminated';
    case 'peerEnded':
    case 'mediaFailed':
    case 'mediaEnded':
    case 'transferred':
    case 'handsetLeft':
    case 'lineClosed':
    case 'broken':
      return state.name === 'terminated' ? 'ignored' : 'terminated';
    case 'peerReoffered':
      return state.name === 'terminated' ? 'ignored' : state.name;
    case 'handsetSdpMade':
    case 'peerAnswered':
    case 'peerAnsweredEarly':
    case 'peerConfirmed':
    case 'peerRang':
    case 'peerSdpMade':
    case 'peerSilent':
    case 'reinviteAnswered':
    case 'reofferCancelled':
    case 'reofferConfirmed':
    case 'timedOut':
      return 'ignored';
  }
}

const pairs = (Object.keys(states) as StateKey[]).flatMap((stateKey) =>
  (Object.keys(events) as EventKey[]).map((eventKey) => ({ stateKey, eventKey })),
);
const run = ({ stateKey, eventKey }: { stateKey: StateKey; eventKey: EventKey }): Outcome =>
  next(states[stateKey], events[eventKey]);

describe('all states and all events', () => {
  test.each(pairs)('$stateKey, $eventKey', (pair) => {
    const expected =
      table[pair.stateKey][pair.eventKey] ?? otherwise(states[pair.stateKey], events[pair.eventKey]);

    const outcome = run(pair);

    expect(typeof outcome === 'string' ? outcome : outcome.state.name).toBe(expected);
  });
});

describe('whatever happens', () => {
  const waiting = new Set<CallState['name']>([
    'inviting',
    'answering',
    'enlisting',
    'dialling',
    'ringing',
    'calling',
    'reanswering',
  ]);
  const steps = pairs.flatMap((pair) => {
    const outcome = run(pair);
    return typeof outcome === 'string' ? [] : [{ ...pair, ...outcome }];
  });

  test('a call that ends gives its timer, its dialog and its media back', () => {
    for (const { stateKey, eventKey, state, effects } of steps) {
      if (state.name !== 'terminated') continue;
      const done = effects.map((effect) => effect.do);
      expect(done, `${stateKey}, ${eventKey}`).toEqual(expect.arrayContaining(['stopTimer', 'closeMedia']));
      if (!eventKey.startsWith('peerEnded')) expect(done, `${stateKey}, ${eventKey}`).toContain('endDialog');
    }
  });

  test('who waits for somebody has a timer, who waits no longer has none', () => {
    for (const { stateKey, eventKey, state, effects } of steps) {
      const before = states[stateKey].name;
      if (before === state.name) continue;
      const done = effects.map((effect) => effect.do);
      const about = `${stateKey}, ${eventKey}`;
      if (waiting.has(state.name)) expect(done, about).toContain('startTimer');
      else if (waiting.has(before) && eventKey !== 'timedOut') expect(done, about).toContain('stopTimer');
    }
  });

  test('a handset hears of the end once: hangingup, declining or hangup', () => {
    for (const { stateKey, eventKey, state, effects } of steps) {
      if (state.name !== 'terminated') continue;
      const told = effects.filter((effect) => effect.do === 'tell').map(({ news }) => news.event);
      const isUnheard = stateKey === 'presenting to callees';
      const isRefusal = effects.some((effect) => effect.do === 'refuse');
      const ends = told.filter((event) => ['hangingup', 'declining', 'hangup'].includes(event));
      expect(ends.length, `${stateKey}, ${eventKey}`).toBe(isUnheard || isRefusal ? 0 : 1);
      if (eventKey === 'hangup') expect(ends).toEqual(['hangingup']);
    }
  });

  test('an offer of the peer gets an answer in every state, at once or by a way that leads to one', () => {
    const ways = new Set(['acceptReoffer', 'rejectReoffer', 'toHandset']);
    for (const { eventKey, effects, stateKey } of steps) {
      if (!eventKey.startsWith('peerReoffered')) continue;
      expect(
        effects.some((effect) => ways.has(effect.do)),
        `${stateKey}, ${eventKey}`,
      ).toBe(true);
    }
  });

  test('the event that answers a request carries its transaction, an event of the peer none', () => {
    for (const { effects, stateKey, eventKey } of steps) {
      for (const effect of effects) {
        if (effect.do !== 'tell') continue;
        const isAnswer = !['incomingcall', 'ringing', 'updatingcall', 'hangup'].includes(effect.news.event);
        expect(effect.transaction, `${stateKey}, ${eventKey}: ${effect.news.event}`).toBe(
          isAnswer ? transaction : undefined,
        );
      }
    }
  });
});

describe('the beginning', () => {
  const starts: readonly [CallStart, CallState['name'], string[]][] = [
    [
      { by: 'new_call', transaction, video: false, offerFirst: false },
      'inviting',
      ['invite', 'openMedia', 'tell', 'startTimer'],
    ],
    [
      { by: 'new_call', transaction, video: false, offerFirst: true },
      'offering',
      ['openMedia', 'tell', 'stopTimer', 'abandonDialog', 'offerToHandset'],
    ],
    [{ by: 'call', transaction, jsep: offer }, 'preparing', ['openMedia', 'toPeer']],
    [{ by: 'peer', offer: 'R' }, 'presenting', ['openMedia', 'toHandset']],
    [{ by: 'peer' }, 'ringing', ['ring', 'openMedia', 'tell', 'startTimer']],
  ];

  test.each(starts)('%o', (start, name, effects) => {
    const step = begin(start, true);

    expect(step.state.name).toBe(name);
    expect(step.effects.map((effect) => effect.do)).toEqual(effects);
  });

  test.each(['new_call', 'call'] as const)('%s without an engine: calling, hangup 503, no INVITE', (by) => {
    const step = begin({ by, transaction, jsep: offer, video: false, offerFirst: false }, false);

    expect(step.state.name).toBe('terminated');
    expect(step.effects.map((effect) => effect.do)).not.toContain('invite');
    expect(step.effects.filter((effect) => effect.do === 'tell').map(({ news }) => news)).toEqual([
      { event: 'calling' },
      { event: 'hangup', code: 503, reason: 'Media engine unavailable' },
    ]);
  });
});
