import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Device } from '../desk/device-desk.ts';
import { icon } from '../icons.ts';
import type { Messages } from '../i18n/messages.ts';

/** The devices of one kind to choose from. */
export function deviceSelect(
  label: string,
  devices: Device[],
  chosen: string | undefined,
  t: Messages,
  choose: (id: string) => void,
): TemplateResult {
  if (devices.length === 0) return html`<p>${t.devices.none}</p>`;
  return html`<label class="field pick">
    <span class="vh">${label}</span>
    <select
      @change=${(event: Event) => event.target instanceof HTMLSelectElement && choose(event.target.value)}
    >
      ${devices.map(
        (device, i) =>
          html`<option value=${device.id} ?selected=${device.id === (chosen ?? devices[0]?.id)}>
            ${deviceName(device, i, t)}
          </option>`,
      )}
    </select>
    ${icon('down', 'm')}
  </label>`;
}

export function deviceName(device: Device, index: number, t: Messages): string {
  if (device.id === 'default' && !device.label) return t.devices.systemDefault;
  return device.label || t.devices.unnamed(index + 1);
}
