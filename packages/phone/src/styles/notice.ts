import { css } from 'lit';

/** Something is in the way: what is the case, what to do. */
export const notice = css`
  .notice {
    flex: 1;
    display: flex;
    flex-direction: column;
    justify-content: safe center;
    overflow: auto;
    min-block-size: 0;
    gap: var(--sh-s3);
    padding: var(--sh-s6) var(--sh-s4);
    max-inline-size: 460px;
    margin-inline: auto;
    inline-size: 100%;
  }
  .notice .mark {
    inline-size: 56px;
    block-size: 56px;
    border-radius: var(--sh-r3);
    display: grid;
    place-items: center;
    background: var(--sh-end-soft);
    color: var(--sh-on-end-soft);
  }
  .notice .mark[data-is='warn'] {
    background: var(--sh-hold-soft);
    color: var(--sh-on-hold-soft);
  }
  .notice .mark[data-is='calm'] {
    background: var(--sh-press);
    color: var(--sh-ink-2);
  }
  .notice h1,
  .notice h2 {
    font-size: var(--sh-fs-title);
    font-weight: var(--sh-fw-bold);
    line-height: 1.35;
    text-wrap: balance;
  }
  .notice p {
    color: var(--sh-ink-2);
    line-height: var(--sh-lh-text);
    text-wrap: pretty;
  }
  .notice ol {
    display: grid;
    gap: var(--sh-s2);
    counter-reset: n;
    color: var(--sh-ink);
  }
  .notice ol li {
    counter-increment: n;
    display: grid;
    grid-template-columns: 24px minmax(0, 1fr);
    gap: var(--sh-s2);
    line-height: 1.5;
  }
  .notice ol li::before {
    content: counter(n);
    inline-size: 22px;
    block-size: 22px;
    border-radius: var(--sh-r1);
    background: var(--sh-press);
    font-size: var(--sh-fs-label);
    line-height: 22px;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .notice .acts {
    display: grid;
    gap: var(--sh-s2);
    margin-block-start: var(--sh-s2);
  }
  .addr {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    border-radius: var(--sh-round);
    background: var(--sh-surface);
    border: 1px solid var(--sh-line);
    padding: var(--sh-s2) var(--sh-s3) var(--sh-s2) var(--sh-s2);
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .addr .here {
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    display: grid;
    place-items: center;
    box-shadow: 0 0 0 2px var(--sh-accent);
    color: var(--sh-accent);
    flex: none;
  }

  .addr .here.plain {
    box-shadow: none;
  }
  .notice > * {
    flex-shrink: 0;
  }
`;
