import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import { prose } from '../parts/prose.ts';
import type { View } from '../view.ts';

/** What somebody tries first on a server with an exchange; it makes room for good once there was a call. */
export function firstSteps(view: View): TemplateResult | typeof nothing {
  const { t, state, act } = view;
  const { exchange } = state;
  if (!exchange || state.records.length > 0) return nothing;
  const isUp = state.line.name === 'up';
  return html`<section class="first" aria-label=${t.first.title}>
    ${step({
      name: 'call',
      words: t.first.echo,
      more: t.first.echoMore(exchange.echo),
      enabled: isUp,
      press: () => act.call(false, exchange.echo),
    })}
    ${
      exchange.secondHandset
        ? step({
            name: 'tab',
            words: t.first.second,
            more: t.first.secondMore,
            enabled: isUp,
            press: () => act.openSecond(),
          })
        : nothing
    }
    <p>${prose(t.first.deskPhone(exchange.address), view.language)}</p>
  </section>`;
}

function step(it: {
  name: IconName;
  words: string;
  more: string;
  enabled: boolean;
  press: () => void;
}): TemplateResult {
  return html`<button
    type="button"
    class="row"
    aria-disabled=${it.enabled ? nothing : 'true'}
    @click=${() => it.enabled && it.press()}
  >
    ${icon(it.name)}
    <span class="grow">
      <span class="row-name">${it.words}</span>
      <span class="row-sub">${it.more}</span>
    </span>
    ${icon('right', 'm')}
  </button>`;
}
