import { css } from 'lit';

/** The frame, the line bar, the lamp and the tabs. */
export const frame = css`
  /* One column; from 860 px on rail, list and stage side by side. */
  .frame {
    display: grid;
    block-size: 100%;
    grid: 'bar' auto 'body' minmax(0, 1fr) 'tabs' auto / minmax(0, 1fr);
    padding-block-start: env(safe-area-inset-top);
  }
  .bar {
    grid-area: bar;
  }
  .list,
  .stage {
    grid-area: body;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .tabs {
    grid-area: tabs;
  }
  @container handset (max-width: 859.98px) {
    .frame[data-show='stage'] > .list,
    .frame[data-show='list'] > .stage,
    .frame[data-tabs='off'] > .tabs {
      display: none;
    }
    .wide-only {
      display: none;
    }
  }
  .bar {
    display: flex;
    align-items: center;
    gap: var(--sh-s1);
    padding: var(--sh-s1) var(--sh-s1) var(--sh-s1) var(--sh-s3);
    background: var(--sh-surface);
    border-block-end: var(--sh-hair) solid var(--sh-line);
    min-block-size: 56px;
  }
  .bar-state {
    display: grid;
    grid: 'lamp word' auto 'lamp line' auto / auto minmax(0, 1fr);
    column-gap: var(--sh-s3);
    align-items: center;
    flex: 1;
    min-inline-size: 0;
    min-block-size: 48px;
    align-content: center;
    padding-inline: var(--sh-s1);
    border-radius: var(--sh-r2);
  }
  .bar-state .lamp {
    grid-area: lamp;
    inline-size: 14px;
    block-size: 14px;
    margin-inline: 4px;
  }
  .bar-state .lamp[data-lamp='ok'] {
    box-shadow: 0 0 0 4px var(--sh-answer-soft);
  }
  .bar-word {
    grid-area: word;
    font-weight: var(--sh-fw-bold);
    line-height: 1.3;
  }
  .bar-line {
    grid-area: line;
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
    line-height: 1.3;
  }
  .bar[data-lamp='wait'] {
    background: var(--sh-hold-soft);
    color: var(--sh-on-hold-soft);
  }
  .bar[data-lamp='bad'] {
    background: var(--sh-end-soft);
    color: var(--sh-on-end-soft);
  }
  .bar[data-lamp='wait'] .bar-line,
  .bar[data-lamp='bad'] .bar-line {
    color: inherit;
  }

  /* A lamp differs by shape as well as by colour. */
  .lamp {
    inline-size: 12px;
    block-size: 12px;
    border-radius: var(--sh-round);
    flex: none;
    display: inline-block;
    position: relative;
    background: var(--lamp, var(--sh-lamp-off));
  }
  .lamp[data-lamp='ok'] {
    --lamp: var(--sh-lamp-ok);
  }
  .lamp[data-lamp='wait'] {
    --lamp: var(--sh-lamp-wait);
    background: linear-gradient(90deg, var(--lamp) 50%, transparent 50%);
    box-shadow: inset 0 0 0 2px var(--lamp);
  }
  .lamp[data-lamp='bad'] {
    --lamp: var(--sh-lamp-bad);
    border-radius: 2px;
    transform: rotate(45deg) scale(0.84);
  }
  .lamp[data-lamp='busy'] {
    --lamp: var(--sh-lamp-bad);
  }
  .lamp[data-lamp='busy']::after {
    content: '';
    position: absolute;
    inset: 5px 2.5px;
    background: var(--sh-surface);
    border-radius: 1px;
  }
  .lamp[data-lamp='off'] {
    background: transparent;
    box-shadow: inset 0 0 0 2px var(--sh-lamp-off);
  }

  .icon-btn {
    inline-size: var(--sh-hit);
    block-size: var(--sh-hit);
    display: inline-grid;
    place-items: center;
    border-radius: var(--sh-r2);
    flex: none;
    color: var(--sh-ink-2);
  }
  .bar .icon-btn {
    color: inherit;
  }
  .icon-btn:hover,
  .bar-state:hover {
    background: var(--sh-inset);
  }
  .icon-btn.call:hover {
    color: var(--sh-lamp-ok);
  }
  .bar .small {
    background: transparent;
    box-shadow: inset 0 0 0 1px currentColor;
    margin-inline-end: var(--sh-s1);
  }
  .tabs {
    display: flex;
    background: var(--sh-surface);
    border-block-start: var(--sh-hair) solid var(--sh-line);
    padding-block-end: env(safe-area-inset-bottom);
  }
  .tabs .brand {
    display: none;
  }
  .tab {
    flex: 1;
    min-inline-size: 0;
    block-size: 60px;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 3px;
    color: var(--sh-ink-2);
    font-size: var(--sh-fs-caption);
    position: relative;
    line-height: 1.2;
  }
  .tab[aria-current] {
    color: var(--sh-accent);
    font-weight: var(--sh-fw-bold);
  }
  .tab[aria-current]::before {
    content: '';
    position: absolute;
    background: var(--sh-accent);
    inset: -1px 22% auto;
    block-size: 3px;
    border-radius: 0 0 3px 3px;
  }
`;
