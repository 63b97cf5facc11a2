import { css } from 'lit';

/** Lists of calls. */
export const lists = css`
  .list {
    display: flex;
    flex-direction: column;
    background: var(--sh-surface);
    position: relative;
  }
  .rows {
    order: 2;
    flex: 1;
    overflow: auto;
    min-block-size: 0;
    scrollbar-width: thin;
    scrollbar-color: var(--sh-line) transparent;
  }
  .group {
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-3);
    font-weight: var(--sh-fw-bold);
    padding: var(--sh-s4) var(--sh-s4) var(--sh-s1);
    display: flex;
    justify-content: space-between;
  }
  .row {
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
    min-block-size: var(--sh-hit-row);
    padding: var(--sh-s1) var(--sh-s1) var(--sh-s1) var(--sh-s4);
    position: relative;
  }
  .row::after {
    content: '';
    position: absolute;
    inset: auto 0 0 var(--row-in, 52px);
    block-size: 1px;
    background: var(--sh-line);
    opacity: 0.7;
  }
  .row:last-child::after {
    display: none;
  }
  .row:hover {
    background: var(--sh-inset);
  }
  .row-name {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    font-size: var(--sh-fs-body);
    font-weight: var(--sh-fw-medium);
    min-inline-size: 0;
  }
  .row-sub {
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .row-meta {
    text-align: end;
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
    white-space: nowrap;
    line-height: 1.45;
  }
  .row-meta .num {
    display: block;
  }
  .row.missed .row-name > .clip,
  .row.missed > .icon {
    color: var(--sh-end-ink);
  }
  .row > .icon-m {
    color: var(--sh-ink-3);
  }
  .tag {
    display: inline-flex;
    align-items: center;
    gap: 3px;
    font-size: var(--sh-fs-caption);
    line-height: 18px;
    padding-inline: 5px;
    border-radius: var(--sh-r1);
    border: 1px solid var(--sh-line);
    color: var(--sh-ink-2);
    white-space: nowrap;
    flex: none;
    font-weight: var(--sh-fw-text);
  }
  .tag .icon {
    inline-size: 14px;
    block-size: 14px;
    stroke-width: 2;
  }
  .tag[data-type='dispatch'] {
    background: var(--sh-plate-ink);
    color: var(--sh-on-plate-ink);
    border-color: var(--sh-plate-ink);
  }
  .tag[data-type='auto'] {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
    border-color: transparent;
  }
  .row-sub.tagged {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-block-start: 2px;
  }
  .list > .notice {
    order: 2;
  }
  .recents .rows {
    order: 0;
  }
  .recents .hint {
    padding: var(--sh-s2) var(--sh-s4);
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .tools {
    order: 1;
    display: grid;
    gap: var(--sh-s2);
    padding: var(--sh-s2) var(--sh-s3);
    border-block-start: 1px solid var(--sh-line);
  }
  @container handset (min-width: 860px) {
    .tools {
      order: -1;
      border-block: 0;
    }
  }
  .tools-row {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--sh-s2);
  }
  .tools .seg {
    flex: 1;
    max-inline-size: 220px;
  }
  .tools .ask {
    font-weight: var(--sh-fw-bold);
  }
  .recents .row .icon-btn:not(.call) {
    color: var(--sh-ink-3);
  }
  .badge {
    position: absolute;
    inset-block-start: 6px;
    inset-inline-start: calc(50% + 6px);
    min-inline-size: 18px;
    block-size: 18px;
    padding-inline: 5px;
    border-radius: 9px;
    background: var(--sh-end);
    color: var(--sh-on-end);
    font-size: var(--sh-fs-caption);
    line-height: 18px;
    font-weight: var(--sh-fw-bold);
  }
  .row.still {
    padding-inline-end: var(--sh-s4);
  }
  .row > .icon-btn[aria-disabled] {
    opacity: 0.4;
    cursor: default;
  }
`;
