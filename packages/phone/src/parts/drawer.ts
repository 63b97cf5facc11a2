import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { keepFocus } from '../browser/focus.ts';
import type { Drawer } from '../phone-model.ts';
import type { View } from '../view.ts';
import { iconButton } from './button.ts';

export interface DrawerParts {
  kind: Exclude<Drawer, 'none'>;
  title: string;
  content: TemplateResult;
  inCall?: boolean;
}

/** The same plate twice: beside the call on a PC, a sheet with a scrim over it on a phone. */
export function drawer(view: View, { kind, title, content, inCall }: DrawerParts): TemplateResult {
  const close = (): void => view.act.toggleDrawer(kind);
  const head = html`<div class="drawer-head">
    <h2>${title}</h2>
    ${iconButton('x', view.t.close, close)}
  </div>`;
  if (view.wide)
    return html`<aside class="drawer" data-kind=${kind} aria-label=${title}>${head}${content}</aside>`;
  return html`<div class="scrim" @click=${close}></div>
    <section
      class="drawer sheet ${inCall ? 'in-call' : ''}"
      data-kind=${kind}
      role="dialog"
      aria-modal=${inCall ? nothing : 'true'}
      aria-label=${title}
      @keydown=${keepFocus}
    >
      ${head}${content}
    </section>`;
}
