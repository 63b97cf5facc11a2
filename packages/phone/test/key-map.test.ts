import { expect, test } from 'vitest';
import { keyCommand } from '../src/key-map.ts';
import type { KeyPlace } from '../src/key-map.ts';
import { initialState, next } from '../src/phone-model.ts';
import { calling, ended, ready, ringing, talking } from './a-phone.ts';

const states = { idle: ready, ringing, calling, talking, ended };
const inside: KeyPlace = { inside: true, inField: false, onButton: false };
const outside: KeyPlace = { inside: false, inField: false, onButton: false };
const field: KeyPlace = { inside: true, inField: true, onButton: false };
const key = (name: string, more = {}) => ({
  key: name,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...more,
});

const table: [string, Partial<Record<keyof typeof states, string>>][] = [
  ['F2', { ringing: 'answer' }],
  ['F4', { ringing: 'end', calling: 'end', talking: 'end' }],
  ['F9', { calling: 'mute', talking: 'mute' }],
  ['5', { idle: 'digit', talking: 'digit', ended: 'digit' }],
  ['#', { idle: 'digit', talking: 'digit', ended: 'digit' }],
  ['+', { idle: 'digit', ended: 'digit' }],
  ['Backspace', { idle: 'erase', ended: 'erase' }],
  ['Enter', { idle: 'call', ended: 'call' }],
  ['k', { talking: 'keypad' }],
  ['V', { talking: 'video' }],
  ['d', { idle: 'device', calling: 'device', talking: 'device', ended: 'device' }],
  ['x', {}],
];
for (const [name, meanings] of table)
  for (const [when, state] of Object.entries(states))
    test(`${name} while ${when}: ${meanings[when as keyof typeof states] ?? 'nothing'}`, () => {
      expect(keyCommand(key(name), inside, state)?.do).toBe(meanings[when as keyof typeof states]);
    });

for (const name of ['F2', 'F4', 'F9'])
  test(`${name} works wherever the focus is, letters only inside the handset`, () => {
    const state = name === 'F2' ? ringing : talking;

    expect(keyCommand(key(name), outside, state)).toBeDefined();
    expect(keyCommand(key(name), field, state)).toBeDefined();
    expect(keyCommand(key('k'), outside, talking)).toBeUndefined();
    expect(keyCommand(key('k'), field, talking)).toBeUndefined();
  });

test('keys with Ctrl, Alt or Meta belong to the browser', () => {
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }])
    expect(keyCommand(key('F4', more), inside, talking)).toBeUndefined();
});

test('a key that is held down ends a call once', () => {
  expect(keyCommand(key('F4', { repeat: true }), inside, talking)).toBeUndefined();
});

test('Enter on a button presses the button', () => {
  expect(keyCommand(key('Enter'), { ...inside, onButton: true }, ready)).toBeUndefined();
});

test('Escape closes what is open and never ends a call', () => {
  const open = next(talking, { type: 'drawerToggled', drawer: 'keypad' });

  expect(keyCommand(key('Escape'), inside, open)).toEqual({ do: 'close' });
  expect(keyCommand(key('Escape'), inside, talking)).toBeUndefined();
});

test('before the log-in digits belong to the form', () => {
  expect(keyCommand(key('5'), inside, initialState)).toBeUndefined();
});
