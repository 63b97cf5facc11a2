import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Lamp } from '../line-words.ts';

/** Differs by shape as well as by colour; the words beside it say what it means. */
export function lamp(is: Lamp): TemplateResult {
  return html`<span class="lamp" data-lamp=${is}></span>`;
}
