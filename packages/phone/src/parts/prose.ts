import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { clauses } from '../i18n/messages.ts';
import type { Language } from '../i18n/messages.ts';

/** A sentence; in Chinese lines break between clauses, never inside a word. */
export function prose(text: string, language: Language): TemplateResult {
  if (language !== 'zh-CN') return html`${text}`;
  return html`${clauses(text).map((clause) => html`<span class="cl">${clause}</span>`)}`;
}
