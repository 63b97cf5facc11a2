import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Ringing } from '../call-model.ts';
import { icon } from '../icons.ts';
import { band, facts, nameOf, say, who } from '../parts/band.ts';
import { bigButton } from '../parts/button.ts';
import type { View } from '../view.ts';
import { lastWith } from './last-with.ts';
import { problemText } from './problem.ts';
import { besideCall } from './beside-call.ts';

/** Somebody calls: who, why, and two buttons where they always are. */
export function incomingView(view: View, call: Ringing): TemplateResult {
  const { t, act } = view;
  return html`<main class="stage duo before ringing" tabindex="-1">
    <div class="col">
      <section class="plate" role="alertdialog" aria-label=${label(view, call)} aria-describedby="caller">
        ${ringingBand(view, call)}
        <div id="caller">${who(call.peer)}</div>
        <div class="rest"></div>
        ${call.problem === undefined ? nothing : say('bad', 'warn', ...problemText(call.problem, t))}
        ${call.video && call.problem === undefined ? say('calm', 'video', nothing, t.incoming.theySeeYou) : nothing}
        ${known(view, call)}
      </section>
      ${
        call.video && call.kind !== 'auto'
          ? html`<div class="aside-acts">
              <button type="button" class="tile" @click=${() => act.answer(false)}>
                ${icon('call')}<span>${t.incoming.audioOnly}</span>
              </button>
            </div>`
          : nothing
      }
      <div class="choose">${decline(view, call)} ${answer(view, call)}</div>
    </div>
    ${besideCall(view, call.peer)}
  </main>`;
}

function label({ t }: View, call: Ringing): string {
  return t.say.incoming(t.kind[call.kind], nameOf(call.peer), call.peer.name ? call.peer.number : '');
}

function ringingBand({ t, now }: View, call: Ringing): TemplateResult {
  const words = `${call.video ? t.incoming.video : t.incoming.audio} · ${t.kind[call.kind]}`;
  const end =
    call.kind === 'auto' ? t.incoming.answersItself : t.incoming.rang(Math.floor((now - call.since) / 1000));
  if (call.kind === 'dispatch' || call.kind === 'dispatch-out')
    return band('dispatch', 'dispatch', words, end);
  return band('in', call.kind === 'auto' ? 'bolt' : call.video ? 'video' : 'call', words, end);
}

function known(view: View, call: Ringing): TemplateResult {
  const { t, state } = view;
  const last = lastWith(view, call.peer);
  const dialled = html`<span class="num">${state.account}</span>`;
  return facts(
    last
      ? [
          [t.incoming.dialled, dialled],
          [t.incoming.last, last],
        ]
      : [[t.incoming.dialled, dialled]],
  );
}

function decline({ t, act }: View, call: Ringing): TemplateResult {
  return bigButton({
    look: 'end',
    icon: 'end',
    words: t.incoming.decline,
    waitWords: t.incoming.declining,
    waiting: call.ending,
    hint: 'F4',
    press: () => act.hangup(),
  });
}

function answer({ t, act }: View, call: Ringing): TemplateResult {
  return bigButton({
    look: 'answer',
    icon: call.video ? 'video' : 'call',
    words: call.video ? t.incoming.answerVideo : t.incoming.answer,
    waitWords: t.incoming.answering,
    waiting: call.answering,
    disabled: call.ending,
    hint: 'F2',
    press: () => act.answer(call.video),
  });
}
