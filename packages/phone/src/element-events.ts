import type { CallRecord, Code } from './call-record.ts';
import type { PhoneState } from './phone-model.ts';

/** What `<soft-handset>` tells its host page: CustomEvents that bubble and leave the shadow root. */
export interface SoftHandsetEvents {
  'handset-registered': { account: string };
  /** Signed out, or the line has failed; `code` says why, if anything failed. */
  'handset-unregistered': { account: string; code: Code | undefined };
  'handset-incoming': { callId: string; number: string; name: string; kind: string; video: boolean };
  'handset-calling': { number: string; video: boolean };
  'handset-answered': { number: string; direction: 'in' | 'out' };
  'handset-ended': CallRecord;
}

export type SoftHandsetEvent = {
  [N in keyof SoftHandsetEvents]: { name: N; detail: SoftHandsetEvents[N] };
}[keyof SoftHandsetEvents];

/** The events that lie between two states. */
export function eventsBetween(before: PhoneState, after: PhoneState): SoftHandsetEvent[] {
  return [...lineEvents(before, after), ...callEvents(before, after)];
}

function lineEvents(before: PhoneState, { line, account }: PhoneState): SoftHandsetEvent[] {
  if (before.line.name === line.name) return [];
  if (line.name === 'up' && before.line.name !== 'lost')
    return [{ name: 'handset-registered', detail: { account } }];
  if (line.name === 'failed') return [{ name: 'handset-unregistered', detail: { account, code: line.code } }];
  if (line.name === 'out') return [{ name: 'handset-unregistered', detail: { account, code: line.refused } }];
  return [];
}

function callEvents(before: PhoneState, { call }: PhoneState): SoftHandsetEvent[] {
  if (before.call.name === call.name) return [];
  switch (call.name) {
    case 'none':
      return [];
    case 'ringing': {
      const { callId, peer, kind, video } = call;
      return [{ name: 'handset-incoming', detail: { callId, ...peer, kind, video } }];
    }
    case 'calling':
      return [{ name: 'handset-calling', detail: { number: call.peer.number, video: call.video } }];
    case 'talking':
      return [{ name: 'handset-answered', detail: { number: call.peer.number, direction: call.direction } }];
    case 'ended':
      return [{ name: 'handset-ended', detail: call.record }];
  }
}
