import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Talking } from '../call-model.ts';
import { fitPicture } from '../desk/picture-desk.ts';
import type { Corner } from '../desk/picture-desk.ts';
import { icon } from '../icons.ts';
import { formatDuration, formatNumber } from '../number.ts';
import { nameOf } from '../parts/band.ts';
import { qualityBars } from '../parts/meter.ts';
import { playPicture } from '../parts/picture.ts';
import { tiles } from '../parts/tile.ts';
import type { View } from '../view.ts';
import { pictureTiles } from './call-tiles.ts';
import { deviceDrawer } from './device-drawer.ts';
import { callMessage, endButton } from './in-call.ts';
import { keypadDrawer } from './keypad-drawer.ts';
import { readiness } from './readiness.ts';

/** A call with a picture: theirs fills the stage, ours stands in a corner, bars leave when nothing is touched. */
export function inVideoView(view: View, call: Talking): TemplateResult {
  const { t, state, picture } = view;
  const corner = picture.corner ?? (view.wide ? 'bottom-right' : 'top-right');
  const open = state.drawer !== 'none';
  const wake = (): void => picture.wake(open);
  return html`<main
    class="stage video full ${picture.quiet ? 'quiet' : ''}"
    tabindex="-1"
    ?data-sheet=${open && !view.wide}
    @pointermove=${wake}
    @pointerdown=${wake}
    @focusin=${wake}
    @keydown=${wake}
  >
    ${theirPicture(view, call)} ${topBar(view, call)} ${callMessage(view, call)}
    ${picture.quiet ? quietChip(view, call) : nothing} ${ourPicture(view, call, corner)}
    <div class="deck">${tiles(pictureTiles(view, call), t.call.controls)} ${endButton(view, call)}</div>
    ${state.drawer === 'keypad' ? keypadDrawer(view) : nothing}
    ${state.drawer === 'device' ? deviceDrawer(view) : nothing}
    ${state.drawer === 'ready' ? readiness(view, 'sheet') : nothing}
  </main>`;
}

/** The words stand behind the picture: its first frame covers them. */
function theirPicture({ t, remoteStream }: View, call: Talking): TemplateResult {
  const fit = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof HTMLVideoElement) fitPicture(currentTarget);
  };
  return html`<div class="waiting">${call.remoteVideo ? t.call.waitingForPicture : t.call.noPicture}</div>
    ${
      call.remoteVideo && remoteStream
        ? html`<video
            class="remote"
            aria-label=${t.call.theirPicture}
            ${playPicture(remoteStream)}
            autoplay
            playsinline
            @resize=${fit}
            x5-video-player-type="h5-page"
          ></video>`
        : nothing
    }`;
}

function ourPicture(
  { t, localStream, picture }: View,
  call: Talking,
  corner: Corner,
): TemplateResult | typeof nothing {
  if (call.camera === 'none' || !localStream) return nothing;
  return html`<button
    type="button"
    class="local ${call.camera === 'on' ? 'mirrored' : ''}"
    data-corner=${corner}
    aria-label=${t.call.yourPicture}
    @pointerdown=${(event: PointerEvent) => picture.drag(event)}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' || event.key === ' ') picture.nextCorner(corner);
    }}
  >
    ${
      call.camera === 'on'
        ? html`<video ${playPicture(localStream)} autoplay playsinline></video>`
        : html`${icon('video-off')}<span class="vh">${t.call.cameraOff}</span>`
    }
  </button>`;
}

function topBar({ t, now, sound }: View, call: Talking): TemplateResult {
  const quality = sound.sound?.quality;
  return html`<div class="top">
    <div class="grow">
      <div class="who-line clip">${nameOf(call.peer)}</div>
      <div class="who-more clip">
        ${call.peer.name ? html`<span class="num">${formatNumber(call.peer.number)}</span>` : t.call.talking}
      </div>
    </div>
    <span class="num t" role="timer">${formatDuration(now - call.answeredAt)}</span>
    ${qualityBars(quality)}<span class="vh">${quality ? t.quality[quality] : ''}</span>
  </div>`;
}

function quietChip({ t, now }: View, call: Talking): TemplateResult {
  return html`<div class="quiet-chip">
    <span class="num">${formatDuration(now - call.answeredAt)}</span><span>${nameOf(call.peer)}</span>
    ${call.muted ? html`${icon('mic-off', 's')}<span class="vh">${t.call.muted}</span>` : nothing}
  </div>`;
}
