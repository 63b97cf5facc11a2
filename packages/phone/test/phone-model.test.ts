import { expect, test } from 'vitest';
import { hasPicture } from '../src/call-model.ts';
import { initialState, next } from '../src/phone-model.ts';
import type { PhoneEvent } from '../src/phone-model.ts';
import {
  after,
  answered,
  arrives,
  calling,
  ended,
  endedBy,
  incoming,
  placed,
  ready,
  ringing,
  signedIn,
  talking,
} from './a-phone.ts';

const states = { none: ready, ringing, calling, talking, ended };
const table: [PhoneEvent, Partial<Record<keyof typeof states, string>>][] = [
  [arrives, { none: 'ringing', ended: 'ringing' }],
  [placed, { none: 'calling', ended: 'calling' }],
  [answered, { ringing: 'talking', calling: 'talking' }],
  [endedBy('peer', 486), { ringing: 'ended', calling: 'ended', talking: 'ended' }],
  [{ type: 'plateClosed' }, { ended: 'none' }],
  [{ type: 'peerRings' }, {}],
  [{ type: 'answerPressed' }, {}],
  [{ type: 'endPressed' }, {}],
  [{ type: 'muteChanged', muted: true }, {}],
  [{ type: 'toneSent', tone: '5' }, {}],
];
for (const [event, changes] of table)
  for (const [name, state] of Object.entries(states))
    test(`${event.type} while ${name}: ${changes[name as keyof typeof states] ?? 'stays'}`, () => {
      const call = next(state, event).call.name;

      expect(call).toBe(changes[name as keyof typeof states] ?? name);
    });

const strangers: [string, string, string][] = [
  ['a name that repeats the number is none', ' 6001 ', ''],
  ['marks that turn the writing round go', '\u202Emoc.evil\u202C \u2067x\u2069', 'moc.evil x'],
  ['control characters and invisible ones go', 'a\u0007b\u200B\nc', 'a b c'],
  ['right to left writing itself stays', 'مرحبا', 'مرحبا'],
  ['an emoji that is joined stays whole', '👩\u200D🚒 Fire', '👩\u200D🚒 Fire'],
  ['a long name is cut', '长'.repeat(5000), `${'长'.repeat(59)}…`],
];
for (const [sentence, displayName, name] of strangers)
  test(`the name of a caller: ${sentence}`, () => {
    const state = after(...signedIn, { ...arrives, call: { ...incoming, displayName } } as PhoneEvent);

    expect(state.call).toMatchObject({ peer: { number: '6001', name } });
  });

test('a second call does not disturb the one in front', () => {
  const second: PhoneEvent = {
    type: 'callArrived',
    call: { ...incoming, callId: 'c2' },
    answersItself: false,
    at: 6000,
  };

  expect(next(talking, second)).toBe(talking);
});

test('the first confirmation of an answer counts, later ones do not move the timer', () => {
  const state = next(talking, { type: 'callAnswered', at: 99_000 });

  expect(state.call).toMatchObject({ answeredAt: 5000 });
});

test('a call that answers by itself is being answered as it comes', () => {
  const state = after(...signedIn, { ...arrives, answersItself: true } as PhoneEvent);

  expect(state.call).toMatchObject({ name: 'ringing', kind: 'auto', answering: true });
});

test('an answer that fails can be pressed again and says why', () => {
  const state = after(
    ...signedIn,
    arrives,
    { type: 'answerPressed' },
    { type: 'answerFailed', code: 'microphone-refused' },
  );

  expect(state.call).toMatchObject({ answering: false, problem: 'microphone-refused' });
});

test('an ended call is remembered with its times and its reason', () => {
  expect(ended.records).toEqual([
    {
      peer: { number: '6001', name: 'North Fire Station' },
      kind: 'dispatch',
      direction: 'in',
      video: false,
      startedAt: 1000,
      endedAt: 9000,
      answeredAt: 5000,
      endedBy: 'peer',
      code: 200,
      reason: '',
    },
  ]);
});

test('a new call closes what was open and shows the stage', () => {
  const state = after(
    ...signedIn,
    { type: 'tabChosen', tab: 'settings' },
    { type: 'devicesToggled', open: true },
    arrives,
  );

  expect(state).toMatchObject({ tab: 'dial', devicesOpen: false, drawer: 'none' });
});

test('placing a call empties the number, an incoming one keeps it', () => {
  const typed: PhoneEvent = { type: 'numberChanged', number: '6120' };

  expect(after(...signedIn, typed, placed).dialled).toBe('');
  expect(after(...signedIn, typed, arrives).dialled).toBe('6120');
});

test('a camera that is put off keeps the call on the video stage', () => {
  const on = next(talking, { type: 'localPictureSeen', has: true });
  const off = next(next(on, { type: 'cameraChanged', camera: 'off' }), {
    type: 'localPictureSeen',
    has: false,
  });

  expect(off.call).toMatchObject({ camera: 'off' });
  expect(hasPicture(off.call)).toBe(true);
});

test('a wrong password leads back to the form', () => {
  const state = after({ type: 'signInStarted', account: '1001' }, { type: 'signInRefused', code: 1001 });

  expect(state.line).toEqual({ name: 'out', refused: 1001 });
});

for (const code of [1002, 9001, 1004])
  test(`${code} gets a page of its own instead of the form`, () => {
    const state = after({ type: 'signInStarted', account: '1001' }, { type: 'signInRefused', code });

    expect(state.line).toEqual({ name: 'failed', code });
  });

test('a registration that is lost later leaves the phone on the screen', () => {
  const failed = next(ready, { type: 'signInRefused', code: 503 });
  const again = next(failed, { type: 'signInStarted', account: '1001' });

  expect(failed.line).toEqual({ name: 'failed', code: 503 });
  expect(again.line).toEqual({ name: 'signing-in', again: true });
});

test('a lost connection comes back to where it was, a call goes on under it', () => {
  const lost = next(talking, { type: 'connectionChanged', connection: 'lost' });
  const back = next(lost, { type: 'connectionChanged', connection: 'up' });

  expect([lost.line.name, lost.call.name, back.line.name]).toEqual(['lost', 'talking', 'up']);
});

test('signing out leaves nothing of the account but its number', () => {
  const state = next(ended, { type: 'signedOut' });

  expect(state).toEqual({ ...initialState, account: '1001', microphone: 'granted', audioUnlocked: true });
});
