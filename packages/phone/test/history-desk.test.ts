import { expect, test } from 'vitest';
import type { CallRecord } from '../src/call-record.ts';
import { HistoryDesk } from '../src/desk/history-desk.ts';
import { memoryHistory, type CallHistory } from '../src/history/call-history.ts';
import { unseenCount } from '../src/phone-model.ts';
import { after, arrives, calling, endedBy, signedIn } from './a-phone.ts';

function missed(at: number): CallRecord {
  const { call } = after(...signedIn, { ...arrives, at } as typeof arrives, endedBy('peer', 487, at + 1000));
  if (call.name !== 'ended') throw new Error('it should have ended');
  return call.record;
}

function deskOver(open: () => Promise<CallHistory>) {
  const told: (readonly CallRecord[] | 'not kept')[] = [];
  const desk = new HistoryDesk({
    open,
    loaded: (records) => told.push(records),
    notKept: () => told.push('not kept'),
  });
  return { desk, told };
}

test('who signs in sees the calls of his number', async () => {
  const history = memoryHistory();
  await history.add('1001', missed(1000));
  const { desk, told } = deskOver(() => Promise.resolve(history));

  desk.show('1001');

  await expect.poll(() => told).toEqual([[missed(1000)]]);
});

test('a call is kept for the number that had it, and can be deleted', async () => {
  const history = memoryHistory();
  const { desk, told } = deskOver(() => Promise.resolve(history));
  desk.show('1001');
  desk.add(missed(1000));
  desk.show('1002');
  desk.show('1001');
  desk.remove(missed(1000));

  await expect.poll(() => told.length).toBe(3);
  expect(told).toEqual([[], [missed(1000)], []]);
});

test('a browser that gives no store: it is said once, and calls are known until the page is closed', async () => {
  const { desk, told } = deskOver(() => Promise.reject(new DOMException('no', 'InvalidStateError')));

  desk.show('1001');
  desk.add(missed(1000));
  desk.show('1001');

  await expect.poll(() => told).toEqual(['not kept', [], [missed(1000)]]);
});

test('a store that breaks down is given up, and the phone goes on', async () => {
  const broken: CallHistory = {
    ...memoryHistory(),
    add: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
  };
  const { desk, told } = deskOver(() => Promise.resolve(broken));

  desk.show('1001');
  desk.add(missed(1000));
  desk.add(missed(2000));
  desk.show('1001');

  await expect.poll(() => told).toEqual([[], 'not kept', [missed(2000), missed(1000)]]);
});

test('missed calls are counted until the list is looked at', () => {
  const before = after(...signedIn, arrives, endedBy('peer', 487, 9000));
  const looked = after(...signedIn, arrives, endedBy('peer', 487, 9000), { type: 'tabChosen', tab: 'calls' });
  const again = after(
    ...signedIn,
    { type: 'recordsLoaded', records: [missed(20_000), missed(1000)] },
    { type: 'missedSeen', until: 5000 },
  );

  expect([before, looked, again, calling].map(unseenCount)).toEqual([1, 0, 1, 0]);
});
