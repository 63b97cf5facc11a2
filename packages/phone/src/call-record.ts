import type { HandsetErrorCode, IncomingCall } from '@soft-handset/handset';

/** Why something failed: a fault of the browser side by name, the server's by number. */
export type Code = HandsetErrorCode | number;

/** The other side. `name` is empty where only a number is known. */
export interface Peer {
  number: string;
  name: string;
}

/** What the call is for, as a dispatch console tells calls apart. */
export type CallKind = 'user' | 'dispatch' | 'dispatch-out' | 'other' | 'auto';

/** One call of the past, as far as this page has seen it. */
export interface CallRecord {
  peer: Peer;
  kind: CallKind;
  direction: 'in' | 'out';
  video: boolean;
  /** When it began to ring, or was placed. */
  startedAt: number;
  endedAt: number;
  answeredAt: number | undefined;
  endedBy: 'us' | 'peer';
  code: Code;
  /** The words that came with the code; for support, not for the user. */
  reason: string;
}

const kinds: Record<string, CallKind> = {
  user_call_user: 'user',
  call_dispatch: 'dispatch',
  call_dispatch_out: 'dispatch-out',
  other_call_handle: 'other',
  self_call_handle: 'auto',
};

/** `notifyType` of the wire; what we do not know is an ordinary call. */
export function callKind(notifyType: string): CallKind {
  return kinds[notifyType] ?? 'user';
}

const longestName = 60;

/** A display name that only repeats the number is none. */
export function peerOf(call: IncomingCall): Peer {
  const number = plainText(call.telNumber);
  const name = plainText(call.displayName);
  return { number, name: name === number ? '' : name };
}

/**
 * What strangers send, fit to be shown: without control characters and without those that turn the direction of
 * writing round, by which `moc.evil` reads `live.com`; not longer than anybody reads.
 */
function plainText(text: string): string {
  const plain = text.replace(/[\p{Cc}\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]+/gu, ' ');
  const characters = Array.from(plain.replace(/\s+/g, ' ').trim());
  return characters.length > longestName
    ? `${characters.slice(0, longestName - 1).join('')}…`
    : characters.join('');
}

/** Answered on another device of the same number: the caller was served, nothing was missed (RFC 3326 §3.1). */
export function isAnsweredElsewhere(record: CallRecord): boolean {
  return (
    record.direction === 'in' &&
    record.answeredAt === undefined &&
    record.endedBy === 'peer' &&
    (record.code === 200 || /elsewhere/i.test(record.reason))
  );
}

export function isMissed(record: CallRecord): boolean {
  return (
    record.direction === 'in' &&
    record.answeredAt === undefined &&
    record.endedBy === 'peer' &&
    !isAnsweredElsewhere(record)
  );
}

/** How long the two sides talked. */
export function talkedMs(record: CallRecord): number {
  return record.answeredAt === undefined ? 0 : record.endedAt - record.answeredAt;
}

/** Answered, missed and average length, for the foot of the readiness plate. */
export function summary(records: readonly CallRecord[]): {
  answered: number;
  missed: number;
  averageMs: number;
} {
  const talks = records.filter((record) => record.answeredAt !== undefined);
  const total = talks.reduce((sum, record) => sum + talkedMs(record), 0);
  return {
    answered: talks.filter((record) => record.direction === 'in').length,
    missed: records.filter(isMissed).length,
    averageMs: talks.length ? total / talks.length : 0,
  };
}
