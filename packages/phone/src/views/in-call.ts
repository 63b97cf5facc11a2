import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Talking } from '../call-model.ts';
import { formatDuration } from '../number.ts';
import { band, facts, kindTag, say, who } from '../parts/band.ts';
import { bigButton } from '../parts/button.ts';
import { meter, qualityBars } from '../parts/meter.ts';
import { tiles } from '../parts/tile.ts';
import type { View } from '../view.ts';
import { besideCall } from './beside-call.ts';
import { callTiles } from './call-tiles.ts';
import { keypadDrawer } from './keypad-drawer.ts';
import { problemText } from './problem.ts';

/** A plain call: who, how long, how it sounds, and what one can do. */
export function inCallView(view: View, call: Talking): TemplateResult {
  const { t, state } = view;
  const sheet = !view.wide && (state.drawer === 'device' || state.drawer === 'ready');
  return html`<main
    class="stage duo"
    tabindex="-1"
    data-drawer=${state.drawer === 'none' ? nothing : state.drawer}
    ?data-sheet=${sheet}
  >
    <div class="col">
      <section class="plate" aria-label=${t.call.label}>
        ${
          state.line.name === 'up'
            ? band('talking', 'call', t.call.talking, kindTag(call.kind, t))
            : band('warn', 'refresh', t.call.recovering)
        }
        ${who(call.peer)} ${known(view, call)}
        <div class="rest"></div>
        ${callMessage(view, call)} ${clock(view, call)} ${soundFacts(view)} ${meters(view, call)}
      </section>
      ${tiles(callTiles(view, call), t.call.controls)}
      ${!view.wide && state.drawer === 'keypad' ? keypadDrawer(view) : nothing} ${endButton(view, call)}
    </div>
    ${besideCall(view, call.peer)}
  </main>`;
}

export function endButton({ t, act }: View, call: Talking): TemplateResult {
  return bigButton({
    look: 'end',
    icon: 'end',
    words: t.call.end,
    waitWords: t.call.ending,
    waiting: call.ending,
    hint: 'F4',
    press: () => act.hangup(),
  });
}

/** The one message that matters most now, if any. */
export function callMessage({ t, state, sound }: View, call: Talking): TemplateResult | typeof nothing {
  if (state.line.name !== 'up') return say('warn', 'net-off', t.call.keepTalking, t.call.keepTalkingMore);
  if (call.muted && sound.talksMuted)
    return say('warn', 'mic-off', t.call.talkingMuted, t.call.talkingMutedMore);
  if (call.problem === undefined) return nothing;
  return say('bad', 'warn', ...problemText(call.problem, t));
}

function known({ t, state }: View, call: Talking): TemplateResult {
  const label = call.direction === 'in' ? t.call.dialled : t.call.shownAs;
  return facts([[label, html`<span class="num">${state.account}</span>`]]);
}

function clock({ t, now, sound, soundFacts: open, act }: View, call: Talking): TemplateResult {
  const quality = sound.sound?.quality;
  return html`<div class="clock">
    <span class="timer num" role="timer">${formatDuration(now - call.answeredAt)}</span>
    <button
      type="button"
      class="quality"
      aria-expanded=${String(open)}
      @click=${() => act.toggleSoundFacts()}
    >
      ${qualityBars(quality)}<span>${quality ? t.quality[quality] : t.quality.starting}</span>
    </button>
  </div>`;
}

function soundFacts({ t, sound, soundFacts: open }: View): TemplateResult | typeof nothing {
  const now = sound.sound;
  if (!open || !now) return nothing;
  const words = t.qualityMore;
  return html`<dl class="facts sound num">
    <dt>${words.delay}</dt>
    <dd>${now.delayMs === undefined ? '–' : `${now.delayMs} ms`}</dd>
    <dt>${words.loss}</dt>
    <dd>${now.lossPercent.toFixed(1)} %</dd>
    <dt>${words.jitter}</dt>
    <dd>${now.jitterMs} ms</dd>
    <dt>${words.codec}</dt>
    <dd>${now.codec ?? '–'}</dd>
  </dl>`;
}

function meters({ t, sound }: View, call: Talking): TemplateResult {
  return html`<div class="meters">
    <span aria-hidden="true">${t.call.you}</span>${meter(t.call.you, sound.ours, call.muted)}
    <span aria-hidden="true">${t.call.them}</span>${meter(t.call.them, sound.theirs)}
  </div>`;
}
