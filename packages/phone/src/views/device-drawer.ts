import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Device } from '../desk/device-desk.ts';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import { drawer } from '../parts/drawer.ts';
import { meter } from '../parts/meter.ts';
import { deviceName } from '../parts/select.ts';
import type { DeviceKind } from '../prefs.ts';
import type { View } from '../view.ts';

/** In a call: another headset, microphone or camera, at once. */
export function deviceDrawer(view: View): TemplateResult {
  const { t, canSwitchSpeaker, devices, sound, state } = view;
  const talking = state.call.name === 'talking' ? state.call : undefined;
  const cameras =
    talking && talking.camera !== 'none' ? choices(view, 'camera', t.devices.see, 'video') : nothing;
  const content = html`<div class="opts">
    ${canSwitchSpeaker ? earpieceOrSpeaker(view) : devices.canChooseSpeaker ? choices(view, 'speaker', t.devices.listen, 'headset') : nothing}
    ${choices(view, 'microphone', t.devices.speak, 'mic')} ${cameras}
    ${devices.failed ? html`<p class="note failed" role="alert">${t.devices.failed}</p>` : nothing}
    <div class="meters">
      <span aria-hidden="true">${t.call.you}</span>${meter(t.call.you, sound.ours, talking?.muted)}
    </div>
  </div>`;
  return drawer(view, { kind: 'device', title: t.soundDevices, content, inCall: true });
}

function choices(view: View, kind: DeviceKind, title: string, name: IconName): TemplateResult {
  const { t, devices, act } = view;
  const all = devices.devices[kind];
  const chosen = devices.chosen[kind] ?? all[0]?.id;
  return html`<div class="group">${title}</div>
    ${
      all.length === 0
        ? html`<p class="note">${t.devices.none}</p>`
        : html`<div role="radiogroup" aria-label=${title}>
            ${all.map((device: Device, i) =>
              option(name, deviceName(device, i, t), device.id === chosen, () =>
                act.chooseDevice(kind, device.id),
              ),
            )}
          </div>`
    }`;
}

function earpieceOrSpeaker({ t, state, act }: View): TemplateResult {
  const loud = state.call.name === 'talking' && state.call.loudspeaker;
  const turn = (to: boolean) => (): void => {
    if (to !== loud) act.toggleLoudspeaker();
  };
  return html`<div class="group">${t.devices.listen}</div>
    <div role="radiogroup" aria-label=${t.devices.listen}>
      ${option('call', t.devices.earpiece, !loud, turn(false))}
      ${option('speaker', t.devices.loudspeaker, loud, turn(true))}
    </div>`;
}

function option(name: IconName, words: string, chosen: boolean, choose: () => void): TemplateResult {
  return html`<button type="button" class="opt" role="radio" aria-checked=${String(chosen)} @click=${choose}>
    ${icon(name)}<span class="clip">${words}</span><span class="tick-mark">${icon('check', 'm')}</span>
  </button>`;
}
