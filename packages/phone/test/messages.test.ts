import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chooseLanguage, clauses, messages } from '../src/i18n/messages.ts';

/** Every text with its path: `signIn.title`. */
function texts(table: object, path = ''): [string, unknown][] {
  return Object.entries(table).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? texts(value, `${path}${key}.`)
      : [[path + key, value] as [string, unknown]],
  );
}
const zh = texts(messages['zh-CN']);
const en = texts(messages.en);

test('both languages have the same texts, of the same kind', () => {
  const shape = (all: [string, unknown][]) => all.map(([path, value]) => `${path}: ${typeof value}`);

  expect(shape(en)).toEqual(shape(zh));
});

test('no text is missing, and none is left in the other language', () => {
  const plain = (all: [string, unknown][]) =>
    all.filter(([path, value]) => typeof value === 'string' && !/^why\..*1$/.test(path));
  const empty = [...plain(zh), ...plain(en)].filter(([, value]) => value === '');
  const chineseInEnglish = en.filter(([, value]) => /\p{Script=Han}/u.test(String(value)));

  expect(empty).toEqual([]);
  expect(chineseInEnglish).toEqual([]);
});

test('Chinese sentences end with a Chinese full stop and leave a gap before digits', () => {
  const strings = zh.map(([, value]) => value).filter((value) => typeof value === 'string');

  expect(strings.filter((value) => /[,;!?]$|\p{Script=Han}\.$/u.test(value))).toEqual([]);
  expect(strings.filter((value) => /\p{Script=Han}\d|\d\p{Script=Han}/u.test(value))).toEqual([]);
});

const source = (folder: string) =>
  readdirSync(new URL(`../src/${folder}/`, import.meta.url))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

for (const path of [
  ...source('views'),
  ...source('parts'),
  ...source('desk'),
  ...source('browser'),
  'soft-handset.ts',
])
  test(`no text stands in ${path} itself`, () => {
    const code = readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8');
    const templates = [...code.matchAll(/html`([^`]*)`/g)].map(([, template]) =>
      (template ?? '').replace(/\$\{[^}]*\}+/g, ''),
    );
    const between = templates.flatMap((template) =>
      [...template.matchAll(/>([^<>]*)</g)].map(([, text]) => text ?? ''),
    );

    expect(code).not.toMatch(/\p{Script=Han}/u);
    expect(
      between.filter((text) => /[A-Za-z]{2}/.test(text) && !/[=?:{}()]/.test(text) && text.trim() !== 'ms'),
    ).toEqual([]);
  });

test('the first language that we have is taken, English for all others', () => {
  expect(chooseLanguage(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
  expect(chooseLanguage(['en-GB'])).toBe('en');
  expect(chooseLanguage(['fr'])).toBe('en');
  expect(chooseLanguage([])).toBe('en');
});

test('a Chinese sentence is cut at its clauses only', () => {
  expect(clauses('浏览器不让用麦克风，对方听不到你。')).toEqual(['浏览器不让用麦克风，', '对方听不到你。']);
});
