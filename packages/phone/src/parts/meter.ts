import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { Quality } from '../quality.ts';

/** A ladder of 4 px steps, amber from 80 % on. `share` 0..1. */
export function meter(label: string, share: number, faint = false): TemplateResult {
  return html`<span
    class="meter ${faint ? 'off' : ''}"
    role="meter"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(share * 100)}
    ><i style=${styleMap({ '--v': share.toFixed(3) })}></i
  ></span>`;
}

const barsFor: Record<Quality, number> = { good: 4, unsteady: 3, poor: 2, none: 1 };

/** Four bars; nothing lit before the first judgement. */
export function qualityBars(quality: Quality | undefined): TemplateResult {
  return html`<span class="bars" data-q=${quality ? barsFor[quality] : nothing} aria-hidden="true"
    >${[0, 1, 2, 3].map((n) => html`<i style=${styleMap({ '--n': n })}></i>`)}</span
  >`;
}
