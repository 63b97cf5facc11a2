import { css } from 'lit';

/** The dial pad and the keypad in a call. */
export const pad = css`
  .dial {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-block-size: 0;
    gap: var(--sh-s3);
  }
  .readout {
    flex: 1;
    min-block-size: 64px;
    display: flex;
    align-items: center;
    justify-content: center;
    padding-inline: var(--sh-s2);
    gap: var(--sh-s2);
    position: relative;
  }
  .pad {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 1px;
    background: var(--sh-line);
    border-radius: var(--sh-r4);
    overflow: hidden;
    flex: none;
    box-shadow: 0 0 0 1px var(--sh-line);
  }
  .key {
    block-size: var(--sh-hit-key);
    background: var(--sh-surface);
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    font-size: calc(26px * var(--sh-scale));
    line-height: 1.05;
  }
  .key small {
    font-size: 12px;
    letter-spacing: 0.1em;
    color: var(--sh-ink-3);
    min-block-size: 13px;
    line-height: 13px;
    text-indent: 0.12em;
    font-weight: var(--sh-fw-text);
  }
  .key:hover {
    background: var(--sh-inset);
  }
  .key:active,
  .key.down {
    background: var(--sh-accent-soft);
    color: var(--sh-on-accent-soft);
  }
  .key.sym {
    font-size: calc(24px * var(--sh-scale));
  }
  .dial-acts {
    display: grid;
    grid-template-columns: 1fr 2.2fr 1fr;
    gap: var(--sh-s2);
    flex: none;
  }
  .readout input {
    inline-size: 100%;
    min-inline-size: 0;
    border: 0;
    background: none;
    outline: 0;
    padding: 0;
    text-align: center;
    font-size: calc(40px * var(--sh-scale));
    line-height: 1.2;
    caret-color: var(--sh-accent);
    text-overflow: ellipsis;
  }
  .readout input.long {
    font-size: var(--sh-fs-name);
  }
  .readout input::placeholder {
    color: var(--sh-ink-3);
    opacity: 1;
    font-size: var(--sh-fs-title);
  }
  .readout:focus-within {
    border-radius: var(--sh-r3);
  }
  .readout input:focus-visible {
    outline: 2px solid var(--sh-focus);
    outline-offset: 4px;
    border-radius: var(--sh-r2);
  }
  .key {
    touch-action: manipulation;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .key:focus-visible {
    outline-offset: -4px;
  }
`;
