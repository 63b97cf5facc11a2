import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { CallRecord } from '../call-record.ts';
import { isCallRecord, mostRecords, type CallHistory } from './call-history.ts';

/** Version 1: the calls by account and beginning. */
interface Schema extends DBSchema {
  calls: {
    key: [account: string, startedAt: number, number: string, direction: string];
    value: { readonly account: string; readonly record: CallRecord };
  };
}

const databaseName = 'soft-handset';
const version = 1;

/**
 * The calls in IndexedDB, shared by all tabs of the page's origin.
 * @throws DOMException where the browser gives no database: private windows, a full disk, a newer version of the page
 */
export async function storedHistory(): Promise<CallHistory> {
  const database = await openDB<Schema>(databaseName, version, {
    upgrade: (fresh) => void fresh.createObjectStore('calls'),
    // A newer page in another tab must not wait for this one.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  return new StoredHistory(database);
}

class StoredHistory implements CallHistory {
  readonly #database: IDBPDatabase<Schema>;
  readonly #channel = new BroadcastChannel('soft-handset-history');

  constructor(database: IDBPDatabase<Schema>) {
    this.#database = database;
  }

  async load(account: string): Promise<readonly CallRecord[]> {
    const rows: unknown[] = await this.#database.getAll('calls', allOf(account));
    return rows
      .map((row) => (typeof row === 'object' && row !== null && 'record' in row ? row.record : undefined))
      .filter(isCallRecord)
      .reverse();
  }

  async add(account: string, record: CallRecord): Promise<void> {
    const transaction = this.#database.transaction('calls', 'readwrite');
    await transaction.store.put({ account, record }, keyOf(account, record));
    const count = await transaction.store.count(allOf(account));
    let cursor = count > mostRecords ? await transaction.store.openCursor(allOf(account)) : null;
    for (let surplus = count - mostRecords; cursor && surplus > 0; surplus--) {
      await cursor.delete();
      cursor = await cursor.continue();
    }
    await transaction.done;
    this.#tell(account);
  }

  async remove(account: string, record: CallRecord): Promise<void> {
    await this.#database.delete('calls', keyOf(account, record));
    this.#tell(account);
  }

  async clear(account: string): Promise<void> {
    await this.#database.delete('calls', allOf(account));
    this.#tell(account);
  }

  watch(changed: (account: string) => void): () => void {
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') changed(data);
    };
    return () => {
      this.#channel.close();
      this.#database.close();
    };
  }

  #tell(account: string): void {
    this.#channel.postMessage(account);
  }
}

function keyOf(account: string, { startedAt, peer, direction }: CallRecord): Schema['calls']['key'] {
  return [account, startedAt, peer.number, direction];
}

function allOf(account: string): IDBKeyRange {
  // An array is greater than any number, a missing part less than any (Indexed Database API §2.4).
  return IDBKeyRange.bound([account], [account, []]);
}
