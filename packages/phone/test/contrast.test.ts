import { expect, test } from 'vitest';
import { contrast, dark, light } from '../src/styles/themes.ts';

/* WCAG 2.2: text 4.5:1 (1.4.3), edges, lamps and meters 3:1 (1.4.11). */

const text: [string, string][] = [
  ...['canvas', 'surface', 'inset'].flatMap((ground) =>
    ['ink', 'ink-2', 'ink-3', 'accent'].map((ink): [string, string] => [ink, ground]),
  ),
  ['ink', 'press'],
  ['ink-2', 'press'],
  ...['accent', 'answer', 'end', 'hold'].flatMap((name): [string, string][] => [
    [`on-${name}`, name],
    [`on-${name}-soft`, `${name}-soft`],
  ]),
  ['on-plate-ink', 'plate-ink'],
  ['on-raised', 'raised'],
  ['on-answer', 'answer-press'],
  ['on-end', 'end-press'],
  ['end-ink', 'surface'],
  ['end-ink', 'canvas'],
];
const shapes: [string, string][] = [
  ...['surface', 'canvas', 'inset'].flatMap((ground): [string, string][] => [
    ['edge', ground],
    ['focus', ground],
  ]),
  ...['surface', 'canvas'].flatMap((ground) =>
    ['lamp-ok', 'lamp-wait', 'lamp-bad', 'lamp-off', 'answer', 'end', 'accent'].map(
      (lamp): [string, string] => [lamp, ground],
    ),
  ),
  ['meter', 'surface'],
  ['meter-peak', 'surface'],
  ['lamp-ok', 'answer-soft'],
  ['lamp-wait', 'hold-soft'],
  ['lamp-bad', 'end-soft'],
];

for (const [name, theme] of Object.entries({ light, dark, contrast }))
  test(`every pair of the ${name} theme can be told apart`, () => {
    const colours = new Map(
      [...theme.matchAll(/--sh-([\w-]+):\s*(#[0-9a-f]{6})/gi)].map((found) => [found[1]!, found[2]!]),
    );
    const between = (one: string, other: string) => ratio(colours.get(one)!, colours.get(other)!);
    const below = (pairs: [string, string][], least: number) =>
      pairs.filter(([one, other]) => !(between(one, other) >= least));

    expect(below(text, 4.5)).toEqual([]);
    expect(below(shapes, 3)).toEqual([]);
    expect(between('ink', 'surface')).toBeGreaterThan(15);
  });

/** WCAG 2.2, relative luminance and contrast ratio. */
function ratio(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
