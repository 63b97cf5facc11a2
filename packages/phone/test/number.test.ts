import { expect, test } from 'vitest';
import { cleanNumber, formatDuration, formatNumber } from '../src/number.ts';

const cleaned: [string, string, string][] = [
  ['blanks and dashes go', '139 0000-2288', '13900002288'],
  ['full-width digits become plain ones', '１３９００００２２８８', '13900002288'],
  ['brackets and full-width blanks go', '（010）　6655 4433', '01066554433'],
  ['en dashes and dots go', '139–0000.2288', '13900002288'],
  ['a plus counts only in front', '+86 139 0000 22+88', '+8613900002288'],
  ['a full-width plus, star and hash are kept', '＋86＊1＃', '+86*1#'],
  ['tel: goes', 'tel:+86-139-0000-2288', '+8613900002288'],
  ['of two numbers the first counts', '6120, 6121', '6120'],
  ['words around the number go', '电话：6120（急诊科）', '6120'],
  ['a SIP address stays whole', ' sip:6001@pbx.example.org ', 'sip:6001@pbx.example.org'],
  ['nothing stays nothing', '  ', ''],
  [
    'a SIP address may have a port and parameters',
    'sips:6001@pbx.example.org:5061',
    'sips:6001@pbx.example.org:5061',
  ],
  ['a SIP address may be typed letter by letter', 'sip', 'sip'],
  ['a name stays whole', 'alice-2.home', 'alice-2.home'],
  ['a full-width name becomes plain', 'ａｌｉｃｅ', 'alice'],
  ['a sentence is no name', 'call 6120', '6120'],
  ['a text without a digit is no number', '你好', ''],
];
for (const [sentence, typed, number] of cleaned)
  test(`cleaning a number: ${sentence}`, () => {
    expect(cleanNumber(typed)).toBe(number);
  });

test('a number is never longer than a SIP server could want', () => {
  expect(cleanNumber('1'.repeat(5000))).toHaveLength(128);
});

const shown: [string, string][] = [
  ['13900002288', '139 0000 2288'],
  ['+8613900002288', '+86 139 0000 2288'],
  ['6120', '6120'],
  ['01066554433', '01066554433'],
  ['sip:6001@pbx.example.org', '6001'],
  ['sip:anna@pbx.example.org', 'anna@pbx.example.org'],
];
for (const [number, words] of shown)
  test(`${number} is shown as ${words}`, () => {
    expect(formatNumber(number)).toBe(words);
  });

test('a duration shows hours only when there are some', () => {
  expect([0, 277_900, 3_877_000, -5].map(formatDuration)).toEqual(['00:00', '04:37', '1:04:37', '00:00']);
});
