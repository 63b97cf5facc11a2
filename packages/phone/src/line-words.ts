import { isFree } from './call-model.ts';
import type { PhoneState } from './phone-model.ts';

export type Lamp = 'ok' | 'wait' | 'bad' | 'busy' | 'off';

/** What the line bar says: can I be reached, and if not, what would mend it. */
export interface LineWords {
  lamp: Lamp;
  /** A key of the message table `line`. */
  words:
    | 'ready'
    | 'inCall'
    | 'callComing'
    | 'calling'
    | 'signingIn'
    | 'reconnecting'
    | 'keepTalking'
    | 'unreachable'
    | 'cannotRing'
    | 'cannotHear'
    | 'microphoneUnknown'
    | 'microphoneRefused'
    | 'microphoneMissing'
    | 'microphoneBusy'
    | 'elsewhere'
    | 'notAllowed'
    | 'notSecure'
    | 'signedOut';
  fix: 'none' | 'retry' | 'microphone' | 'audio' | 'devices';
}

/** Registered is not reachable: `ready` only when line, microphone and ring have all been seen to work. */
export function lineWords(state: PhoneState): LineWords {
  if (!state.secure) return { lamp: 'bad', words: 'notSecure', fix: 'none' };
  return outOfService(state) ?? withoutMicrophone(state) ?? reachable(state);
}

function outOfService({ line, call }: PhoneState): LineWords | undefined {
  switch (line.name) {
    case 'out':
      return { lamp: 'off', words: 'signedOut', fix: 'none' };
    case 'signing-in':
      return { lamp: 'wait', words: 'signingIn', fix: 'none' };
    case 'lost':
      return { lamp: 'wait', words: call.name === 'talking' ? 'keepTalking' : 'reconnecting', fix: 'none' };
    case 'failed':
      if (line.code === 1002 || line.code === 9001) return { lamp: 'bad', words: 'elsewhere', fix: 'none' };
      if (line.code === 1004) return { lamp: 'bad', words: 'notAllowed', fix: 'none' };
      return { lamp: 'bad', words: 'unreachable', fix: 'retry' };
    case 'up':
      return undefined;
  }
}

function withoutMicrophone({ microphone, call }: PhoneState): LineWords | undefined {
  if (call.name === 'talking') return undefined;
  switch (microphone) {
    case 'granted':
      return undefined;
    case 'unknown':
      return { lamp: 'wait', words: 'microphoneUnknown', fix: 'microphone' };
    case 'refused':
      return { lamp: 'bad', words: 'microphoneRefused', fix: 'microphone' };
    case 'missing':
      return { lamp: 'bad', words: 'microphoneMissing', fix: 'devices' };
    case 'busy':
      return { lamp: 'bad', words: 'microphoneBusy', fix: 'microphone' };
  }
}

function reachable({ call, audioUnlocked }: PhoneState): LineWords {
  if (call.name === 'talking' && !audioUnlocked) return { lamp: 'wait', words: 'cannotHear', fix: 'audio' };
  if (!isFree(call)) return { lamp: 'busy', words: busyWords(call.name), fix: 'none' };
  if (!audioUnlocked) return { lamp: 'wait', words: 'cannotRing', fix: 'audio' };
  return { lamp: 'ok', words: 'ready', fix: 'none' };
}

function busyWords(name: 'ringing' | 'calling' | 'talking'): LineWords['words'] {
  if (name === 'ringing') return 'callComing';
  return name === 'calling' ? 'calling' : 'inCall';
}
