import { css } from 'lit';

/** What changes with the size of the element itself: narrow, low, between, wide. Never the window's. */
export const layout = css`
  .col {
    display: contents;
  }
  .col > .plate {
    flex: 1;
  }
  @container handset (max-width: 366px) {
    .stage {
      padding: var(--sh-s2);
      padding-block-end: var(--sh-s3);
    }
    .page {
      margin: calc(-1 * var(--sh-s2));
      margin-block-end: calc(-1 * var(--sh-s3));
    }
    .row {
      padding-inline-start: var(--sh-s3);
      gap: var(--sh-s2);
    }
    .controls {
      gap: 6px;
    }
    .choose {
      gap: var(--sh-s3);
    }
    .choose .big {
      padding-inline: var(--sh-s2);
    }
    .login {
      padding-inline: var(--sh-s4);
    }
    .today div {
      padding-inline: var(--sh-s2);
    }
  }
  @container handset (max-height: 740px) {
    .key {
      block-size: min(var(--sh-hit-key), 54px);
    }
    .readout {
      min-block-size: 52px;
    }
    .timer {
      font-size: calc(44px * var(--sh-scale));
    }
    .facts {
      padding-block-start: var(--sh-s3);
    }
    .before .who {
      padding-block-start: var(--sh-s4);
    }
  }
  @container handset (max-height: 740px) and (max-width: 859.98px) {
    [data-drawer='keypad'] .plate > .meters,
    [data-drawer='keypad'] .plate > .facts {
      display: none;
    }
    [data-drawer='keypad'] .plate > .clock {
      padding-block-end: var(--sh-s3);
    }
  }
  @container handset (max-height: 680px) {
    .band {
      min-block-size: 36px;
    }
    .login .hello {
      margin-block: 0;
    }
  }
  @container handset (max-height: 600px) and (max-width: 859.98px) {
    [data-drawer='keypad'] .plate > .who {
      padding-block-start: var(--sh-s2);
    }
    [data-drawer='keypad'] .plate > .who :is(h1, .no),
    [data-drawer='keypad'] .timer {
      font-size: var(--sh-fs-strong);
    }
    [data-drawer='keypad'] .timer {
      font-weight: var(--sh-fw-text);
      margin: 0;
    }
    [data-drawer='keypad'] .plate > .clock {
      align-items: center;
      padding-block: 0;
    }
    [data-drawer='keypad'] .quality {
      margin-block: 0;
    }
    .key {
      block-size: 46px;
    }
    .key small {
      display: none;
    }
    .plate {
      overflow-y: auto;
    }
    .plate > * {
      flex-shrink: 0;
    }
    .dial {
      gap: var(--sh-s2);
    }
    .dial-acts .big {
      min-block-size: 48px;
    }
  }
  @container handset (min-width: 480px) and (max-width: 859.98px) {
    .stage:not(.video) > *:not(.scrim),
    .col > * {
      inline-size: 100%;
      max-inline-size: 460px;
      margin-inline: auto;
    }
    .login {
      inline-size: 100%;
      max-inline-size: 500px;
      margin-inline: auto;
    }
    .page {
      margin-block: 0;
      border-radius: var(--sh-r4);
    }
    .drawer.sheet {
      inset-inline: max(0px, calc(50% - 230px));
      inline-size: auto;
    }
  }
  /* A phone on its side: what is said at the left, what is pressed at the right. */
  @container handset (max-height: 479.98px) and (min-width: 560px) and (max-width: 859.98px) {
    .stage:not(.video) > *:not(.scrim),
    .col > * {
      max-inline-size: none;
    }
    .tab {
      flex-direction: row;
      block-size: 44px;
    }
    .dial {
      display: grid;
      grid: 'readout pad' minmax(0, 1fr) 'first pad' auto 'acts pad' auto / minmax(0, 1fr) minmax(0, 1fr);
      gap: var(--sh-s3);
    }
    .dial > .pad {
      grid-area: pad;
      align-self: end;
    }
    .dial > .first {
      grid-area: first;
    }
    .col {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr);
      gap: var(--sh-s2) var(--sh-s3);
      flex: 1;
      min-block-size: 0;
    }
    .col > .plate {
      grid-row: 1 / span 4;
    }
    .col > :not(.plate) {
      grid-column: 2;
      align-self: end;
    }
    .before .who h1 {
      font-size: var(--sh-fs-name);
    }
    .col > .drawer .drawer-head {
      min-block-size: 32px;
    }
    [data-drawer='keypad'] .col > .controls {
      display: none;
    }
    .video .deck {
      grid-template-columns: minmax(0, 1fr) 172px;
    }
    .stage.video {
      --deck: calc(var(--sh-hit-tile) + 28px);
    }
    .video .deck .big.end {
      block-size: 100%;
    }
  }
  @container handset (min-width: 860px) {
    .frame,
    .frame.picture {
      grid: 'tabs bar stage' auto 'tabs list stage' minmax(0, 1fr) / 76px 340px minmax(0, 1fr);
    }
    .frame.picture > .bar {
      display: flex;
    }
    .frame > .list {
      grid-area: list;
      display: flex;
      border-inline-end: 1px solid var(--sh-line);
    }
    .frame > .bar {
      border-inline-end: 1px solid var(--sh-line);
      min-block-size: 64px;
    }
    .frame > .stage {
      grid-area: stage;
      display: flex;
      padding: var(--sh-s5);
    }
    .frame > .stage.video {
      padding: 0;
    }
    .frame > .tabs {
      display: flex;
      flex-direction: column;
      border: 0;
      border-inline-end: 1px solid var(--sh-line);
      padding-block: var(--sh-s3);
      gap: var(--sh-s1);
    }
    .tabs .brand {
      display: grid;
      margin: 0 auto var(--sh-s3);
    }
    .tab {
      flex: none;
      block-size: 60px;
      margin-inline: var(--sh-s2);
      border-radius: var(--sh-r2);
    }
    .tab:hover {
      background: var(--sh-inset);
    }
    .tab:last-child {
      margin-block-start: auto;
    }
    .tab[aria-current] {
      background: var(--sh-accent-soft);
      color: var(--sh-on-accent-soft);
    }
    .tab[aria-current]::before {
      display: none;
    }
    .handset kbd {
      display: inline-block;
    }
    .list-head {
      padding: var(--sh-s3) var(--sh-s4);
      border-block-end: 1px solid var(--sh-line);
    }

    .frame > .stage.duo {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 300px;
      gap: var(--sh-s3);
    }
    .duo > .col {
      display: flex;
      flex-direction: column;
      gap: var(--sh-s3);
      min-block-size: 0;
      min-inline-size: 0;
    }
    .frame > .stage.dialing {
      display: grid;
      grid-template-columns: minmax(320px, 400px) minmax(260px, 1fr);
      gap: var(--sh-s5);
      align-items: stretch;
    }
    .drawer.beside {
      display: flex;
    }
    .timer {
      font-size: calc(72px * var(--sh-scale));
      margin-inline-start: -5px;
    }
    .who {
      padding: var(--sh-s6) var(--sh-s6) 0;
    }
    .who h1 {
      font-size: var(--sh-fs-number);
    }
    .facts,
    .before .plate > .facts {
      padding-inline: var(--sh-s6);
    }
    .before .plate > .facts {
      padding-block: var(--sh-s5) var(--sh-s6);
    }
    .clock {
      padding-inline: var(--sh-s6);
    }
    .meters {
      padding: var(--sh-s5) var(--sh-s6) var(--sh-s6);
    }
    .drawer .meters {
      padding: var(--sh-s4);
    }
    .say {
      margin-inline: var(--sh-s6);
    }
    .band {
      padding-inline: var(--sh-s6);
      min-block-size: 44px;
    }
    .readout {
      flex: none;
      block-size: 76px;
      background: var(--sh-surface);
      border-radius: var(--sh-r4);
      box-shadow: inset 0 0 0 1px var(--sh-edge);
      padding-inline: var(--sh-s5);
    }
    .readout input {
      font-size: var(--sh-fs-number);
      text-align: start;
    }
    .readout:focus-within {
      outline: 2px solid var(--sh-focus);
      outline-offset: 0;
      border-radius: var(--sh-r4);
    }
    .readout input:focus-visible {
      outline: 0;
    }
    .pad {
      margin-block-start: auto;
    }
    .page {
      margin: 0;
      border-radius: var(--sh-r4);
      box-shadow: var(--sh-shadow-1);
    }
    .page-head {
      padding-inline: var(--sh-s5);
      min-block-size: 60px;
    }
    .page-body {
      padding-inline: var(--sh-s5);
    }
    .plate > .code {
      padding-inline: var(--sh-s6);
    }
    .page-body.grid {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 0 var(--sh-s8);
      align-content: start;
    }
    .choose .big {
      flex-direction: row;
      gap: var(--sh-s3);
    }

    .video .top {
      min-block-size: 64px;
      padding-inline: var(--sh-s5);
    }
    .video .local {
      inline-size: 216px;
      block-size: 135px;
    }
    .video .local[data-corner='top-left'] {
      inset: 76px auto auto 20px;
    }
    .video .local[data-corner='top-right'] {
      inset: 76px 20px auto auto;
    }
    .video .local[data-corner='bottom-left'] {
      inset: auto auto 128px 20px;
    }
    .video .local[data-corner='bottom-right'] {
      inset: auto 20px 128px auto;
    }
    .video .deck {
      inset-inline: 0;
      margin-inline: auto;
      inset-block-end: 20px;
      inline-size: min(720px, calc(100% - 32px));
      border-radius: var(--sh-r4);
      grid-template-columns: minmax(0, 1fr) 172px;
      padding: var(--sh-s3);
    }
    .video .deck .big.end {
      block-size: 100%;
      border-radius: var(--sh-r3);
    }
    .video .deck kbd {
      color: inherit;
      border-color: rgba(255, 255, 255, 0.4);
    }
    .stage.video > .drawer,
    .stage.video > .drawer[data-kind='keypad'] {
      position: absolute;
      inset: 76px 20px auto auto;
      inline-size: 300px;
      max-block-size: calc(100% - 220px);
      border-radius: var(--sh-r4);
      z-index: 3;
    }
    .login {
      display: grid;
      grid-template-columns: minmax(0, 400px);
      justify-content: center;
      align-content: center;
      gap: var(--sh-s4);
    }
    .login .hello {
      margin: var(--sh-s5) 0 0;
    }
    .toast {
      inset: auto 20px 20px auto;
      max-inline-size: 420px;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .ringing .band::after {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .plate,
    .tile,
    .key,
    .big,
    .small,
    .drawer,
    .tag,
    .seg,
    .page,
    .toast,
    .band,
    .notice .mark {
      border: 1px solid ButtonText;
    }
    .tile[data-lit],
    .tile[aria-expanded='true'],
    .seg button[aria-pressed='true'],
    .opt[aria-checked='true'] {
      outline: 3px solid Highlight;
      outline-offset: -4px;
    }
    .lamp,
    .meter,
    .meter i,
    .bars i {
      forced-color-adjust: none;
    }
    .icon {
      stroke: CanvasText;
    }
    button .icon {
      stroke: ButtonText;
    }
  }
  :host([theme='contrast']) :is(.plate, .tile, .drawer, .page, .big.plain) {
    box-shadow: inset 0 0 0 1px var(--sh-edge);
  }
`;
