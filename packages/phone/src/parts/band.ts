import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { CallKind, Peer } from '../call-record.ts';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import type { Messages } from '../i18n/messages.ts';
import { formatNumber } from '../number.ts';

type BandIs = 'in' | 'dispatch' | 'out' | 'talking' | 'warn' | 'over' | 'bad';

/** The top of a call plate: its state in colour, icon and words; what kind of call at the right. */
export function band(is: BandIs, name: IconName, words: string, end: unknown = nothing): TemplateResult {
  return html`<div class="band" data-is=${is}>
    ${icon(name, 'm')}<span>${words}</span><span class="end num">${end}</span>
  </div>`;
}

const tagIcons: Record<CallKind, IconName> = {
  user: 'user',
  dispatch: 'dispatch',
  'dispatch-out': 'dispatch',
  other: 'headset',
  auto: 'bolt',
};

/** What kind of call, in small; an ordinary one needs no tag. */
export function kindTag(kind: CallKind, t: Messages): TemplateResult | typeof nothing {
  if (kind === 'user') return nothing;
  return html`<span class="tag" data-type=${kind}>${icon(tagIcons[kind])}${t.tag[kind]}</span>`;
}

/** Name, or the number where there is no name, and the number below. */
export function who(peer: Peer, level: 'h1' | 'h2' = 'h1'): TemplateResult {
  const number = formatNumber(peer.number);
  const name = peer.name || number;
  const heading = html`<span class=${peer.name ? '' : 'num'}>${name}</span>`;
  return html`<div class="who">
    ${level === 'h1' ? html`<h1>${heading}</h1>` : html`<h2>${heading}</h2>`}
    ${peer.name ? html`<div class="no"><span class="num">${number}</span></div>` : nothing}
  </div>`;
}

export function nameOf(peer: Peer): string {
  return peer.name || formatNumber(peer.number);
}

/** Pairs of label and value; only those that are known. */
export function facts(pairs: [label: string, value: unknown][]): TemplateResult {
  return html`<dl class="facts">
    ${pairs.map(
      ([label, value]) =>
        html`<dt>${label}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A message inside the plate. */
export function say(
  is: 'warn' | 'bad' | 'calm',
  name: IconName,
  strong: unknown,
  more: unknown,
): TemplateResult {
  return html`<div class="say" data-is=${is} role="status">
    ${icon(name, 'm')}<span><b>${strong}</b>${more}</span>
  </div>`;
}
