import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { IconName } from '../icons.ts';
import type { Lamp } from '../line-words.ts';
import { iconButton, smallButton } from '../parts/button.ts';
import { lamp } from '../parts/lamp.ts';
import { meter } from '../parts/meter.ts';
import { playPicture } from '../parts/picture.ts';
import { deviceSelect } from '../parts/select.ts';
import type { View } from '../view.ts';

/** Microphone, speaker and camera, each with a try. */
export function devicesPage(view: View): TemplateResult {
  const { t, act, state } = view;
  return html`<main class="stage" tabindex="-1">
    <section class="page" aria-label=${t.devices.title}>
      <div class="page-head">
        ${state.devicesOpen ? iconButton('left', t.back, () => act.openDevices(false)) : nothing}
        <h1 class="grow">${t.devices.title}</h1>
      </div>
      <div class="page-body grid">
        ${state.microphone === 'granted' ? nothing : allowFirst(view)} ${microphone(view)} ${speaker(view)}
        ${camera(view)}
      </div>
    </section>
  </main>`;
}

function allowFirst({ t, act }: View): TemplateResult {
  return html`<div class="set">
    <div class="two">
      <p class="grow">${t.devices.allowFirst}</p>
      ${smallButton(t.devices.allow, () => act.allowMicrophone(), 'mic')}
    </div>
  </div>`;
}

function microphone({ t, act, devices }: View): TemplateResult {
  return html`<div class="set">
    ${head('mic', t.devices.microphone, devices.heard ? 'ok' : 'off', devices.heard ? t.devices.hearsYou : t.devices.silent)}
    ${deviceSelect(t.devices.microphone, devices.devices.microphone, devices.chosen.microphone, t, (id) =>
      act.chooseDevice('microphone', id),
    )}
    ${meter(t.devices.microphone, devices.level)}
    <p>${t.devices.speakUp}</p>
    ${devices.failed ? html`<p class="failed" role="alert">${t.devices.failed}</p>` : nothing}
  </div>`;
}

function speaker({ t, act, devices }: View): TemplateResult {
  return html`<div class="set">
    ${head('headset', t.devices.speaker, devices.tested ? 'ok' : 'off', devices.tested ? t.devices.tested : t.devices.notTested)}
    <div class="two">
      ${
        devices.canChooseSpeaker
          ? deviceSelect(t.devices.speaker, devices.devices.speaker, devices.chosen.speaker, t, (id) =>
              act.chooseDevice('speaker', id),
            )
          : html`<p class="grow">${t.devices.noChoice}</p>`
      }
      ${smallButton(t.devices.play, () => void devices.playTest(), 'play')}
    </div>
  </div>`;
}

function camera({ t, act, devices }: View): TemplateResult {
  const { preview } = devices;
  return html`<div class="set">
    ${head('video', t.devices.camera, preview ? 'ok' : 'off', preview ? t.devices.picture : t.devices.noPicture)}
    <div class="two">
      ${deviceSelect(t.devices.camera, devices.devices.camera, devices.chosen.camera, t, (id) =>
        act.chooseDevice('camera', id),
      )}
      ${
        preview
          ? smallButton(t.devices.hidePicture, () => devices.hidePreview())
          : smallButton(t.devices.showPicture, () => void devices.showPreview(), 'video')
      }
    </div>
    ${
      preview
        ? html`<div class="cam mirrored">
            <video ${playPicture(preview)} autoplay playsinline></video>
          </div>`
        : nothing
    }
  </div>`;
}

function head(name: IconName, title: string, is: Lamp, words: string): TemplateResult {
  return html`<div class="head">
    ${icon(name, 'm')}<span>${title}</span><span class="ok">${lamp(is)}${words}</span>
  </div>`;
}
