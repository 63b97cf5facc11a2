import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Peer } from '../call-record.ts';
import type { View } from '../view.ts';
import { deviceDrawer } from './device-drawer.ts';
import { keypadDrawer } from './keypad-drawer.ts';
import { readiness } from './readiness.ts';
import { recordRow } from './records.ts';

/** What stands beside a call: an open drawer, else on a PC the calls with the same number. */
export function besideCall(view: View, peer: Peer): TemplateResult | typeof nothing {
  switch (view.state.drawer) {
    case 'keypad':
      return view.wide ? keypadDrawer(view) : nothing; // On a phone it stands among the controls.
    case 'device':
      return deviceDrawer(view);
    case 'ready':
      return readiness(view, 'sheet');
    case 'none':
      return view.wide ? withCaller(view, peer) : nothing;
  }
}

function withCaller(view: View, peer: Peer): TemplateResult {
  const { t, state } = view;
  const records = state.records.filter((record) => record.peer.number === peer.number);
  return html`<aside class="drawer beside" aria-label=${t.records.withCaller}>
    <div class="drawer-head"><h2>${t.records.withCaller}</h2></div>
    ${
      records.length
        ? html`<div class="drawer-body">
            <ul class="rows">
              ${records.map((record) => recordRow(view, record, 'in'))}
            </ul>
          </div>`
        : html`<p class="note">${t.records.nothingWith}</p>`
    }
  </aside>`;
}
