import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';

export interface BigButton {
  look: 'answer' | 'end' | 'accent' | 'plain';
  icon?: IconName;
  words: string;
  /** Shown instead of the words from 300 ms on while `waiting`. */
  waitWords?: string;
  waiting?: boolean;
  disabled?: boolean;
  hint?: string;
  flat?: boolean;
  press: () => void;
}

/** A button of full height. While it waits it keeps its place and cannot be pressed twice. */
export function bigButton(button: BigButton): TemplateResult {
  const idle = button.waiting !== true && button.disabled !== true;
  return html`<button
    type="button"
    class="big ${button.look} ${button.flat ? 'flat' : ''}"
    aria-busy=${button.waiting ? 'true' : nothing}
    aria-disabled=${idle ? nothing : 'true'}
    aria-keyshortcuts=${button.hint ?? nothing}
    @click=${() => idle && button.press()}
  >
    ${button.icon ? icon(button.icon) : nothing}
    <span class="words"
      ><span class="word">${button.words}</span
      ><span class="wait" aria-hidden="true">${button.waitWords ?? button.words}</span></span
    >
    ${button.hint ? html`<kbd aria-hidden="true">${button.hint}</kbd>` : nothing}
  </button>`;
}

/** An icon that needs no word in sight; the word is its name. */
export function iconButton(name: IconName, words: string, press: () => void): TemplateResult {
  return html`<button type="button" class="icon-btn" aria-label=${words} title=${words} @click=${press}>
    ${icon(name)}
  </button>`;
}

export function smallButton(words: string, press: () => void, name?: IconName): TemplateResult {
  return html`<button type="button" class="small" @click=${press}>
    ${name ? icon(name, 'm') : nothing}<span>${words}</span>
  </button>`;
}
