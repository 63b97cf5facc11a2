import { isField, isNowhere } from './browser/focus.ts';
import { isFree } from './call-model.ts';
import { keyCommand } from './key-map.ts';
import type { KeyCommand, KeyPlace } from './key-map.ts';
import type { PhoneState } from './phone-model.ts';
import { cleanNumber } from './number.ts';
import type { Actions } from './view.ts';

/** Which keys of the page are the handset's: `page` = it is the whole page, `off` = none. */
export type KeysMode = 'page' | 'inside' | 'off';

export interface KeyHost {
  readonly element: HTMLElement;
  readonly mode: () => KeysMode;
  readonly state: () => PhoneState;
  readonly act: Actions;
}

/** Listens on the window until the function returned is called. */
export function watchKeys(host: KeyHost): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (host.mode() === 'off' || event.defaultPrevented || event.isComposing) return;
    const command = keyCommand(event, placeOf(event, host), host.state());
    if (!command) return;
    event.preventDefault();
    obey(command, host);
  };
  const onPaste = (event: ClipboardEvent): void => {
    const { inside, inField } = placeOf(event, host);
    const text = cleanNumber(event.clipboardData?.getData('text') ?? '');
    if (!inside || inField || host.mode() === 'off' || !text || host.state().call.name !== 'none') return;
    event.preventDefault();
    host.act.setNumber(host.state().dialled + text);
  };
  window.addEventListener('keydown', onKey);
  window.addEventListener('paste', onPaste);
  return () => {
    window.removeEventListener('keydown', onKey);
    window.removeEventListener('paste', onPaste);
  };
}

function placeOf(event: Event, { element, mode }: KeyHost): KeyPlace {
  const path = event.composedPath();
  const target = path[0];
  const nowhere =
    target === window || target === document || (target instanceof Element && isNowhere(target));
  const button = path.find((step) => step instanceof HTMLButtonElement);
  return {
    inside: path.includes(element) || (mode() === 'page' && nowhere),
    inField: isField(target),
    // Keys of the pad are pressed by their digit: Enter means call there, too.
    onButton: button instanceof HTMLElement && !button.classList.contains('key'),
  };
}

function obey(command: KeyCommand, { act, state }: KeyHost): void {
  switch (command.do) {
    case 'answer': {
      const { call } = state();
      return act.answer(call.name === 'ringing' && call.video);
    }
    case 'end':
      return act.hangup();
    case 'mute':
      return act.toggleMute();
    case 'digit':
      return act.press(command.digit);
    case 'erase':
      return act.erase();
    case 'call':
      return callAgainOrDial(act, state());
    case 'keypad':
      return act.toggleDrawer('keypad');
    case 'video':
      return act.toggleCamera();
    case 'device':
      return !isFree(state().call) ? act.toggleDrawer('device') : act.openDevices(!state().devicesOpen);
    case 'close':
      return state().drawer === 'none' ? act.openDevices(false) : act.toggleDrawer(state().drawer);
  }
}

/** Enter on the plate of an ended call means the same number again. */
function callAgainOrDial(act: Actions, { call }: PhoneState): void {
  if (call.name === 'ended') act.call(call.record.video, call.record.peer.number);
  else act.call(false);
}
