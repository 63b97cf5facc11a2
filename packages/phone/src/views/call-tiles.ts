import type { Calling, Talking } from '../call-model.ts';
import type { Tile } from '../parts/tile.ts';
import type { View } from '../view.ts';

/** The controls of a call, in their fixed order. */
export function callTiles(view: View, call: Talking): Tile[] {
  return [
    muteTile(view, call),
    keypadTile(view),
    ...videoTiles(view, call),
    ...speakerTile(view, call),
    deviceTile(view),
  ];
}

/** The same before the answer: what needs the other side waits in its place. */
export function callingTiles(view: View, call: Calling): Tile[] {
  const { t } = view;
  const later = { disabled: true, press: () => undefined };
  return [
    muteTile(view, call),
    { icon: 'keypad', words: t.call.keypad, ...later },
    { icon: 'video', words: t.call.video, ...later },
    deviceTile(view),
  ];
}

/** The same over a picture, where flipping the camera matters more than the loudspeaker. */
export function pictureTiles(view: View, call: Talking): Tile[] {
  const flip: Tile = { icon: 'flip', words: view.t.call.flip, press: () => view.act.flipCamera() };
  return [
    muteTile(view, call),
    ...videoTiles(view, call),
    ...(view.canFlip && call.camera === 'on' ? [flip] : []),
    keypadTile(view),
    deviceTile(view),
  ];
}

function muteTile({ t, act }: View, call: Calling | Talking): Tile {
  return {
    icon: call.muted ? 'mic-off' : 'mic',
    words: call.muted ? t.call.muted : t.call.mute,
    lit: call.muted,
    mute: true,
    hint: 'F9',
    press: () => act.toggleMute(),
  };
}

function keypadTile({ t, state, act }: View): Tile {
  return {
    icon: 'keypad',
    words: t.call.keypad,
    open: state.drawer === 'keypad',
    hint: 'K',
    press: () => act.toggleDrawer('keypad'),
  };
}

function videoTiles({ t, state, act }: View, call: Talking): Tile[] {
  const words = { none: t.call.video, on: t.call.stopVideo, off: t.call.startVideo }[call.camera];
  const tile: Tile = {
    icon: call.camera === 'off' ? 'video-off' : 'video',
    words,
    lit: call.camera === 'off',
    disabled: state.line.name !== 'up' && call.camera === 'none',
    hint: 'V',
    press: () => act.toggleCamera(),
  };
  return [tile];
}

function speakerTile({ t, canSwitchSpeaker, act }: View, call: Talking): Tile[] {
  if (!canSwitchSpeaker) return [];
  return [
    {
      icon: 'speaker',
      words: t.call.loudspeaker,
      lit: call.loudspeaker,
      press: () => act.toggleLoudspeaker(),
    },
  ];
}

function deviceTile({ t, state, act }: View): Tile {
  return {
    icon: 'headset',
    words: t.call.device,
    open: state.drawer === 'device',
    hint: 'D',
    press: () => act.toggleDrawer('device'),
  };
}
