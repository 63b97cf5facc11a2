import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Ended } from '../call-model.ts';
import { talkedMs } from '../call-record.ts';
import type { CallRecord } from '../call-record.ts';
import { endingOf } from '../ending.ts';
import type { Ending } from '../ending.ts';
import { formatClock, formatDuration } from '../number.ts';
import { band, say, who } from '../parts/band.ts';
import { bigButton } from '../parts/button.ts';
import type { View } from '../view.ts';
import { besideCall } from './beside-call.ts';

/** How the call ended, and the one thing one would do next. */
export function endedView(view: View, call: Ended): TemplateResult {
  const { t, act } = view;
  const { record } = call;
  const ending = endingOf(record);
  const [what, more] = t.why[ending.why];
  const touch = ({ target, currentTarget }: Event): void => {
    if (target !== currentTarget) act.touchPlate(); // The stage itself takes the focus when a button is gone.
  };
  return html`<main class="stage duo" tabindex="-1" @pointerdown=${touch} @focusin=${touch}>
    <div class="col">
      <section class="plate" aria-label=${t.ended.over}>
        ${band(ending.tone, ending.why === 'missed' ? 'missed' : 'end', title(view, ending), length(view, record))}
        ${who(record.peer)}
        <div class="told">${say('calm', 'info', what, more)}</div>
        <div class="rest"></div>
        ${
          typeof record.code === 'number' && record.code < 300
            ? nothing
            : html`<p class="code">${record.code} ${record.reason} · ${formatClock(record.endedAt)}</p>`
        }
      </section>
      <div class="choose even">
        ${bigButton({ look: 'plain', icon: 'x', words: t.close, press: () => act.closePlate() })}
        ${nextStep(view, record, ending)}
      </div>
    </div>
    ${besideCall(view, record.peer)}
  </main>`;
}

function title({ t }: View, { why, tone }: Ending): string {
  if (why === 'missed') return t.ended.missedBand;
  if (why === 'cutOff') return t.ended.cutOffBand;
  return tone === 'bad' ? t.ended.notConnected : t.ended.over;
}

function length({ t }: View, record: CallRecord): string {
  if (record.answeredAt !== undefined) return t.ended.lasted(formatDuration(talkedMs(record)));
  return t.ended.rang(Math.round((record.endedAt - record.startedAt) / 1000));
}

function nextStep({ t, act, state }: View, record: CallRecord, { action }: Ending): TemplateResult {
  const { number } = record.peer;
  if (action === 'edit')
    return bigButton({ look: 'accent', words: t.ended.edit, press: () => act.editNumber(number) });
  const audioOnly = action === 'audio-only';
  const again = record.direction === 'in' ? t.ended.callBack : t.ended.callAgain;
  return bigButton({
    look: 'answer',
    icon: 'call',
    words: audioOnly ? t.ended.audioOnly : again,
    disabled: state.line.name !== 'up',
    hint: 'Enter',
    press: () => act.call(record.video && !audioOnly, number),
  });
}
