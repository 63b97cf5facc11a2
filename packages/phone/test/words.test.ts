import { expect, test } from 'vitest';
import type { Code } from '../src/call-record.ts';
import type { CallRecord } from '../src/call-record.ts';
import { endingOf } from '../src/ending.ts';
import { lineWords } from '../src/line-words.ts';
import { initialState, next } from '../src/phone-model.ts';
import type { PhoneEvent, PhoneState } from '../src/phone-model.ts';
import { noticeFor } from '../src/views/notice.ts';
import { calling, ready, ringing, talking } from './a-phone.ts';

const record = (change: Partial<CallRecord>): CallRecord => ({
  peer: { number: '6120', name: '' },
  kind: 'user',
  direction: 'out',
  video: false,
  startedAt: 0,
  endedAt: 3000,
  answeredAt: undefined,
  endedBy: 'peer',
  code: 486,
  reason: '',
  ...change,
});

const refusals: [Code, string, string][] = [
  [404, 'noSuchNumber', 'edit'],
  [408, 'nobodyAnswered', 'call-again'],
  [480, 'nobodyAnswered', 'call-again'],
  [486, 'busy', 'call-again'],
  [487, 'cancelled', 'call-again'],
  [603, 'declined', 'call-again'],
  [488, 'unsupported', 'call-again'],
  [503, 'lineDown', 'call-again'],
  ['media-failed', 'lineDown', 'call-again'],
  ['microphone-refused', 'microphone', 'call-again'],
  ['no-microphone', 'noMicrophone', 'call-again'],
];
for (const [code, why, action] of refusals)
  test(`our call that fails with ${code} says "${why}", offers "${action}" and waits to be read`, () => {
    expect(endingOf(record({ code }))).toEqual({ why, action, tone: 'bad', stays: true });
  });

test('a video call that the device cannot take is offered as audio only', () => {
  expect(endingOf(record({ code: 488, video: true })).action).toBe('audio-only');
});

const others: [string, Partial<CallRecord>, string, boolean][] = [
  ['a normal end closes by itself', { answeredAt: 1000, code: 200 }, 'over', false],
  ['a call that breaks off stays', { answeredAt: 1000, code: 503 }, 'cutOff', true],
  ['our own cancel closes by itself', { endedBy: 'us', code: 0 }, 'cancelled', false],
  ['a declined call closes by itself', { direction: 'in', endedBy: 'us', code: 0 }, 'declinedByUs', false],
  ['a missed call stays', { direction: 'in', code: 487 }, 'missed', true],
  ['a call answered elsewhere is not missed', { direction: 'in', code: 200 }, 'elsewhere', false],
  [
    'the reason may say it, too',
    { direction: 'in', code: 487, reason: 'Call completed elsewhere' },
    'elsewhere',
    false,
  ],
];
for (const [sentence, change, why, stays] of others)
  test(`the plate: ${sentence}`, () => {
    expect(endingOf(record(change))).toMatchObject({ why, stays });
  });

const tell = (state: PhoneState, ...events: PhoneEvent[]): PhoneState => events.reduce(next, state);
const microphone = (is: PhoneState['microphone']): PhoneEvent => ({
  type: 'microphoneChanged',
  microphone: is,
});

const bars: [string, PhoneState, string, string, string][] = [
  ['everything is seen to work', ready, 'ok', 'ready', 'none'],
  ['no gesture has been seen', { ...ready, audioUnlocked: false }, 'wait', 'cannotRing', 'audio'],
  [
    'nobody has allowed the microphone',
    tell(ready, microphone('unknown')),
    'wait',
    'microphoneUnknown',
    'microphone',
  ],
  ['the microphone is refused', tell(ready, microphone('refused')), 'bad', 'microphoneRefused', 'microphone'],
  ['there is no microphone', tell(ready, microphone('missing')), 'bad', 'microphoneMissing', 'devices'],
  [
    'the registration has failed',
    tell(ready, { type: 'signInRefused', code: 503 }),
    'bad',
    'unreachable',
    'retry',
  ],
  [
    'the socket is gone',
    tell(ready, { type: 'connectionChanged', connection: 'lost' }),
    'wait',
    'reconnecting',
    'none',
  ],
  [
    'the socket is gone in a call',
    tell(talking, { type: 'connectionChanged', connection: 'lost' }),
    'wait',
    'keepTalking',
    'none',
  ],
  ['a call comes', ringing, 'busy', 'callComing', 'none'],
  ['we call', calling, 'busy', 'calling', 'none'],
  ['people talk', talking, 'busy', 'inCall', 'none'],
  [
    'the browser plays nothing in a call',
    tell(talking, { type: 'audioLocked' }),
    'wait',
    'cannotHear',
    'audio',
  ],
  [
    'the number is in use elsewhere',
    tell(ready, { type: 'signInRefused', code: 9001 }),
    'bad',
    'elsewhere',
    'none',
  ],
  ['the page is not on https', { ...initialState, secure: false }, 'bad', 'notSecure', 'none'],
];
for (const [when, state, lamp, words, fix] of bars)
  test(`line bar, when ${when}: ${lamp}, ${words}`, () => {
    expect(lineWords(state)).toEqual({ lamp, words, fix });
  });

test('what is in the way takes the stage, and the microphone can be put aside', () => {
  const refused = tell(ready, microphone('refused'));

  expect(noticeFor(ready)).toBeUndefined();
  expect(noticeFor(refused)).toBe('microphone-refused');
  expect(noticeFor(tell(refused, { type: 'noticeClosed' }))).toBeUndefined();
  expect(noticeFor(tell(ready, { type: 'signInRefused', code: 1004 }))).toBe('not-allowed');
});
