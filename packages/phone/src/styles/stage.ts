import { css } from 'lit';

/** The call plate: band, name, facts, timer, quality, meters, messages. */
export const stage = css`
  .stage {
    display: flex;
    flex-direction: column;
    gap: var(--sh-s2);
    padding: var(--sh-s3);
    position: relative;
    overflow: hidden;
    padding-block-end: max(var(--sh-s4), env(safe-area-inset-bottom));
  }
  .plate {
    background: var(--sh-surface);
    border-radius: var(--sh-r4);
    overflow: hidden;
    box-shadow: var(--sh-shadow-1);
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  .stage > .plate {
    flex: 1;
  }
  .band {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    padding: 0 var(--sh-s4);
    min-block-size: 40px;
    font-weight: var(--sh-fw-bold);
    background: var(--sh-answer-soft);
    color: var(--sh-on-answer-soft);
    flex: none;
  }
  .band .end {
    margin-inline-start: auto;
    font-weight: var(--sh-fw-text);
    font-size: var(--sh-fs-label);
  }
  .band[data-is='in'] {
    background: var(--sh-accent);
    color: var(--sh-on-accent);
  }
  .band[data-is='dispatch'] {
    background: var(--sh-plate-ink);
    color: var(--sh-on-plate-ink);
  }
  .band[data-is='out'] {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
  }
  .band[data-is='hold'] {
    background: var(--sh-hold);
    color: var(--sh-on-hold);
  }
  .band[data-is='warn'] {
    background: var(--sh-hold-soft);
    color: var(--sh-on-hold-soft);
  }
  .band[data-is='over'] {
    background: var(--sh-press);
    color: var(--sh-ink);
  }
  .band[data-is='bad'] {
    background: var(--sh-end-soft);
    color: var(--sh-on-end-soft);
  }
  .ringing .band {
    position: relative;
    isolation: isolate;
  }
  .ringing .band::after {
    content: '';
    position: absolute;
    inset: 0;
    background: currentColor;
    opacity: 0;
    z-index: -1;
    animation: breathe var(--sh-t-ring) ease-in-out infinite;
  }
  @keyframes breathe {
    50% {
      opacity: 0.16;
    }
  }
  .who {
    padding: var(--sh-s4) var(--sh-s4) 0;
    flex: none;
  }
  .who h1,
  .who h2 {
    font-size: var(--sh-fs-name);
    line-height: var(--sh-lh-tight);
    font-weight: var(--sh-fw-bold);
    text-wrap: balance;
  }
  .who .no {
    font-size: var(--sh-fs-strong);
    color: var(--sh-ink-2);
    margin-block-start: var(--sh-s1);
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--sh-s3);
  }
  .before .who {
    padding-block-start: var(--sh-s6);
  }
  .before .who h1 {
    font-size: calc(40px * var(--sh-scale));
  }
  .before .who .no {
    font-size: var(--sh-fs-title);
    margin-block-start: var(--sh-s2);
  }
  .before .plate > .facts {
    padding: var(--sh-s4);
    border-block-start: 1px solid var(--sh-line);
    gap: var(--sh-s2) var(--sh-s4);
  }
  .facts {
    padding: var(--sh-s4) var(--sh-s4) 0;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 6px var(--sh-s4);
    font-size: var(--sh-fs-body);
    align-content: start;
  }
  .facts dt {
    color: var(--sh-ink-3);
  }
  .facts dd {
    color: var(--sh-ink);
  }
  .rest {
    flex: 1;
    min-block-size: 0;
  }
  .clock {
    display: flex;
    align-items: flex-end;
    justify-content: space-between;
    padding: var(--sh-s2) var(--sh-s4) 0;
    gap: var(--sh-s3);
  }
  .timer {
    font-size: var(--sh-fs-timer);
    font-weight: var(--sh-fw-light);
    line-height: 1;
    letter-spacing: -0.01em;
    margin-inline-start: -3px;
  }
  .quality {
    display: inline-flex;
    align-items: center;
    gap: var(--sh-s2);
    min-block-size: var(--sh-hit);
    padding-inline: var(--sh-s2);
    margin-inline-end: calc(-1 * var(--sh-s2));
    margin-block-end: -8px;
    border-radius: var(--sh-r2);
    color: var(--sh-ink-2);
    font-size: var(--sh-fs-body);
    white-space: nowrap;
  }
  .bars {
    display: inline-flex;
    align-items: flex-end;
    gap: 2px;
    block-size: 16px;
  }
  .bars i {
    inline-size: 4px;
    border-radius: 1px;
    background: var(--sh-meter-rest);
    block-size: calc(4px + 4px * var(--n));
  }
  .bars[data-q='4'] i {
    background: var(--sh-meter);
  }
  .bars[data-q='3'] i:nth-child(-n + 3),
  .bars[data-q='2'] i:nth-child(-n + 2) {
    background: var(--sh-meter-peak);
  }
  .bars[data-q='1'] i:nth-child(-n + 1) {
    background: var(--sh-lamp-bad);
  }
  .meters {
    padding: var(--sh-s4);
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--sh-s2) var(--sh-s3);
    align-items: center;
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .meter {
    block-size: 14px;
    background: var(--sh-meter-rest);
    -webkit-mask: linear-gradient(90deg, #000 66%, transparent 66%) 0 0 / 6px 100% round;
    mask: linear-gradient(90deg, #000 66%, transparent 66%) 0 0 / 6px 100% round;
    display: block;
  }
  .meter i {
    display: block;
    block-size: 100%;
    inline-size: calc(var(--v) * 100%);
    background: linear-gradient(90deg, var(--sh-meter) 80%, var(--sh-meter-peak) 80%);
    background-size: calc(100% / max(var(--v), 0.01)) 100%;
    transition: inline-size var(--sh-t-press) linear;
  }
  .meter.off {
    opacity: 0.55;
  }
  .say {
    display: flex;
    gap: var(--sh-s2);
    align-items: flex-start;
    margin: 0 var(--sh-s4) var(--sh-s4);
    padding: var(--sh-s2) var(--sh-s3);
    border-radius: var(--sh-r2);
    background: var(--sh-hold-soft);
    color: var(--sh-on-hold-soft);
    line-height: 1.5;
  }
  .say .icon {
    margin-block-start: 2px;
  }
  .say[data-is='bad'] {
    background: var(--sh-end-soft);
    color: var(--sh-on-end-soft);
  }
  .say[data-is='calm'] {
    background: var(--sh-inset);
    color: var(--sh-ink-2);
  }
  .say b {
    font-weight: var(--sh-fw-bold);
    display: block;
  }
  .cl {
    display: inline-block;
  } /* one Chinese clause: lines break between clauses, not inside a word */
  .quality:hover {
    background: var(--sh-inset);
  }
  .facts.sound {
    grid-template-columns: repeat(4, auto);
    justify-content: space-between;
    padding-block-start: var(--sh-s2);
    font-size: var(--sh-fs-label);
    grid-auto-flow: column;
    grid-template-rows: auto auto;
    gap: 0 var(--sh-s3);
  }

  .told {
    padding-block-start: var(--sh-s4);
  }
  .plate > .code {
    padding: var(--sh-s4);
  }
`;
