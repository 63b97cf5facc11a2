import { css } from 'lit';

/** Tiles and buttons. */
export const controls = css`
  .controls {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: var(--sh-s2);
    flex: none;
  }
  .tile {
    min-block-size: var(--sh-hit-tile);
    border-radius: var(--sh-r3);
    background: var(--sh-surface);
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 6px;
    font-size: var(--sh-fs-label);
    line-height: 1.2;
    box-shadow: var(--sh-shadow-1);
    text-align: center;
    padding: var(--sh-s1) 2px;
    position: relative;
    color: var(--sh-ink);
    transition: background var(--sh-t-fast);
  }
  .tile:hover {
    background: var(--sh-inset);
  }
  .tile:active {
    background: var(--sh-press);
  }
  .tile[aria-expanded='true'] {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
    font-weight: var(--sh-fw-bold);
    box-shadow: inset 0 0 0 2px var(--sh-accent);
  }
  .tile[data-lit] {
    font-weight: var(--sh-fw-bold);
  }
  .tile.mute[data-lit] {
    background: var(--sh-plate-ink);
    color: var(--sh-on-plate-ink);
    box-shadow: none;
  }
  .tile[aria-disabled='true'] {
    color: var(--sh-ink-3);
    background: transparent;
    box-shadow: inset 0 0 0 1px var(--sh-line);
    cursor: default;
  }
  .tile kbd {
    position: absolute;
    inset-block-start: 4px;
    inset-inline-end: 4px;
  }
  .tile[aria-expanded='true'] kbd,
  .tile[data-lit] kbd,
  .big kbd {
    color: inherit;
    border-color: currentColor;
  }

  .big {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: var(--sh-s3);
    min-block-size: var(--sh-hit-primary);
    border-radius: var(--sh-r4);
    font-size: var(--sh-fs-strong);
    font-weight: var(--sh-fw-bold);
    padding-inline: var(--sh-s4);
    flex: none;
    text-align: center;
    position: relative;
    line-height: 1.25;
    text-wrap: balance;
  }
  .big.answer {
    background: var(--sh-answer);
    color: var(--sh-on-answer);
  }
  .big.answer:active {
    background: var(--sh-answer-press);
  }
  .big.end {
    background: var(--sh-end);
    color: var(--sh-on-end);
  }
  .big.end:active {
    background: var(--sh-end-press);
  }
  .big.accent {
    background: var(--sh-accent);
    color: var(--sh-on-accent);
  }
  .big[aria-disabled='true'] {
    background: var(--sh-press);
    color: var(--sh-ink-3);
    cursor: default;
  }
  .big.plain {
    background: var(--sh-surface);
    color: var(--sh-ink);
    box-shadow: inset 0 0 0 1px var(--sh-edge);
  }
  .big.plain.flat {
    box-shadow: var(--sh-shadow-1);
  }
  .choose {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 2fr);
    gap: var(--sh-gap-danger);
    flex: none;
  }
  .choose .big {
    min-block-size: var(--sh-hit-answer);
    flex-direction: column;
    gap: 4px;
    border-radius: 20px;
  }
  .choose .big .icon {
    inline-size: 28px;
    block-size: 28px;
  }
  .choose .big.answer {
    flex-direction: row;
    gap: var(--sh-s3);
    font-size: var(--sh-fs-title);
  }
  .aside-acts {
    display: flex;
    gap: var(--sh-s2);
    flex: none;
  }
  .aside-acts .tile {
    flex: 1;
    flex-direction: row;
    min-block-size: 52px;
    gap: var(--sh-s2);
    padding-inline: var(--sh-s2);
  }
  .controls[data-tiles='5'] {
    grid-template-columns: repeat(5, minmax(0, 1fr));
  }
  .controls[data-tiles='3'] {
    grid-template-columns: repeat(3, minmax(0, 1fr));
  }
  .tile[data-lit]:not(.mute) {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
    box-shadow: inset 0 0 0 2px var(--sh-accent);
  }
  .small {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: var(--sh-hit);
    padding-inline: var(--sh-s3);
    border-radius: var(--sh-r2);
    box-shadow: inset 0 0 0 1px var(--sh-edge);
    font-weight: var(--sh-fw-bold);
    background: var(--sh-surface);
    white-space: nowrap;
    flex: none;
  }
  .small:hover {
    background: var(--sh-inset);
  }
  .small[aria-pressed='true'] {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
    box-shadow: inset 0 0 0 2px var(--sh-accent);
  }

  .choose.even {
    gap: var(--sh-gap-hit);
  }
`;
