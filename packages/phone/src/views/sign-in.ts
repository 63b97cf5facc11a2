import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Code } from '../call-record.ts';
import { icon } from '../icons.ts';
import { languageNames } from '../i18n/messages.ts';
import type { Messages } from '../i18n/messages.ts';
import { bigButton, iconButton } from '../parts/button.ts';
import { prose } from '../parts/prose.ts';
import type { View } from '../view.ts';

/** Log in: number, password where there is one, and the server for those who need another. */
export function signInView(view: View): TemplateResult {
  const { t, form, act, state } = view;
  const busy = state.line.name === 'signing-in';
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!busy) act.signIn();
  };
  return html`<main class="login">
    <div class="mast">
      <span class="logo">${icon('brand')}</span>
      <h1>${t.brand}</h1>
      ${languageSwitch(view)} ${themeSwitch(view)}
    </div>
    <div class="hello">
      <h2>${t.signIn.title}</h2>
      <p>${prose(t.signIn.promise, view.language)}</p>
    </div>
    ${linkRefusal(view)}
    <form @submit=${submit}>
      ${numberField(view)} ${passwordField(view)} ${serverField(view)}
      <label class="tick">
        <input
          type="checkbox"
          .checked=${form.keep}
          @change=${(event: Event) => act.editForm({ keep: (event.target as HTMLInputElement).checked })}
        />
        <span>${t.signIn.keep}</span>
      </label>
      ${bigButton({
        look: 'accent',
        words: t.signIn.press,
        waitWords: t.signIn.waiting,
        waiting: busy,
        press: () => act.signIn(),
      })}
      <input type="submit" class="vh" tabindex="-1" aria-hidden="true" value=${t.signIn.press} />
    </form>
    ${checks(view)}
  </main>`;
}

function numberField({ t, form, act }: View): TemplateResult {
  return html`<label class="lbl" data-is=${form.empty ? 'bad' : nothing}>
    <span>${t.signIn.number}</span>
    <span class="field">
      <input
        class="num"
        name="account"
        autocomplete="username"
        autocapitalize="off"
        spellcheck="false"
        .value=${form.account}
        aria-invalid=${form.empty ? 'true' : nothing}
        @input=${(event: InputEvent) => act.editForm({ account: valueOf(event), empty: false })}
      />
    </span>
    ${form.empty ? hint(t.signIn.empty) : nothing}
  </label>`;
}

function passwordField({ t, form, act, state }: View): TemplateResult {
  const refused =
    state.line.name === 'out' && !isLinkFault(state.line.refused) ? state.line.refused : undefined;
  return html`<div class="lbl" data-is=${refused === undefined ? nothing : 'bad'}>
    <label for="secret">${t.signIn.password}</label>
    <span class="field">
      <input
        id="secret"
        name="secret"
        type=${form.revealed ? 'text' : 'password'}
        autocomplete="current-password"
        placeholder=${t.signIn.noPassword}
        .value=${form.secret}
        aria-invalid=${refused === undefined ? nothing : 'true'}
        aria-describedby="refused"
        @input=${(event: InputEvent) => act.editForm({ secret: valueOf(event) })}
      />
      ${iconButton('eye', form.revealed ? t.signIn.conceal : t.signIn.reveal, () =>
        act.editForm({ revealed: !form.revealed }),
      )}
    </span>
    <span id="refused" role="alert"
      >${refused === undefined ? nothing : hint(refusalText(refused, t), refused)}</span
    >
  </div>`;
}

/** A one-time link that does not log in any more; the number still may, with its password. */
function linkRefusal({ t, state }: View): TemplateResult | typeof nothing {
  if (state.line.name !== 'out' || !isLinkFault(state.line.refused)) return nothing;
  const { refused } = state.line;
  return html`<p class="say" data-is="bad" role="alert">
    ${icon('warn')}<span
      ><b>${refused === linkUsed ? t.signIn.linkUsed : t.signIn.linkExpired}</b> ${t.signIn.linkMore}</span
    >
  </p>`;
}

function serverField({ t, form, act }: View): TemplateResult {
  const host = form.server.replace(/^wss?:\/\//, '').replace(/\/.*$/, '');
  return html`<button
      type="button"
      class="fold"
      aria-expanded=${String(form.serverOpen)}
      @click=${() => act.editForm({ serverOpen: !form.serverOpen })}
    >
      ${icon('right', 'm')}<span>${t.signIn.server}<span class="num">${host}</span></span>
    </button>
    ${
      form.serverOpen
        ? html`<label class="lbl">
            <span class="vh">${t.signIn.serverAddress}</span>
            <span class="field">
              <input
                name="server"
                inputmode="url"
                autocapitalize="off"
                spellcheck="false"
                .value=${form.server}
                @input=${(event: InputEvent) => act.editForm({ server: valueOf(event).trim() })}
              />
            </span>
          </label>`
        : nothing
    }`;
}

/** The server's codes for them. */
const linkUsed = 1011;
const linkExpired = 1012;

function isLinkFault(code: Code | undefined): boolean {
  return code === linkUsed || code === linkExpired;
}

function refusalText(code: Code, t: Messages): string {
  if (code === 1001 || code === 401 || code === 403 || code === 404) return t.signIn.wrong;
  return typeof code === 'string' || code >= 500 || code === 408 ? t.signIn.noAnswer : t.signIn.refused;
}

function hint(words: string, code?: Code): TemplateResult {
  return html`<span class="hint">
    ${icon('warn', 's')}<span>${words}</span>${code === undefined ? nothing : html`<span class="code">${code}</span>`}
  </span>`;
}

function checks({ t, state }: View): TemplateResult {
  const allowed = state.microphone === 'granted';
  return html`<ul class="pre">
    <li>${icon('lock', 's')}${t.signIn.secure}</li>
    <li class=${allowed ? '' : 'later'}>
      ${icon('mic', 's')}${allowed ? t.signIn.microphone : t.signIn.microphoneLater}
    </li>
  </ul>`;
}

function languageSwitch({ language, act }: View): TemplateResult {
  const other = language === 'en' ? 'zh-CN' : 'en';
  return html`<button type="button" class="small" lang=${other} @click=${() => act.setLanguage(other)}>
    ${languageNames[other]}
  </button>`;
}

function themeSwitch({ t, theme, act }: View): TemplateResult {
  const to = theme === 'dark' ? 'light' : 'dark';
  return iconButton('sun', t.settings[to], () => act.setTheme(to));
}

function valueOf(event: Event): string {
  return event.target instanceof HTMLInputElement ? event.target.value : '';
}
