import { endingOf } from './ending.ts';
import type { Messages } from './i18n/messages.ts';
import { nameOf } from './parts/band.ts';
import type { PhoneState } from './phone-model.ts';

export interface Announcement {
  words: string;
  /** An incoming call interrupts; everything else waits its turn. */
  urgent: boolean;
}

/** What a screen reader says about the step from one state to the next. */
export function announcement(before: PhoneState, after: PhoneState, t: Messages): Announcement | undefined {
  const words = callWords(before, after, t) ?? lineChange(before, after, t);
  return words === undefined ? undefined : { words, urgent: isNew(before, after, 'ringing') };
}

function callWords(before: PhoneState, after: PhoneState, t: Messages): string | undefined {
  const { call } = after;
  if (call.name === before.call.name) return mutedChange(before, after, t);
  switch (call.name) {
    case 'ringing':
      return t.say.incoming(t.kind[call.kind], nameOf(call.peer), call.peer.name ? call.peer.number : '');
    case 'talking':
      return t.say.answered;
    case 'ended':
      return t.say.ended(t.why[endingOf(call.record).why][0]);
    case 'calling':
    case 'none':
      return undefined;
  }
}

function mutedChange(before: PhoneState, after: PhoneState, t: Messages): string | undefined {
  const was = 'muted' in before.call && before.call.muted;
  const is = 'muted' in after.call && after.call.muted;
  if (was === is) return undefined;
  return is ? t.say.muted : t.say.unmuted;
}

function lineChange(before: PhoneState, after: PhoneState, t: Messages): string | undefined {
  if (before.line.name === after.line.name) return undefined;
  if (after.line.name === 'lost') return t.say.lost;
  return before.line.name === 'lost' && after.line.name === 'up' ? t.say.back : undefined;
}

function isNew(before: PhoneState, after: PhoneState, name: PhoneState['call']['name']): boolean {
  return after.call.name === name && before.call.name !== name;
}
