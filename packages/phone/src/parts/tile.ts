import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';

export interface Tile {
  icon: IconName;
  words: string;
  /** Lit means: this is not a plain call. */
  lit?: boolean;
  /** The tile opens something; its word stays, so the state is told apart. */
  open?: boolean;
  mute?: boolean;
  disabled?: boolean;
  hint?: string;
  press: () => void;
}

export function tile(one: Tile): TemplateResult {
  return html`<button
    type="button"
    class="tile ${one.mute ? 'mute' : ''}"
    ?data-lit=${one.lit}
    aria-expanded=${one.open === undefined ? nothing : String(one.open)}
    aria-disabled=${one.disabled ? 'true' : nothing}
    aria-keyshortcuts=${one.hint ?? nothing}
    @click=${() => one.disabled !== true && one.press()}
  >
    ${icon(one.icon)}<span>${one.words}</span>${
      one.hint ? html`<kbd aria-hidden="true">${one.hint}</kbd>` : nothing
    }
  </button>`;
}

/** Four in a row; the order is fixed, tiles never move. */
export function tiles(all: Tile[], label: string): TemplateResult {
  return html`<div class="controls" role="group" aria-label=${label} data-tiles=${all.length}>
    ${all.map(tile)}
  </div>`;
}
