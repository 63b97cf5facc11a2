import type { CallRecord } from '../call-record.ts';

/** Where the calls of an account are kept between visits; a host or a test may bring its own. */
export interface CallHistory {
  /** The calls of the account, newest first. @throws whatever the store says, where it cannot be read */
  load(account: string): Promise<readonly CallRecord[]>;
  add(account: string, record: CallRecord): Promise<void>;
  remove(account: string, record: CallRecord): Promise<void>;
  clear(account: string): Promise<void>;
  /** Tells when another tab has changed something. The function returned ends it. */
  watch(changed: (account: string) => void): () => void;
}

/** Older calls make room. */
export const mostRecords = 1000;

/** For as long as the page is open. */
export function memoryHistory(): CallHistory {
  const kept = new Map<string, readonly CallRecord[]>();
  const of = (account: string): readonly CallRecord[] => kept.get(account) ?? [];
  const set = (account: string, records: readonly CallRecord[]): Promise<void> => {
    kept.set(account, records.slice(0, mostRecords));
    return Promise.resolve();
  };
  return {
    load: (account) => Promise.resolve(of(account)),
    add: (account, record) => set(account, [record, ...of(account)]),
    remove: (account, record) =>
      set(
        account,
        of(account).filter((one) => !isSameCall(one, record)),
      ),
    clear: (account) => set(account, []),
    watch: () => () => undefined,
  };
}

/** A handset has one call at a time that begins at that moment with that number. */
export function isSameCall(one: CallRecord, other: CallRecord): boolean {
  return (
    one.startedAt === other.startedAt &&
    one.peer.number === other.peer.number &&
    one.direction === other.direction
  );
}

/** What a store gives back was written by some version of this page, or by nobody: only what is whole counts. */
export function isCallRecord(value: unknown): value is CallRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { peer, kind, direction, startedAt, endedAt, answeredAt } = value as Partial<CallRecord>;
  return (
    typeof peer?.number === 'string' &&
    typeof peer.name === 'string' &&
    typeof kind === 'string' &&
    (direction === 'in' || direction === 'out') &&
    Number.isFinite(startedAt) &&
    Number.isFinite(endedAt) &&
    (answeredAt === undefined || Number.isFinite(answeredAt))
  );
}
