import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { CallRecord } from '../src/call-record.ts';
import { memoryHistory, mostRecords, type CallHistory } from '../src/history/call-history.ts';
import { storedHistory } from '../src/history/stored-history.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

function record(at: number, more: Partial<CallRecord> = {}): CallRecord {
  return {
    peer: { number: '6001', name: 'North Fire Station' },
    kind: 'user',
    direction: 'in',
    video: false,
    startedAt: at,
    endedAt: at + 1000,
    answeredAt: undefined,
    endedBy: 'peer',
    code: 487,
    reason: '',
    ...more,
  };
}

async function opened(): Promise<CallHistory> {
  const history = await storedHistory();
  const close = history.watch(() => undefined);
  onTestFinished(close);
  return history;
}

describe.each([
  ['IndexedDB', opened],
  ['memory', () => Promise.resolve(memoryHistory())],
])('calls kept in %s', (_, open) => {
  test('come back newest first, each account its own', async () => {
    const history = await open();
    for (const at of [1000, 2000, 3000]) await history.add('1001', record(at));
    await history.add('1002', record(1500));

    expect((await history.load('1001')).map(({ startedAt }) => startedAt)).toEqual([3000, 2000, 1000]);
    expect(await history.load('1003')).toEqual([]);
  });

  test('are deleted one by one, and all at once', async () => {
    const history = await open();
    for (const at of [1000, 2000]) await history.add('1001', record(at));
    await history.add('1002', record(1500));

    await history.remove('1001', record(2000));
    const left = await history.load('1001');
    await history.clear('1001');

    expect(left).toEqual([record(1000)]);
    expect(await history.load('1001')).toEqual([]);
    expect(await history.load('1002')).toHaveLength(1);
  });

  test('make room for newer ones', async () => {
    const history = await open();
    for (let at = 1; at <= mostRecords + 2; at++) await history.add('1001', record(at));

    const kept = await history.load('1001');

    expect([kept.length, kept[0]?.startedAt, kept.at(-1)?.startedAt]).toEqual([
      mostRecords,
      mostRecords + 2,
      3,
    ]);
  });
});

describe('the database of the browser', () => {
  test('outlives the page', async () => {
    await (await opened()).add('1001', record(1000));

    expect(await (await opened()).load('1001')).toEqual([record(1000)]);
  });

  test('tells other tabs what has changed', async () => {
    const [one, two] = [await opened(), await storedHistory()];
    const told = new Promise((resolve) => onTestFinished(two.watch(resolve)));

    await one.add('1001', record(1000));

    expect(await told).toBe('1001');
  });

  test('rows that no version of ours has written are passed over', async () => {
    const history = await opened();
    await history.add('1001', record(1000));
    await history.add('1001', { startedAt: 2000, peer: { number: '1' }, direction: 'in' } as CallRecord);

    expect(await history.load('1001')).toEqual([record(1000)]);
  });

  test('of a newer page is refused', async () => {
    await new Promise((resolve) => {
      const request = indexedDB.open('soft-handset', 99);
      request.onsuccess = () => {
        request.result.close();
        resolve(undefined);
      };
    });

    await expect(storedHistory()).rejects.toMatchObject({ name: 'VersionError' });
  });
});
