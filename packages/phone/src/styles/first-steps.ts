import { css } from 'lit';

/** What somebody tries first: a card between the number and the pad. */
export const firstSteps = css`
  .first {
    flex: none;
    background: var(--sh-surface);
    border-radius: var(--sh-r4);
    box-shadow: var(--sh-shadow-1);
    overflow: hidden;
  }
  .first > .row {
    inline-size: 100%;
    text-align: start;
    padding-inline-end: var(--sh-s4);
  }
  .first > .row > .icon {
    color: var(--sh-accent);
  }
  .first > .row > .icon-m {
    color: var(--sh-ink-3);
  }
  .first .row-sub {
    display: block;
  }
  .first > .row[aria-disabled] {
    color: var(--sh-ink-3);
    cursor: default;
  }
  .first > .row:focus-visible {
    outline-offset: -4px;
    border-radius: var(--sh-r4);
  }
  .first > p {
    padding: var(--sh-s3) var(--sh-s4);
    font-size: var(--sh-fs-label);
    line-height: 1.5;
    color: var(--sh-ink-2);
    user-select: text;
  }
  @container handset (max-height: 740px) {
    .first > p,
    .first > .row:nth-last-child(2)::after {
      display: none;
    }
    .first > .row {
      min-block-size: 52px;
    }
  }
  @container handset (max-height: 600px) and (max-width: 859.98px) {
    .first > .row {
      min-block-size: 44px;
    }
    .first .row-sub {
      display: none;
    }
  }
`;
