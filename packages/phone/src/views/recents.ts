import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { isMissed } from '../call-record.ts';
import type { CallRecord } from '../call-record.ts';
import { icon } from '../icons.ts';
import { nameOf } from '../parts/band.ts';
import { iconButton, smallButton } from '../parts/button.ts';
import { isSameDay } from '../number.ts';
import { prose } from '../parts/prose.ts';
import { segments } from '../parts/segments.ts';
import type { View } from '../view.ts';
import { recordRow } from './records.ts';

/** The calls of the account by day: all or the missed ones, searched, called again, deleted. */
export function recentsList(view: View): TemplateResult {
  const { t, state } = view;
  if (state.records.length === 0)
    return frame(view, nothingThere(view, t.records.empty, t.records.emptyMore));
  const shown = chosen(view);
  const list = shown.length > 0 ? days(view, shown) : noneChosen(view);
  return frame(view, html`${state.recents.isClearing ? clearing(view) : tools(view)} ${list}`);
}

function frame({ t, state, language }: View, content: TemplateResult): TemplateResult {
  return html`<section class="list recents" aria-label=${t.records.title}>
    ${content} ${state.isKept ? nothing : html`<p class="hint">${prose(t.records.notKept, language)}</p>`}
  </section>`;
}

function tools({ t, state, act }: View): TemplateResult {
  const { missedOnly, search } = state.recents;
  return html`<div class="tools">
    <label class="field quiet">
      <span class="vh">${t.records.search}</span>
      <input
        type="search"
        autocomplete="off"
        placeholder=${t.records.search}
        .value=${search}
        @input=${(event: Event) => act.changeRecents({ search: (event.target as HTMLInputElement).value })}
      />
    </label>
    <div class="tools-row">
      ${segments<boolean>(
        t.records.which,
        [
          [false, t.records.all],
          [true, t.records.onlyMissed],
        ],
        missedOnly,
        (value) => act.changeRecents({ missedOnly: value }),
      )}
      ${smallButton(t.records.clear, () => act.changeRecents({ isClearing: true }))}
    </div>
  </div>`;
}

/** In place of the tools, so that nothing covers the list that is asked about. */
function clearing({ t, act }: View): TemplateResult {
  return html`<div class="tools" role="alertdialog" aria-label=${t.records.clearAsk}>
    <p class="ask">${t.records.clearAsk}</p>
    <div class="tools-row">
      ${smallButton(t.records.keep, () => act.changeRecents({ isClearing: false }))}
      ${smallButton(t.records.clear, () => act.clearRecords())}
    </div>
  </div>`;
}

function days(view: View, records: readonly CallRecord[]): TemplateResult {
  const groups = new Map<string, CallRecord[]>();
  for (const record of records) {
    const day = dayOf(view, record.startedAt);
    groups.set(day, [...(groups.get(day) ?? []), record]);
  }
  return html`<div class="rows">
    ${[...groups].map(
      ([day, calls]) =>
        html`<div class="group">${day}</div>
          <ul>
            ${calls.map((record) => row(view, record))}
          </ul>`,
    )}
  </div>`;
}

function row(view: View, record: CallRecord): TemplateResult {
  const { t, act } = view;
  const remove = iconButton('x', t.records.remove(nameOf(record.peer)), () => act.removeRecord(record));
  return recordRow(view, record, 'call', remove);
}

function chosen({ state }: View): readonly CallRecord[] {
  const { missedOnly, search } = state.recents;
  const wanted = search.normalize('NFKC').trim().toLowerCase();
  const digits = wanted.replace(/[\s()-]/g, '');
  return state.records.filter((record) => {
    if (missedOnly && !isMissed(record)) return false;
    const { name, number } = record.peer;
    return name.toLowerCase().includes(wanted) || (digits !== '' && number.includes(digits));
  });
}

function noneChosen(view: View): TemplateResult {
  const { t, state } = view;
  return state.recents.search.trim() === ''
    ? nothingThere(view, t.records.noneMissed, '')
    : nothingThere(view, t.records.nothingFound, t.records.nothingFoundMore);
}

function nothingThere({ language }: View, title: string, more: string): TemplateResult {
  return html`<div class="notice">
    <span class="mark" data-is="calm">${icon('clock')}</span>
    <h2>${title}</h2>
    <p>${more === '' ? nothing : prose(more, language)}</p>
  </div>`;
}

/** Today and yesterday by their names, others by their date, with the year where it is another one. */
function dayOf({ t, language, now }: View, at: number): string {
  const [day, yesterday] = [new Date(at), new Date(now)];
  yesterday.setDate(yesterday.getDate() - 1);
  if (isSameDay(at, now)) return t.records.today;
  if (isSameDay(at, yesterday.getTime())) return t.records.yesterday;
  const year = day.getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' as const };
  return new Intl.DateTimeFormat(language, {
    weekday: 'short',
    month: 'long',
    day: 'numeric',
    ...year,
  }).format(day);
}
