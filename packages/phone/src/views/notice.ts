import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import { needsNotice } from '../phone-model.ts';
import type { PhoneState } from '../phone-model.ts';
import { bigButton } from '../parts/button.ts';
import { prose } from '../parts/prose.ts';
import type { View } from '../view.ts';

export type NoticeName =
  'not-secure' | 'elsewhere' | 'not-allowed' | 'microphone-refused' | 'microphone-missing';

/** What is in the way of every call and deserves the whole stage, if anything does. */
export function noticeFor({ secure, line, microphone, noticeClosed }: PhoneState): NoticeName | undefined {
  if (!secure) return 'not-secure';
  if (line.name === 'failed' && needsNotice(line.code))
    return line.code === 1004 ? 'not-allowed' : 'elsewhere';
  if (line.name !== 'up' || noticeClosed) return undefined;
  if (microphone === 'refused') return 'microphone-refused';
  return microphone === 'missing' ? 'microphone-missing' : undefined;
}

export function noticeView(view: View, name: NoticeName): TemplateResult {
  return html`<main class="stage" tabindex="-1">${notice(view, name)}</main>`;
}

function notice(view: View, name: NoticeName): TemplateResult {
  switch (name) {
    case 'not-secure':
      return notSecure(view);
    case 'elsewhere':
      return elsewhere(view);
    case 'not-allowed':
      return notAllowed(view);
    case 'microphone-refused':
      return microphoneRefused(view);
    case 'microphone-missing':
      return microphoneMissing(view);
  }
}

function microphoneRefused(view: View): TemplateResult {
  const { t, act, address } = view;
  return plate(view, 'bad', 'mic-off', t.notice.microphone, t.notice.microphoneMore, {
    body: html`<div class="addr">
        <span class="here">${icon('sliders', 'm')}</span><span class="clip num">${address.host}</span>
      </div>
      <ol>
        ${[t.notice.microphoneStep1, t.notice.microphoneStep2, t.notice.microphoneStep3].map((step) => html`<li>${step}</li>`)}
      </ol>`,
    acts: html`${bigButton({ look: 'accent', icon: 'mic', words: t.notice.tryAgain, press: () => act.allowMicrophone() })}
    ${bigButton({ look: 'plain', words: t.notice.later, press: () => act.closeNotice() })}`,
  });
}

function microphoneMissing(view: View): TemplateResult {
  const { t, act } = view;
  return plate(view, 'warn', 'mic-off', t.notice.missing, t.notice.missingMore, {
    acts: html`${bigButton({ look: 'accent', icon: 'headset', words: t.notice.devices, press: () => act.openDevices(true) })}
    ${bigButton({ look: 'plain', words: t.notice.later, press: () => act.closeNotice() })}`,
  });
}

function notSecure(view: View): TemplateResult {
  const { t, act, address } = view;
  return plate(view, 'bad', 'unlock', t.notice.notSecure, t.notice.notSecureMore, {
    body: html`<div class="addr">
      <span class="here plain">${icon('lock', 'm')}</span><span class="clip num">${address.secure}</span>
    </div>`,
    acts: html`${bigButton({ look: 'accent', icon: 'lock', words: t.notice.openSecure, press: () => act.openSecure() })}
    ${bigButton({ look: 'plain', icon: 'copy', words: t.notice.copyAddress, press: () => act.copy(address.secure) })}`,
  });
}

function elsewhere(view: View): TemplateResult {
  const { t, act, state } = view;
  return plate(view, 'warn', 'user', t.notice.elsewhere(state.account), t.notice.elsewhereMore, {
    body: code(view),
    acts: html`${bigButton({ look: 'accent', icon: 'refresh', words: t.notice.takeBack, press: () => act.retry() })}
    ${bigButton({ look: 'plain', words: t.notice.otherNumber, press: () => act.signOut() })}`,
  });
}

function notAllowed(view: View): TemplateResult {
  const { t, act, state, address } = view;
  const report = `${t.notice.notAllowed}: ${state.account} · 1004 · ${address.host}`;
  return plate(view, 'bad', 'lock', t.notice.notAllowed, t.notice.notAllowedMore, {
    body: code(view),
    acts: html`${bigButton({ look: 'accent', icon: 'copy', words: t.notice.askAdmin, press: () => act.copy(report) })}
    ${bigButton({ look: 'plain', words: t.notice.otherNumber, press: () => act.signOut() })}`,
  });
}

function code({ state }: View): TemplateResult | typeof nothing {
  if (state.line.name !== 'failed') return nothing;
  return html`<p class="code">${state.line.code} · ${state.account}</p>`;
}

function plate(
  { language }: View,
  is: 'bad' | 'warn',
  name: IconName,
  title: string,
  more: string,
  parts: { body?: unknown; acts: TemplateResult },
): TemplateResult {
  return html`<section class="notice" role="alert">
    <span class="mark" data-is=${is}>${icon(name)}</span>
    <h1>${title}</h1>
    <p>${prose(more, language)}</p>
    ${parts.body ?? nothing}
    <div class="acts">${parts.acts}</div>
  </section>`;
}
