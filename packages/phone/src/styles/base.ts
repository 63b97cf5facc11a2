import { css } from 'lit';

/** Ground rules of the shadow root. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    block-size: 100%;
    min-block-size: 320px;
    min-inline-size: 280px;
    contain: content;
  }
  :host([hidden]) {
    display: none;
  }
  .handset {
    container: handset / size;
    block-size: 100%;
    background: var(--sh-canvas);
    color: var(--sh-ink);
    font: var(--sh-fw-text) var(--sh-fs-body)/var(--sh-lh-row) var(--sh-font);
    -webkit-text-size-adjust: 100%;
    -webkit-tap-highlight-color: transparent;
    overflow: hidden;
    position: relative;
    word-break: normal;
    overflow-wrap: anywhere;
    line-break: strict;
    text-align: start;
  }
  :host([layout='column']) .handset {
    max-inline-size: 859.98px;
    margin-inline: auto;
  }
  :where(button, input, select) {
    font: inherit;
    color: inherit;
  }
  :where(button) {
    border: 0;
    background: none;
    padding: 0;
    text-align: inherit;
    cursor: pointer;
    touch-action: manipulation;
  }
  :where(h1, h2, h3, p, ul, ol, dl, dd) {
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: inherit;
    font-weight: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--sh-focus);
    outline-offset: 2px;
  }
  .stage:focus {
    outline: 0;
  }
  .num {
    font-variant-numeric: tabular-nums lining-nums;
    font-feature-settings: 'tnum', 'lnum';
    letter-spacing: 0.01em;
    overflow-wrap: normal;
    white-space: nowrap;
  }
  .icon {
    inline-size: 24px;
    block-size: 24px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: var(--sh-stroke);
    stroke-linecap: round;
    stroke-linejoin: round;
    display: block;
  }
  .icon-s {
    inline-size: 16px;
    block-size: 16px;
    stroke-width: 2.1;
  }
  .icon-m {
    inline-size: 20px;
    block-size: 20px;
    stroke-width: 1.9;
  }
  .vh {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .grow {
    flex: 1;
    min-inline-size: 0;
  }
  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .cl {
    display: inline-block;
  }
  .handset kbd {
    font: 500 12px/16px var(--sh-font);
    color: var(--sh-ink-3);
    border: 1px solid var(--sh-line);
    border-radius: var(--sh-r1);
    padding: 0 3px;
    display: none;
    white-space: nowrap;
    flex: none;
  }
  .code {
    font: 400 var(--sh-fs-caption)/1.5 var(--sh-font-code);
    color: var(--sh-ink-3);
    overflow-wrap: anywhere;
    user-select: text;
  }
  /* A button that waits changes its word after 300 ms and keeps its size. */
  .words > .wait {
    visibility: hidden;
    position: absolute;
    inset-inline: 0;
    text-align: center;
  }
  [aria-busy='true'] > .icon,
  [aria-busy='true'] > kbd,
  [aria-busy='true'] > .words > .word {
    animation: hide 0s 300ms forwards;
  }
  [aria-busy='true'] > .words > .wait {
    animation: show 0s 300ms forwards;
  }
  [aria-busy='true'] {
    cursor: progress;
  }
  @keyframes hide {
    to {
      visibility: hidden;
    }
  }
  @keyframes show {
    to {
      visibility: visible;
    }
  }
  .toast {
    position: absolute;
    inset: calc(64px + env(safe-area-inset-top)) var(--sh-s3) auto;
    z-index: var(--sh-z-toast);
    background: var(--sh-plate-ink);
    color: var(--sh-on-plate-ink);
    border-radius: var(--sh-r3);
    min-block-size: 48px;
    padding: var(--sh-s2) var(--sh-s4);
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
    box-shadow: var(--sh-shadow-2);
    line-height: 1.45;
  }
`;
