import { css, unsafeCSS } from 'lit';

/** The colours of each theme, once; they are used by attribute and by what the system asks for. */
export const light = `
  color-scheme: light;
  --sh-canvas: #e7ecef;       /* behind the plates */
  --sh-surface: #ffffff;      /* plates, lists */
  --sh-inset: #f1f4f6;        /* fields, keys, bubbles of the other side */
  --sh-press: #dde4e9;        /* pressed, selected row */
  --sh-raised: #ffffff;       /* the chosen part of a segmented control */
  --sh-on-raised: #101b24;
  --sh-line: #d2dae0;         /* hairlines: they part, they carry no meaning */
  --sh-edge: #76848f;         /* borders of things one can operate: 3:1 */
  --sh-ink: #101b24;
  --sh-ink-2: #44525d;
  --sh-ink-3: #5b6973;        /* the faintest ink that still carries text */
  --sh-plate-ink: #101b24;    /* dispatch: the inverse plate */
  --sh-on-plate-ink: #ffffff;
  --sh-accent: #155a8a;
  --sh-on-accent: #ffffff;
  --sh-accent-soft: #e0edf6;
  --sh-on-accent-soft: #0e476f;
  --sh-answer: #13773d;
  --sh-answer-press: #0d5c2e;
  --sh-on-answer: #ffffff;
  --sh-answer-soft: #dcf1e3;
  --sh-on-answer-soft: #0c5a2c;
  --sh-end: #c0302b;
  --sh-end-press: #98231f;
  --sh-on-end: #ffffff;
  --sh-end-soft: #fbe5e3;
  --sh-on-end-soft: #931f1b;
  --sh-hold: #f0b033;
  --sh-on-hold: #231700;
  --sh-hold-soft: #fdf0d2;
  --sh-on-hold-soft: #6a4600;
  --sh-lamp-ok: #17874a;
  --sh-lamp-wait: #a66a00;
  --sh-lamp-bad: #c0302b;
  --sh-lamp-off: #76848f;
  --sh-meter: #17874a;
  --sh-meter-peak: #a66a00;
  --sh-meter-rest: #d5dde3;
  --sh-focus: #155a8a;
  --sh-scrim: rgba(16, 27, 36, .42);
  --sh-shadow-1: 0 1px 2px rgba(16, 27, 36, .08);
  --sh-shadow-2: 0 8px 28px rgba(16, 27, 36, .18), 0 1px 3px rgba(16, 27, 36, .12);
  --sh-end-ink: #931f1b;
`;

export const dark = `
  color-scheme: dark;
  --sh-canvas: #0a0f13;
  --sh-surface: #141c22;
  --sh-inset: #1d272f;
  --sh-press: #2a3741;
  --sh-raised: #364551;
  --sh-on-raised: #ffffff;
  --sh-line: #2a3640;
  --sh-edge: #74848f;
  --sh-ink: #eef2f5;
  --sh-ink-2: #b6c2cb;
  --sh-ink-3: #95a3ad;
  --sh-plate-ink: #eef2f5;
  --sh-on-plate-ink: #0d151b;
  --sh-accent: #7db9e6;
  --sh-on-accent: #06202f;
  --sh-accent-soft: #16324a;
  --sh-on-accent-soft: #b5d9f4;
  --sh-answer: #1a8247;
  --sh-answer-press: #14683a;
  --sh-on-answer: #ffffff;
  --sh-answer-soft: #123622;
  --sh-on-answer-soft: #9fe0b8;
  --sh-end: #cf3d38;
  --sh-end-press: #ab2e2a;
  --sh-on-end: #ffffff;
  --sh-end-soft: #431d1c;
  --sh-on-end-soft: #f9b9b4;
  --sh-hold: #eeb03d;
  --sh-on-hold: #231700;
  --sh-hold-soft: #3a2c0d;
  --sh-on-hold-soft: #f6d58f;
  --sh-lamp-ok: #3fbf78;
  --sh-lamp-wait: #eeb03d;
  --sh-lamp-bad: #f0736c;
  --sh-lamp-off: #74848f;
  --sh-meter: #3fbf78;
  --sh-meter-peak: #eeb03d;
  --sh-meter-rest: #2a3640;
  --sh-focus: #9ccdf2;
  --sh-scrim: rgba(0, 0, 0, .6);
  --sh-shadow-1: 0 0 0 1px rgba(255, 255, 255, .04);
  --sh-shadow-2: 0 12px 36px rgba(0, 0, 0, .6), 0 0 0 1px rgba(255, 255, 255, .08);
  --sh-end-ink: #f0736c;
`;

export const contrast = `
  color-scheme: dark;
  --sh-canvas: #000000;
  --sh-surface: #000000;
  --sh-inset: #000000;
  --sh-press: #333333;
  --sh-raised: #ffffff;
  --sh-on-raised: #000000;
  --sh-line: #8a8a8a;
  --sh-edge: #ffffff;
  --sh-ink: #ffffff;
  --sh-ink-2: #ffffff;
  --sh-ink-3: #e4e4e4;
  --sh-plate-ink: #ffffff;
  --sh-on-plate-ink: #000000;
  --sh-accent: #8fd3ff;
  --sh-on-accent: #000000;
  --sh-accent-soft: #00304f;
  --sh-on-accent-soft: #ffffff;
  --sh-answer: #4be38b;
  --sh-answer-press: #8cf0b5;
  --sh-on-answer: #000000;
  --sh-answer-soft: #003d1b;
  --sh-on-answer-soft: #ffffff;
  --sh-end: #ff8a82;
  --sh-end-press: #ffb3ae;
  --sh-on-end: #000000;
  --sh-end-soft: #560f0c;
  --sh-on-end-soft: #ffffff;
  --sh-hold: #ffd84d;
  --sh-on-hold: #000000;
  --sh-hold-soft: #463500;
  --sh-on-hold-soft: #ffffff;
  --sh-lamp-ok: #4be38b;
  --sh-lamp-wait: #ffd84d;
  --sh-lamp-bad: #ff8a82;
  --sh-lamp-off: #b0b0b0;
  --sh-meter: #4be38b;
  --sh-meter-peak: #ffd84d;
  --sh-meter-rest: #4d4d4d;
  --sh-focus: #ffd84d;
  --sh-scrim: rgba(0, 0, 0, .8);
  --sh-shadow-1: 0 0 0 1px #ffffff;
  --sh-shadow-2: 0 0 0 2px #ffffff;
  --sh-end-ink: #ff8a82;
`;

const rule = (selector: string, body: string): string => `${selector} { ${body} }`;

const unset = ":host(:not([theme='light'], [theme='dark'], [theme='contrast']))";

/** `theme` on the element decides; without it the system does. */
export const themes = css`
  ${unsafeCSS(
    [
      rule(':host', light),
      `@media (prefers-color-scheme: dark) { ${rule(unset, dark)} }`,
      `@media (prefers-contrast: more) { ${rule(unset, contrast)} }`,
      rule(":host([theme='light'])", light),
      rule(":host([theme='dark'])", dark),
      rule(":host([theme='contrast'])", contrast),
    ].join('\n'),
  )}
`;
