import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import { bigButton } from '../parts/button.ts';
import { keyPad, takeLongPress, watchLongPress } from '../parts/key-pad.ts';
import type { View } from '../view.ts';
import { firstSteps } from './first-steps.ts';
import { readiness } from './readiness.ts';

/** Idle: the number, the pad, and the call buttons under the thumb. */
export function dialView(view: View): TemplateResult {
  return html`<main class="stage dialing" tabindex="-1">
    <div class="dial">${readout(view)} ${firstSteps(view)} ${pad(view)} ${buttons(view)}</div>
    ${view.wide ? readiness(view, 'beside') : nothing}
  </main>`;
}

function readout({ t, state, act }: View): TemplateResult {
  return html`<div class="readout">
    <input
      class="num ${state.dialled.length > 14 ? 'long' : ''}"
      id="number"
      inputmode="none"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      aria-label=${t.dial.number}
      placeholder=${t.dial.number}
      .value=${state.dialled}
      @input=${(event: InputEvent) => takeInput(event, act)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && !event.isComposing) act.call(false);
      }}
    />
  </div>`;
}

/** What cannot be dialled does not stay in the field. */
function takeInput(event: Event, act: View['act']): void {
  const field = event.target;
  if (!(field instanceof HTMLInputElement)) return;
  const after = field.value.length - (field.selectionEnd ?? field.value.length);
  act.setNumber(field.value);
  queueMicrotask(() => {
    const caret = Math.max(0, field.value.length - after);
    field.setSelectionRange(caret, caret);
  });
}

function pad({ t, litKey, act, state }: View): TemplateResult {
  return keyPad({
    label: t.dial.keypad,
    lit: litKey,
    press: (key) => act.press(key),
    longZero: () => act.setNumber(`${state.dialled}+`),
  });
}

function buttons({ t, state, act }: View): TemplateResult {
  const canCall = state.line.name === 'up' && state.dialled !== '';
  return html`<div class="dial-acts">
    <button
      type="button"
      class="big plain flat"
      aria-label=${t.dial.videoCall}
      title=${t.dial.videoCall}
      aria-disabled=${canCall ? nothing : 'true'}
      @click=${() => canCall && act.call(true)}
    >
      ${icon('video')}
    </button>
    ${bigButton({
      look: 'answer',
      icon: 'call',
      words: t.dial.call,
      disabled: !canCall,
      hint: 'Enter',
      press: () => act.call(false),
    })}
    <button
      type="button"
      class="big plain flat"
      aria-label=${t.dial.erase}
      title=${t.dial.erase}
      @click=${(event: Event) => takeLongPress(event) || act.erase()}
      @pointerdown=${(event: PointerEvent) => watchLongPress(event, () => act.erase(true))}
    >
      ${icon('back')}
    </button>
  </div>`;
}
