import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { iconButton } from '../parts/button.ts';
import { keyPad } from '../parts/key-pad.ts';
import type { View } from '../view.ts';

/** Keys that send tones. What was sent stands above and can be selected. */
export function keypadDrawer({ t, state, litKey, act }: View): TemplateResult {
  const tones = state.call.name === 'talking' ? state.call.tones : '';
  return html`<aside class="drawer" data-kind="keypad" aria-label=${t.call.keypad}>
    <div class="drawer-head">
      <span class="sent num clip" aria-label=${tones ? t.call.tones : nothing}
        >${tones.replace(/(?<=.)(?=.)/g, ' ')}</span
      >
      ${iconButton('x', t.close, () => act.toggleDrawer('keypad'))}
    </div>
    ${keyPad({ label: t.call.keypad, lit: litKey, press: (key) => act.press(key) })}
  </aside>`;
}
