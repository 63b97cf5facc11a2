import { css } from 'lit';

/** Fields, the log-in form, pages and settings. */
export const forms = css`
  .seg {
    display: flex;
    border: 1px solid var(--sh-line);
    border-radius: var(--sh-r2);
    background: var(--sh-inset);
    padding: 2px;
  }
  .seg button {
    flex: 1;
    min-block-size: 38px;
    text-align: center;
    border-radius: 6px;
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
    padding-inline: var(--sh-s2);
    white-space: nowrap;
  }
  .seg button[aria-pressed='true'] {
    background: var(--sh-raised);
    color: var(--sh-on-raised);
    font-weight: var(--sh-fw-bold);
    box-shadow:
      var(--sh-shadow-1),
      0 0 0 1px var(--sh-line);
  }
  .field {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    min-block-size: var(--sh-hit);
    border: 1px solid var(--sh-edge);
    border-radius: var(--sh-r2);
    padding-inline: var(--sh-s3);
    background: var(--sh-surface);
    color: var(--sh-ink-2);
  }
  .field input,
  .field select {
    flex: 1;
    min-inline-size: 0;
    border: 0;
    background: none;
    outline: 0;
    padding-block: 10px;
    color: var(--sh-ink);
    appearance: none;
    text-overflow: ellipsis;
  }
  .field input::placeholder {
    color: var(--sh-ink-3);
    opacity: 1;
  }
  .field:focus-within {
    outline: 2px solid var(--sh-focus);
    outline-offset: 0;
    border-color: var(--sh-focus);
  }
  .field.quiet {
    border-color: transparent;
    background: var(--sh-inset);
  }
  .login > .say {
    margin: 0;
  }
  .login {
    block-size: 100%;
    overflow: auto;
    display: flex;
    flex-direction: column;
    padding: var(--sh-s6) var(--sh-s5) max(var(--sh-s6), env(safe-area-inset-bottom));
    gap: var(--sh-s4);
  }
  .login form {
    display: contents;
  }
  .login .mast {
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
  }
  .login .mast h1 {
    font-size: var(--sh-fs-title);
    font-weight: var(--sh-fw-bold);
    flex: 1;
  }
  .logo {
    inline-size: 44px;
    block-size: 44px;
    border-radius: var(--sh-r3);
    background: var(--sh-plate-ink);
    color: var(--sh-on-plate-ink);
    display: grid;
    place-items: center;
    flex: none;
  }
  .logo .icon {
    inline-size: 28px;
    block-size: 28px;
  }
  .login .hello {
    margin-block: auto 0;
  }
  .login .hello h2 {
    font-size: var(--sh-fs-name);
    font-weight: var(--sh-fw-bold);
    line-height: 1.3;
  }
  .login .hello p {
    color: var(--sh-ink-2);
    margin-block-start: var(--sh-s1);
    line-height: var(--sh-lh-text);
  }
  .lbl {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 6px;
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .lbl .field {
    font-size: var(--sh-fs-strong);
    min-block-size: 52px;
    background: var(--sh-surface);
  }
  .lbl .hint {
    color: var(--sh-ink-3);
  }
  .lbl[data-is='bad'] .field {
    border-color: var(--sh-end);
    box-shadow: inset 0 0 0 1px var(--sh-end);
  }
  .fold {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    min-block-size: var(--sh-hit);
    color: var(--sh-ink-2);
    font-size: var(--sh-fs-body);
  }
  .pre {
    display: grid;
    gap: 0;
    border-block-start: 1px solid var(--sh-line);
    padding-block-start: var(--sh-s3);
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
  }
  .pre li {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    min-block-size: 28px;
  }
  .pre .icon {
    color: var(--sh-lamp-ok);
  }

  .page {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    flex: 1;
    background: var(--sh-surface);
    border-radius: 0;
    margin: calc(-1 * var(--sh-s3));
    margin-block-end: calc(-1 * var(--sh-s4));
    overflow: hidden;
  }
  .page-head {
    display: flex;
    align-items: center;
    gap: var(--sh-s1);
    min-block-size: 56px;
    padding-inline: var(--sh-s1);
    border-block-end: 1px solid var(--sh-line);
    flex: none;
  }
  .page-head h1 {
    font-size: var(--sh-fs-strong);
    font-weight: var(--sh-fw-bold);
  }
  .page-body {
    flex: 1;
    overflow: auto;
    min-block-size: 0;
    padding: var(--sh-s2) var(--sh-s4) var(--sh-s6);
    scrollbar-width: thin;
    scrollbar-color: var(--sh-line) transparent;
  }
  .set {
    padding-block: var(--sh-s4);
    border-block-end: 1px solid var(--sh-line);
    display: grid;
    align-content: start;
    gap: var(--sh-s2);
  }
  .set:last-child {
    border: 0;
  }
  .set > .head {
    display: flex;
    align-items: center;
    gap: var(--sh-s2);
    font-weight: var(--sh-fw-bold);
    min-block-size: 28px;
  }
  .set > .head .icon {
    color: var(--sh-ink-3);
  }
  .set > .head .ok {
    margin-inline-start: auto;
    font-weight: 400;
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
    display: inline-flex;
    gap: 6px;
    align-items: center;
  }
  .set .two {
    display: flex;
    gap: var(--sh-s2);
    align-items: center;
  }
  .set .two .field {
    flex: 1;
    min-inline-size: 0;
  }
  .set p {
    font-size: var(--sh-fs-label);
    color: var(--sh-ink-2);
    line-height: 1.55;
  }
  .cam {
    aspect-ratio: 16 / 9;
    border-radius: var(--sh-r2);
    overflow: hidden;
    background: #16212a;
    max-block-size: 150px;
    inline-size: 100%;
  }
  .cam svg {
    inline-size: 100%;
    block-size: 100%;
    display: block;
  }
  .lbl[data-is='bad'] .hint {
    color: var(--sh-end-ink);
    display: flex;
    gap: 6px;
    align-items: center;
  }
  .login .big {
    inline-size: 100%;
  }
  .login .pre .icon {
    color: var(--sh-lamp-ok);
  }
  .login .pre .later .icon {
    color: var(--sh-ink-3);
  }
  .tick {
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
    min-block-size: var(--sh-hit);
    cursor: pointer;
  }
  .tick input {
    inline-size: 20px;
    block-size: 20px;
    margin: 0;
    accent-color: var(--sh-accent);
    flex: none;
  }
  .fold[aria-expanded='true'] .icon {
    transform: rotate(90deg);
  }
  .field.pick {
    position: relative;
  }
  .field.pick select {
    cursor: pointer;
    padding-inline-end: 28px;
    margin-inline-end: -28px;
  }
  .field.pick .icon {
    pointer-events: none;
  }
  .set .seg {
    flex-wrap: wrap;
  }
  .cam video {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    display: block;
  }
  .cam.mirrored video {
    transform: scaleX(-1);
  }
  .settings {
    order: 2;
    flex: 1;
    overflow: auto;
    min-block-size: 0;
    padding: 0 var(--sh-s4) var(--sh-s6);
  }
  .goto {
    display: flex;
    align-items: center;
    gap: var(--sh-s3);
    min-block-size: var(--sh-hit-row);
    inline-size: 100%;
  }
`;
