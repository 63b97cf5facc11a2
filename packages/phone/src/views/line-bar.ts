import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { isFree } from '../call-model.ts';
import { lineWords } from '../line-words.ts';
import type { LineWords } from '../line-words.ts';
import { iconButton, smallButton } from '../parts/button.ts';
import { lamp } from '../parts/lamp.ts';
import type { View } from '../view.ts';
import { noticeFor } from './notice.ts';

/** Can I be reached? Always first, always in the same place. */
export function lineBar(view: View): TemplateResult {
  const { t, act, state } = view;
  const words = lineWords(state);
  const showsDevices = state.secure && words.fix === 'none' && state.line.name !== 'failed';
  return html`<header class="bar" data-lamp=${words.lamp}>
    <button
      type="button"
      class="bar-state"
      aria-expanded=${String(state.drawer === 'ready')}
      @click=${() => state.secure && act.toggleDrawer('ready')}
    >
      ${lamp(words.lamp)}<span class="bar-word clip">${t.line[words.words]}</span>
      <span class="bar-line clip">${more(view, words)}</span>
      <span class="vh">${t.readiness}</span>
    </button>
    ${words.fix === 'none' || noticeFor(state) ? nothing : smallButton(t.fix[words.fix], () => fix(view, words))}
    ${showsDevices ? iconButton('headset', t.soundDevices, () => openDevices(view)) : nothing}
  </header>`;
}

function more({ t, state }: View, { words, fix }: LineWords): unknown {
  const account = html`<span class="num">${state.account}</span>`;
  if (words === 'ready' || words === 'signingIn' || words === 'signedOut') return account;
  if (words === 'unreachable') {
    const code = state.line.name === 'failed' ? state.line.code : '';
    return t.lineMore.unreachable(String(code));
  }
  const known = t.lineMore[words];
  return fix === 'none' && words !== 'notSecure' ? html`${account} · ${known}` : known;
}

function fix({ act }: View, { fix: what }: LineWords): void {
  if (what === 'retry') act.retry();
  if (what === 'microphone') act.allowMicrophone();
  if (what === 'audio') act.unlockAudio();
  if (what === 'devices') act.openDevices(true);
}

/** In a call they are a drawer beside it, else a page with a test of each. */
function openDevices({ act, state }: View): void {
  if (!isFree(state.call)) act.toggleDrawer('device');
  else act.openDevices(!state.devicesOpen);
}
