import { css } from 'lit';

/** Drawers: beside the call on a PC, a sheet over it on a phone. */
export const drawer = css`
  .drawer {
    background: var(--sh-surface);
    border-radius: var(--sh-r4);
    box-shadow: var(--sh-shadow-1);
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    overflow: hidden;
  }
  .drawer.beside {
    display: none;
  }
  .drawer.sheet {
    position: absolute;
    inset: auto 0 0;
    border-radius: var(--sh-r5) var(--sh-r5) 0 0;
    box-shadow: var(--sh-shadow-2);
    max-block-size: calc(100% - 76px);
    z-index: var(--sh-z-sheet);
    padding-block-end: env(safe-area-inset-bottom);
  }
  .drawer.sheet::before {
    content: '';
    inline-size: 36px;
    block-size: 4px;
    border-radius: 2px;
    background: var(--sh-line);
    margin: var(--sh-s2) auto 0;
    flex: none;
  }
  .scrim {
    position: absolute;
    inset: 0;
    background: var(--sh-scrim);
    z-index: calc(var(--sh-z-sheet) - 1);
  }
  .drawer-head {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    padding: var(--sh-s1) var(--sh-s1) var(--sh-s1) var(--sh-s4);
    min-block-size: 52px;
    flex: none;
  }
  .drawer-head h2 {
    font-size: var(--sh-fs-strong);
    font-weight: var(--sh-fw-bold);
    flex: 1;
  }
  .drawer-body {
    padding: 0 var(--sh-s4) var(--sh-s4);
    display: flex;
    flex-direction: column;
    gap: var(--sh-s3);
    min-block-size: 0;
    overflow: auto;
  }
  .drawer .rows {
    margin-inline: calc(-1 * var(--sh-s4));
  }
  .drawer[data-kind='keypad'] .pad {
    border-radius: 0;
    box-shadow: none;
    border-block-start: 1px solid var(--sh-line);
  }
  .sent {
    font-size: var(--sh-fs-title);
    min-block-size: 28px;
    flex: 1;
  }
  .opt {
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
    min-block-size: 52px;
    padding-inline: var(--sh-s4);
    inline-size: 100%;
  }
  .opt .tick-mark {
    margin-inline-start: auto;
    color: var(--sh-accent);
  }
  .opt[aria-checked='true'] {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
    font-weight: var(--sh-fw-bold);
  }
  .opt:not([aria-checked='true']) .tick-mark {
    visibility: hidden;
  }
  .opt .icon {
    color: inherit;
  }
  .verdict {
    padding: var(--sh-s4);
    display: flex;
    gap: var(--sh-s3);
    align-items: center;
    font-size: var(--sh-fs-title);
    font-weight: var(--sh-fw-bold);
    line-height: 1.3;
  }
  .verdict p {
    font-size: var(--sh-fs-label);
    font-weight: var(--sh-fw-text);
    color: var(--sh-ink-2);
  }
  .check {
    display: grid;
    grid-template-columns: 24px minmax(0, 1fr) auto;
    gap: 0 var(--sh-s3);
    align-items: center;
    padding: var(--sh-s3) var(--sh-s4);
    border-block-start: 1px solid var(--sh-line);
    min-block-size: 60px;
  }
  .check .icon {
    color: var(--sh-ink-3);
  }
  .check .lamp {
    justify-self: center;
  }
  .check .meter {
    margin-block-start: var(--sh-s1);
  }
  .today {
    display: grid;
    grid-template-columns: repeat(3, 1fr);
    border-block-start: 1px solid var(--sh-line);
    margin-block-start: auto;
  }
  .today div {
    padding: var(--sh-s3) var(--sh-s4);
  }
  .today div + div {
    border-inline-start: 1px solid var(--sh-line);
  }
  .today b {
    display: block;
    font-size: var(--sh-fs-title);
    font-weight: var(--sh-fw-text);
  }
  .today span.k {
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .drawer .note {
    padding-inline: var(--sh-s4);
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .sheet .pad {
    margin-block-end: var(--sh-s2);
  }
  /* The end button is never covered: it stands above the scrim, the sheet above it. */
  .stage[data-sheet] .col > .big.end {
    position: relative;
    z-index: var(--sh-z-sheet);
  }
  .stage[data-sheet]:not(.video) > .drawer.sheet.in-call {
    inset-block-end: calc(
      var(--sh-hit-primary) + max(var(--sh-s4), env(safe-area-inset-bottom)) + var(--sh-s2)
    );
    border-radius: var(--sh-r5);
    inset-inline: var(--sh-s2);
    max-block-size: calc(100% - var(--sh-hit-primary) - 40px);
  }

  .opts {
    overflow: auto;
    padding-block-end: var(--sh-s2);
  }
  .failed {
    color: var(--sh-end-ink);
  }
`;
