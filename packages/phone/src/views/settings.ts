import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import { languageNames } from '../i18n/messages.ts';
import type { Language } from '../i18n/messages.ts';
import { smallButton } from '../parts/button.ts';
import { segments } from '../parts/segments.ts';
import type { Theme } from '../prefs.ts';
import type { View } from '../view.ts';

/** Language, look, text size, way of calling, account: everything here takes effect at once. */
export function settingsList(view: View): TemplateResult {
  const { t, act, wide, state } = view;
  return html`<section class="list" aria-label=${t.nav.settings}>
    <div class="settings">
      ${
        wide
          ? ''
          : html`<button type="button" class="goto set" @click=${() => act.openDevices(true)}>
              ${icon('headset')}<span class="grow">${t.settings.devices}</span>${icon('right', 'm')}
            </button>`
      }
      ${look(view)} ${method(view)} ${set('keypad', t.settings.keys, html`<p>${t.settings.keysMore}</p>`)}
      ${set(
        'user',
        t.settings.account,
        html`<div class="two">
          <span class="grow num">${state.account}</span
          >${smallButton(t.settings.signOut, () => act.signOut())}
        </div>`,
      )}
    </div>
  </section>`;
}

function look({ t, language, theme, prefs, act }: View): TemplateResult {
  const languages = Object.entries(languageNames) as [Language, string][];
  const themes: [Theme | undefined, string][] = [
    [undefined, t.settings.system],
    ['light', t.settings.light],
    ['dark', t.settings.dark],
    ['contrast', t.settings.contrast],
  ];
  const sizes: [number, string][] = [
    [1, t.settings.standard],
    [1.15, t.settings.large],
    [1.3, t.settings.larger],
  ];
  return html`${set(
    'info',
    t.settings.language,
    segments(t.settings.language, languages, language, (to) => act.setLanguage(to)),
  )}
  ${set(
    'sun',
    t.settings.look,
    segments(t.settings.look, themes, theme, (to) => act.setTheme(to)),
  )}
  ${set(
    'sliders',
    t.settings.text,
    segments(t.settings.text, sizes, prefs.scale ?? 1, (scale) => act.setPrefs({ scale })),
  )}`;
}

function method({ t, prefs, act }: View): TemplateResult {
  const classic = prefs.classicCall === true;
  const choices: [boolean, string][] = [
    [false, t.settings.returnCall],
    [true, t.settings.classicCall],
  ];
  return set(
    'call',
    t.settings.method,
    html`${segments(t.settings.method, choices, classic, (classicCall) => act.setPrefs({ classicCall }))}
      <p>${classic ? t.settings.classicCallMore : t.settings.returnCallMore}</p>`,
  );
}

function set(name: IconName, title: string, content: TemplateResult): TemplateResult {
  return html`<div class="set">
    <div class="head">${icon(name, 'm')}<span>${title}</span></div>
    ${content}
  </div>`;
}
