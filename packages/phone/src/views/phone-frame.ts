import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { hasPicture } from '../call-model.ts';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import { isSignedIn, unseenCount } from '../phone-model.ts';
import type { Tab } from '../phone-model.ts';
import type { View } from '../view.ts';
import { devicesPage } from './devices-page.ts';
import { dialView } from './dial.ts';
import { endedView } from './ended.ts';
import { inCallView } from './in-call.ts';
import { inVideoView } from './in-video.ts';
import { incomingView } from './incoming.ts';
import { lineBar } from './line-bar.ts';
import { noticeFor, noticeView } from './notice.ts';
import { outgoingView } from './outgoing.ts';
import { readiness } from './readiness.ts';
import { recordsList } from './records.ts';
import { settingsList } from './settings.ts';
import { signInView } from './sign-in.ts';

/** The whole handset: log in, or bar, list, stage and tabs. */
export function phoneFrame(view: View): TemplateResult {
  const { state } = view;
  if (state.secure && !isSignedIn(state.line)) return signInView(view);
  const idle = state.call.name === 'none';
  const barred = noticeFor(state);
  const showsList = idle && !state.devicesOpen && state.tab !== 'dial' && (!barred || state.noticeClosed);
  const tabsOff = !idle || state.devicesOpen || barred !== undefined;
  return html`<div
    class="frame ${hasPicture(state.call) ? 'picture' : ''}"
    data-show=${showsList ? 'list' : 'stage'}
    data-tabs=${tabsOff ? 'off' : 'on'}
  >
    ${lineBar(view)} ${state.tab === 'settings' ? settingsList(view) : callsList(view)} ${stage(view)}
    ${tabs(view)} ${idle && state.drawer === 'ready' && !view.wide ? readiness(view, 'sheet') : nothing}
  </div>`;
}

/** The whole list as soon as it is there; until then the calls alone. */
function callsList(view: View): TemplateResult {
  return view.lazy.recents?.recentsList(view) ?? recordsList(view);
}

function stage(view: View): TemplateResult {
  const { call } = view.state;
  switch (call.name) {
    case 'ringing':
      return incomingView(view, call);
    case 'calling':
      return outgoingView(view, call);
    case 'talking':
      return hasPicture(call) ? inVideoView(view, call) : inCallView(view, call);
    case 'ended':
      return endedView(view, call);
    case 'none':
      return idleStage(view);
  }
}

function idleStage(view: View): TemplateResult {
  const { state, wide } = view;
  const barred = noticeFor(state);
  if (state.devicesOpen || (wide && state.tab === 'settings' && !barred)) return devicesPage(view);
  return barred ? noticeView(view, barred) : dialView(view);
}

const tabIcons: Record<Tab, IconName> = { dial: 'keypad', calls: 'clock', settings: 'sliders' };

function tabs({ t, state, act, wide }: View): TemplateResult {
  const unseen = unseenCount(state);
  // On a PC the dial pad is always there, so that the rail needs no tab for it.
  const shown: Tab[] = wide ? ['calls', 'settings'] : ['dial', 'calls', 'settings'];
  const current = wide && state.tab === 'dial' ? 'calls' : state.tab;
  return html`<nav class="tabs" aria-label=${t.nav.label}>
    <span class="logo brand">${icon('brand')}</span>
    ${shown.map(
      (tab) =>
        html`<button
          type="button"
          class="tab"
          aria-current=${tab === current ? 'page' : nothing}
          @click=${() => act.showTab(tab)}
        >
          ${icon(tabIcons[tab])}<span>${t.nav[tab]}</span>
          ${
            tab === 'calls' && unseen > 0
              ? html`<span class="badge num" aria-hidden="true">${unseen}</span
                  ><span class="vh">${t.records.unseen(unseen)}</span>`
              : nothing
          }
        </button>`,
    )}
  </nav>`;
}
