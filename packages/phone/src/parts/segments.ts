import { html } from 'lit';
import type { TemplateResult } from 'lit';

/** One of a few: all are in sight, the chosen one is raised. */
export function segments<T>(
  label: string,
  choices: [value: T, words: string][],
  chosen: T,
  choose: (value: T) => void,
): TemplateResult {
  return html`<div class="seg" role="group" aria-label=${label}>
    ${choices.map(
      ([value, words]) =>
        html`<button type="button" aria-pressed=${String(value === chosen)} @click=${() => choose(value)}>
          ${words}
        </button>`,
    )}
  </div>`;
}
