import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { lineWords } from '../line-words.ts';
import type { LineWords } from '../line-words.ts';
import { iconButton, smallButton } from '../parts/button.ts';
import { lamp } from '../parts/lamp.ts';
import type { View } from '../view.ts';

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
    ${words.fix === 'none' ? nothing : smallButton(t.fix[words.fix], () => fix(view, words))}
    ${showsDevices ? iconButton('headset', t.soundDevices, () => openDevices(view)) : nothing}
  </header>`;
}

function more({ t, state }: View, { words }: LineWords): unknown {
  const account = html`<span class="num">${state.account}</span>`;
  switch (words) {
    case 'ready':
    case 'signingIn':
    case 'signedOut':
      return account;
    case 'unreachable': {
      const code = state.line.name === 'failed' ? state.line.code : '';
      return html`${account} · ${t.lineMore.unreachable(String(code))}`;
    }
    case 'notSecure':
      return t.lineMore.notSecure;
    default:
      return html`${account} · ${t.lineMore[words]}`;
  }
}

function fix({ act }: View, { fix: what }: LineWords): void {
  if (what === 'retry') act.retry();
  if (what === 'microphone') act.allowMicrophone();
  if (what === 'audio') act.unlockAudio();
  if (what === 'devices') act.openDevices(true);
}

/** In a call they are a drawer beside it, else a page with a test of each. */
function openDevices({ act, state }: View): void {
  if (state.call.name === 'talking') act.toggleDrawer('device');
  else if (state.call.name === 'none') act.openDevices(!state.devicesOpen);
}
