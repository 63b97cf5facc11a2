import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { summary } from '../call-record.ts';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import { lineWords } from '../line-words.ts';
import type { Lamp } from '../line-words.ts';
import { formatDuration, isSameDay } from '../number.ts';
import { lamp } from '../parts/lamp.ts';
import { drawer } from '../parts/drawer.ts';
import { deviceName } from '../parts/select.ts';
import type { View } from '../view.ts';

/** Why calls can or cannot reach this handset, point by point. */
export function readiness(view: View, place: 'beside' | 'sheet'): TemplateResult {
  if (place === 'beside')
    return html`<aside class="drawer beside" aria-label=${view.t.readiness}>${content(view)}</aside>`;
  return drawer(view, { kind: 'ready', title: view.t.readiness, content: content(view) });
}

function content(view: View): TemplateResult {
  const { t, state } = view;
  const words = lineWords(state);
  const reachable = words.lamp === 'ok' || words.lamp === 'busy';
  return html`<div class="verdict">
      ${lamp(words.lamp)}
      <div>
        ${reachable ? t.ready.yes : t.ready.notYet}
        <p>${words.words === 'ready' ? '' : t.line[words.words]}</p>
      </div>
    </div>
    <ul>
      ${lineCheck(view)} ${microphoneCheck(view)}
      ${check('bell', t.ready.ring, state.audioUnlocked ? t.ready.ringOk : t.ready.ringBlocked, state.audioUnlocked ? 'ok' : 'wait')}
    </ul>
    ${today(view)}`;
}

function lineCheck({ t, state }: View): TemplateResult {
  const up = state.line.name === 'up';
  const words = html`<span class="num">${state.account}</span> ·
    ${up ? t.ready.registered : t.ready.notRegistered}`;
  return check('reach', t.ready.line, words, up ? 'ok' : state.line.name === 'failed' ? 'bad' : 'wait');
}

function microphoneCheck({ t, state, devices }: View): TemplateResult {
  const { microphone } = state;
  if (microphone !== 'granted') {
    const words = {
      unknown: t.lineMore.microphoneUnknown,
      refused: t.lineMore.microphoneRefused,
      missing: t.lineMore.microphoneMissing,
      busy: t.lineMore.microphoneBusy,
    }[microphone];
    return check('mic', t.ready.microphone, words, microphone === 'unknown' ? 'wait' : 'bad');
  }
  const all = devices.devices.microphone;
  const index = Math.max(
    0,
    all.findIndex((device) => device.id === devices.chosen.microphone),
  );
  const used = all[index];
  return check('mic', t.ready.microphone, used ? deviceName(used, index, t) : t.ready.microphoneOk, 'ok');
}

function check(name: IconName, title: string, words: unknown, is: Lamp): TemplateResult {
  return html`<li class="check">
    ${icon(name)}
    <div>
      <div>${title}</div>
      <div class="row-sub">${words}</div>
    </div>
    ${lamp(is)}
  </li>`;
}

function today({ t, state, now }: View): TemplateResult {
  const { answered, missed, averageMs } = summary(
    state.records.filter(({ startedAt }) => isSameDay(startedAt, now)),
  );
  const cell = (value: string, words: string): TemplateResult =>
    html`<div><b class="num">${value}</b><span class="k">${words}</span></div>`;
  return html`<div class="today" role="group" aria-label=${t.ready.since}>
    ${cell(String(answered), t.ready.answered)} ${cell(String(missed), t.ready.missed)}
    ${cell(formatDuration(averageMs), t.ready.average)}
  </div>`;
}
