import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Calling } from '../call-model.ts';
import { band, facts, say, who } from '../parts/band.ts';
import { bigButton } from '../parts/button.ts';
import { tiles } from '../parts/tile.ts';
import type { View } from '../view.ts';
import { callingTiles } from './call-tiles.ts';
import { besideCall } from './beside-call.ts';
import { lastWith } from './last-with.ts';
import { problemText } from './problem.ts';

/** We call: does it ring over there, and how to stop. */
export function outgoingView(view: View, call: Calling): TemplateResult {
  const { t, act, state, now } = view;
  const seconds = t.outgoing.second(Math.floor((now - call.since) / 1000));
  const last = lastWith(view, call.peer);
  const shownAs = html`<span class="num">${state.account}</span>`;
  return html`<main
    class="stage duo before ${call.peerRings ? 'ringing' : ''}"
    tabindex="-1"
    ?data-sheet=${!view.wide && state.drawer !== 'none'}
  >
    <div class="col">
      <section class="plate" aria-label=${t.call.label}>
        ${band('out', call.video ? 'video' : 'call', call.peerRings ? t.outgoing.ringing : t.outgoing.connecting, seconds)}
        ${who(call.peer)}
        <div class="rest"></div>
        ${call.problem === undefined ? nothing : say('bad', 'warn', ...problemText(call.problem, t))}
        ${facts(
          last
            ? [
                [t.outgoing.shownAs, shownAs],
                [t.incoming.last, last],
              ]
            : [[t.outgoing.shownAs, shownAs]],
        )}
      </section>
      ${tiles(callingTiles(view, call), t.call.controls)}
      ${bigButton({
        look: 'end',
        icon: 'end',
        words: t.outgoing.cancel,
        waitWords: t.outgoing.cancelling,
        waiting: call.ending,
        hint: 'F4',
        press: () => act.hangup(),
      })}
    </div>
    ${besideCall(view, call.peer)}
  </main>`;
}
