import { css } from 'lit';

/** Every size and time a part uses; colours are in `themes.ts`. An embedder restyles by setting these on the element. */
export const tokens = css`
  :host {
    /* ---- type ------------------------------------------------------------------------------
     System fonts only. Latin first, then the Chinese face of each platform, so that digits
     keep their tabular Latin shape and Chinese keeps its own. */
    --sh-font:
      'Segoe UI Variable Text', 'Segoe UI', -apple-system, BlinkMacSystemFont, Roboto, 'PingFang SC',
      'HarmonyOS Sans SC', MiSans, 'Microsoft YaHei UI', 'Microsoft YaHei', 'Noto Sans CJK SC',
      'Noto Sans SC', 'Source Han Sans SC', sans-serif;
    --sh-font-code:
      ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'Roboto Mono', 'Noto Sans Mono CJK SC', monospace;

    --sh-scale: 1; /* "Text size" in the settings: 1, 1.15 or 1.3. Not rem: a host page may set any root size. */
    --sh-fs-caption: calc(
      12px * var(--sh-scale)
    ); /* tags, tab labels, key hints. Never smaller: Chinese closes up. */
    --sh-fs-label: calc(13px * var(--sh-scale)); /* second lines, control labels */
    --sh-fs-body: calc(15px * var(--sh-scale)); /* rows, fields, sentences */
    --sh-fs-strong: calc(17px * var(--sh-scale)); /* buttons, row names on a phone */
    --sh-fs-title: calc(20px * var(--sh-scale)); /* sheet and page titles, keypad digits of a panel */
    --sh-fs-name: calc(28px * var(--sh-scale)); /* who is on the line */
    --sh-fs-number: calc(34px * var(--sh-scale)); /* the number being dialled, the name of a caller */
    --sh-fs-timer: calc(56px * var(--sh-scale)); /* the call timer on a phone */
    --sh-lh-tight: 1.2; /* one line: names, numbers, timer */
    --sh-lh-row: 1.4; /* labels and rows */
    --sh-lh-text: 1.6; /* sentences; Chinese needs the air */
    --sh-fw-light: 300; /* timer only */
    --sh-fw-text: 400;
    --sh-fw-medium: 500; /* Chinese system fonts without 500 fall back to 400, so never rely on 500 alone */
    --sh-fw-bold: 600;

    /* ---- space: a 4 px grid ---------------------------------------------------------------- */
    --sh-s1: 4px;
    --sh-s2: 8px;
    --sh-s3: 12px;
    --sh-s4: 16px;
    --sh-s5: 20px;
    --sh-s6: 24px;
    --sh-s8: 32px;
    --sh-s10: 40px;
    --sh-s12: 48px;

    /* ---- shape ----------------------------------------------------------------------------- */
    --sh-r1: 4px; /* tags, key hints, meter segments */
    --sh-r2: 8px; /* fields, small buttons, avatars */
    --sh-r3: 12px; /* keys, tiles, plates on a PC */
    --sh-r4: 16px; /* the keypad block, answer / decline, plates on a phone */
    --sh-r5: 22px; /* top corners of a sheet */
    --sh-round: 999px; /* lamps and switches only */
    --sh-hair: 1px;
    --sh-stroke: 1.75; /* icon stroke on the 24 grid */

    /* ---- targets --------------------------------------------------------------------------- */
    --sh-hit: 44px; /* the least a finger may be asked to meet */
    --sh-hit-row: 64px; /* a list row under a finger */
    --sh-hit-tile: 76px; /* an in-call control */
    --sh-hit-key: 66px; /* a keypad key */
    --sh-hit-primary: 64px; /* call, end */
    --sh-hit-answer: 88px; /* answer, decline */
    --sh-gap-hit: 8px; /* between neighbours that do different things */
    --sh-gap-danger: 16px; /* between answer and decline */

    /* ---- motion ---------------------------------------------------------------------------- */
    --sh-t-press: 80ms;
    --sh-t-fast: 140ms; /* hover, toggles, lamps */
    --sh-t-base: 220ms; /* sheets, banners */
    --sh-t-ring: 1600ms; /* one breath of a ringing band */
    --sh-ease: cubic-bezier(0.2, 0.7, 0.2, 1);
    --sh-ease-out: cubic-bezier(0.4, 0, 1, 1);

    /* ---- layers ---------------------------------------------------------------------------- */
    --sh-z-tabs: 10;
    --sh-z-strip: 20; /* the running call while one browses */
    --sh-z-sheet: 30;
    --sh-z-call: 40; /* an incoming call is above every sheet */
    --sh-z-toast: 50;

    /* ---- over video: the same in every theme ------------------------------------------------- */
    --sh-over: #ffffff;
    --sh-over-2: #d5dde3;
    --sh-over-plate: rgba(9, 15, 20, 0.7); /* white text keeps 7:1 even over a white picture */
    --sh-over-tile: rgba(255, 255, 255, 0.14);
    --sh-over-on: #ffffff;
    --sh-over-on-ink: #101b24;
  }
  @media (pointer: fine) {
    :host {
      --sh-hit-row: 52px;
      --sh-hit-tile: 68px;
      --sh-hit-key: 56px;
      --sh-hit-primary: 56px;
      --sh-hit-answer: 72px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --sh-t-press: 0ms;
      --sh-t-fast: 0ms;
      --sh-t-base: 0ms;
      --sh-t-ring: 0ms;
    }
  }
`;
