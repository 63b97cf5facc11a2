import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';

/** ITU-T E.161: letters on the keys. */
const keys: [key: string, letters: string][] = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
];

const longPressMs = 500;

export interface KeyPad {
  label: string;
  /** The key whose tone sounds. */
  lit: string;
  press: (key: string) => void;
  /** A long press on 0; without it there is none. */
  longZero?: () => void;
}

/** Twelve keys in one block with hairlines between them. */
export function keyPad(pad: KeyPad): TemplateResult {
  return html`<div class="pad" role="group" aria-label=${pad.label}>
    ${keys.map(([key, letters]) => {
      const symbol = key === '*' || key === '#';
      const zero = key === '0' ? pad.longZero : undefined;
      return html`<button
        type="button"
        class="key ${symbol ? 'sym' : ''} ${pad.lit === key ? 'down' : ''}"
        data-key=${key}
        aria-label=${`${key} ${letters}`.trim()}
        @click=${(event: Event) => takeLongPress(event) || pad.press(key)}
        @pointerdown=${zero ? (event: PointerEvent) => watchLongPress(event, zero) : nothing}
      >
        <span class="num">${key === '*' ? '✱' : key}</span>
        ${symbol ? nothing : html`<small>${letters}</small>`}
      </button>`;
    })}
  </div>`;
}

/** Marks the button while a long press has done its work, so that the click that follows does nothing. */
export function watchLongPress(event: PointerEvent, action: () => void): void {
  const button = event.currentTarget;
  if (!(button instanceof HTMLElement)) return;
  delete button.dataset.longPressed;
  const timer = setTimeout(() => {
    button.dataset.longPressed = '';
    action();
  }, longPressMs);
  const stop = (): void => clearTimeout(timer);
  for (const type of ['pointerup', 'pointerleave', 'pointercancel'])
    button.addEventListener(type, stop, { once: true });
}

/** True when this click only ends a long press. */
export function takeLongPress(event: Event): boolean {
  const button = event.currentTarget;
  if (!(button instanceof HTMLElement) || button.dataset.longPressed === undefined) return false;
  delete button.dataset.longPressed;
  return true;
}
