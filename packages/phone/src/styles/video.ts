import { css } from 'lit';

/** The video stage. */
export const video = css`
  .stage.video {
    /* How high the deck is: tiles, end button, room between and below. */
    --deck: calc(
      var(--sh-hit-tile) + var(--sh-hit-primary) + 20px + max(var(--sh-s4), env(safe-area-inset-bottom))
    );
    padding: 0;
    background: #05080a;
    color: var(--sh-over);
    gap: 0;
  }
  .video .remote {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
  }
  .video .local {
    position: absolute;
    inset-block-start: 68px;
    inset-inline-end: 12px;
    inline-size: 104px;
    block-size: 144px;
    border-radius: var(--sh-r3);
    overflow: hidden;
    box-shadow:
      0 0 0 1.5px rgba(255, 255, 255, 0.85),
      0 6px 20px rgba(0, 0, 0, 0.4);
    background: #16212a;
  }
  .video .top,
  .video .deck {
    position: absolute;
    inset-inline: 0;
    transition:
      opacity var(--sh-t-base),
      transform var(--sh-t-base);
  }
  .video .top {
    inset-block-start: 0;
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
    padding: var(--sh-s3) var(--sh-s3) var(--sh-s3) var(--sh-s4);
    background: var(--sh-over-plate);
    min-block-size: 56px;
  }
  .video .top .who-line {
    font-weight: var(--sh-fw-bold);
    line-height: 1.25;
  }
  .video .top .num.t {
    font-size: var(--sh-fs-title);
    font-weight: 400;
  }
  .video .top .bars i {
    background: rgba(255, 255, 255, 0.35);
  }
  .video .top .bars[data-q='4'] i {
    background: #6fdc9d;
  }
  .video .top .bars[data-q='3'] i:nth-child(-n + 3),
  .video .top .bars[data-q='2'] i:nth-child(-n + 2) {
    background: #ffd27a;
  }
  .video .top .bars[data-q='1'] i:nth-child(-n + 1) {
    background: #ffb3ae;
  }
  .video .deck {
    inset-block-end: 0;
    background: var(--sh-over-plate);
    padding: var(--sh-s3) var(--sh-s3) max(var(--sh-s4), env(safe-area-inset-bottom));
    display: grid;
    gap: var(--sh-s2);
  }
  .video .tile {
    background: var(--sh-over-tile);
    color: var(--sh-over);
    box-shadow: none;
  }
  .video .tile[aria-expanded='true'],
  .video .tile[data-lit] {
    background: var(--sh-over-on);
    color: var(--sh-over-on-ink);
    box-shadow: none;
  }
  .video .quiet-chip {
    position: absolute;
    inset-block-end: max(16px, env(safe-area-inset-bottom));
    inset-inline-start: 12px;
    background: var(--sh-over-plate);
    border-radius: var(--sh-r2);
    padding: 6px 10px;
    display: flex;
    gap: var(--sh-s2);
    align-items: center;
    font-size: var(--sh-fs-label);
  }
  .video .quiet-chip .icon {
    color: #ffb3ae;
  }
  .video .remote {
    object-fit: cover;
  }
  .video .remote.whole {
    object-fit: contain;
  }
  .video .local {
    touch-action: none;
    cursor: grab;
    padding: 0;
    z-index: 2;
  }
  .video .local:focus-visible {
    outline-color: #fff;
  }
  .video .local video {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    display: block;
  }
  .video .local.mirrored video {
    transform: scaleX(-1);
  }
  .video .local[data-corner='top-left'] {
    inset: 68px auto auto 12px;
  }
  .video .local[data-corner='top-right'] {
    inset: 68px 12px auto auto;
  }
  .video .local[data-corner='bottom-left'] {
    inset: auto auto calc(var(--deck) + 12px) 12px;
  }
  .video .local[data-corner='bottom-right'] {
    inset: auto 12px calc(var(--deck) + 12px) auto;
  }
  .video .local.dragging {
    cursor: grabbing;
    transition: none;
  }
  .video .waiting {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    color: var(--sh-over-2);
    font-size: var(--sh-fs-strong);
    text-align: center;
    padding: var(--sh-s6);
  }
  .video .band,
  .video .say {
    position: absolute;
    z-index: 1;
    inset-inline: var(--sh-s3);
    inset-block-start: 68px;
    margin: 0;
  }
  .video.quiet .top,
  .video.quiet .deck {
    opacity: 0;
    pointer-events: none;
  }
  .video.quiet {
    cursor: none;
  }
  .video .deck {
    z-index: 1;
  }
  .video .deck .big.end {
    min-block-size: var(--sh-hit-primary);
  }
  .video :focus-visible {
    outline-color: #fff;
  }
  .video .drawer {
    color: var(--sh-ink);
  }
  .video .drawer :focus-visible {
    outline-color: var(--sh-focus);
  }
  .video > .drawer[data-kind='keypad'] {
    position: absolute;
    inset-inline: 0;
    border-radius: var(--sh-r5) var(--sh-r5) 0 0;
    z-index: var(--sh-z-sheet);
  }
  .video > .drawer {
    inset-block-end: var(--deck);
  }
  .frame.picture {
    grid-template-rows: 0 minmax(0, 1fr) auto;
  }
  .frame.picture > .bar {
    display: none;
  }

  .video .who-more {
    font-size: var(--sh-fs-label);
    color: var(--sh-over-2);
  }
  .video .local {
    display: grid;
    place-items: center;
    color: var(--sh-over);
  }
`;
