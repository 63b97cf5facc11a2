import { isFree } from './call-model.ts';
import { isSignedIn } from './phone-model.ts';
import type { PhoneState } from './phone-model.ts';

/** What a key asks for. */
export type KeyCommand =
  | { do: 'answer' }
  | { do: 'end' }
  | { do: 'mute' }
  | { do: 'digit'; digit: string }
  | { do: 'erase' }
  | { do: 'call' }
  | { do: 'keypad' }
  | { do: 'video' }
  | { do: 'device' }
  | { do: 'close' };

/** Where the key was struck. */
export interface KeyPlace {
  /** Focus is in the handset, or the handset is the whole page and focus is nowhere. */
  inside: boolean;
  /** Somebody types into a field. */
  inField: boolean;
  /** On a button of its own: Enter and blank belong to it. */
  onButton: boolean;
}

interface Key {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
}

/**
 * Function keys work everywhere on the page, also under a Chinese input method; letters and digits only inside the
 * handset and outside of fields. A key keeps its meaning in every state; where it has none, it is left to the page.
 */
export function keyCommand(event: Key, place: KeyPlace, state: PhoneState): KeyCommand | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const command = functionKey(event.key, state);
  if (command) return event.repeat ? undefined : command;
  if (!place.inside || !isSignedIn(state.line)) return undefined;
  if (event.key === 'Escape')
    return state.drawer === 'none' && !state.devicesOpen ? undefined : { do: 'close' };
  if (place.inField) return undefined;
  return digitKey(event.key, state) ?? (event.repeat ? undefined : letterKey(event.key, place, state));
}

function functionKey(key: string, { call }: PhoneState): KeyCommand | undefined {
  if (key === 'F2') return call.name === 'ringing' ? { do: 'answer' } : undefined;
  if (key === 'F4') return isFree(call) ? undefined : { do: 'end' };
  if (key === 'F9') return call.name === 'talking' || call.name === 'calling' ? { do: 'mute' } : undefined;
  return undefined;
}

function digitKey(key: string, { call }: PhoneState): KeyCommand | undefined {
  const dialling = isFree(call);
  if (/^[0-9*#]$/.test(key))
    return dialling || call.name === 'talking' ? { do: 'digit', digit: key } : undefined;
  if (!dialling) return undefined;
  if (key === '+') return { do: 'digit', digit: key };
  return key === 'Backspace' ? { do: 'erase' } : undefined;
}

function letterKey(key: string, place: KeyPlace, { call }: PhoneState): KeyCommand | undefined {
  if (key === 'Enter') return isFree(call) && !place.onButton ? { do: 'call' } : undefined;
  switch (key.toLowerCase()) {
    case 'k':
      return call.name === 'talking' ? { do: 'keypad' } : undefined;
    case 'v':
      return call.name === 'talking' ? { do: 'video' } : undefined;
    case 'd':
      return call.name === 'ringing' ? undefined : { do: 'device' };
    default:
      return undefined;
  }
}
