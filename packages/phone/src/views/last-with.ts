import { isMissed } from '../call-record.ts';
import type { Peer } from '../call-record.ts';
import { formatWhen } from '../number.ts';
import type { View } from '../view.ts';

/** The last call with the same number, in one line; undefined if there was none. */
export function lastWith({ t, state, now }: View, peer: Peer): string | undefined {
  const record = state.records.find((old) => old.peer.number === peer.number);
  if (!record) return undefined;
  const when = formatWhen(record.startedAt, now);
  if (record.direction === 'out') return t.last.called(when);
  if (record.answeredAt !== undefined) return t.last.answered(when);
  return isMissed(record) ? t.last.missed(when) : t.last.declined(when);
}
