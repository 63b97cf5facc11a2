import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { isAnsweredElsewhere, isMissed, talkedMs } from '../call-record.ts';
import type { CallRecord } from '../call-record.ts';
import { icon } from '../icons.ts';
import { formatClock, formatDuration, formatWhen, formatNumber } from '../number.ts';
import { kindTag, nameOf } from '../parts/band.ts';
import { prose } from '../parts/prose.ts';
import type { View } from '../view.ts';

/** The calls, newest first, each with a button to call again. */
export function recordsList(view: View): TemplateResult {
  const { t, state } = view;
  return html`<section class="list" aria-label=${t.records.title}>
    ${
      state.records.length
        ? html`<div class="group">${t.records.title}</div>
            <ul class="rows">
              ${state.records.map((record) => recordRow(view, record, 'call'))}
            </ul>`
        : html`<div class="notice">
            <span class="mark" data-is="calm">${icon('clock')}</span>
            <h2>${t.records.empty}</h2>
            <p>${prose(t.records.emptyMore, view.language)}</p>
          </div>`
    }
  </section>`;
}

/** `call`: with the name and a button; `in`: beside a call, where the name is known. `more`: a further button. */
export function recordRow(
  view: View,
  record: CallRecord,
  use: 'call' | 'in',
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const { t, act, state } = view;
  const missed = isMissed(record);
  const title =
    use === 'call'
      ? nameOf(record.peer)
      : record.direction === 'in'
        ? t.records.incoming
        : t.records.outgoing;
  const number = use === 'call' && record.peer.name ? formatNumber(record.peer.number) : '';
  const canCall = state.line.name === 'up' && (state.call.name === 'none' || state.call.name === 'ended');
  return html`<li class="row ${missed ? 'missed' : ''} ${use === 'in' ? 'still' : ''}">
    ${icon(missed ? 'missed' : record.direction, 'm')}
    <div class="grow">
      <div class="row-name"><span class="clip">${title}</span></div>
      <div class="row-sub tagged">${kindTag(record.kind, t)}<span class="num clip">${number}</span></div>
    </div>
    <div class="row-meta">
      <span class="num"
        >${use === 'in' ? formatWhen(record.startedAt, view.now) : formatClock(record.startedAt)}</span
      ><span class="num">${outcome(view, record)}</span>
    </div>
    ${
      use === 'call'
        ? html`<button
            type="button"
            class="icon-btn call"
            aria-label=${t.records.call(title)}
            aria-disabled=${canCall ? nothing : 'true'}
            @click=${() => canCall && act.call(record.video, record.peer.number)}
          >
            ${icon('call')}
          </button>`
        : nothing
    }
    ${more}
  </li>`;
}

function outcome({ t }: View, record: CallRecord): string {
  if (record.answeredAt !== undefined) return formatDuration(talkedMs(record));
  if (isMissed(record)) return t.records.missed;
  if (isAnsweredElsewhere(record)) return t.records.elsewhere;
  return record.direction === 'in' ? t.records.declined : t.records.failed;
}
