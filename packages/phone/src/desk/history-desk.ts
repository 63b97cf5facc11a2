import type { CallRecord } from '../call-record.ts';
import { memoryHistory, type CallHistory } from '../history/call-history.ts';

export interface HistoryHost {
  readonly open: () => Promise<CallHistory>;
  readonly loaded: (records: readonly CallRecord[]) => void;
  /** The browser keeps nothing: calls are known until the page is closed. */
  readonly notKept: () => void;
}

/** The calls of the account that is signed in, as the store has them; what is asked of the store is done in its order. */
export class HistoryDesk {
  readonly #host: HistoryHost;
  #account = '';
  #history: Promise<CallHistory> | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #unwatch: () => void = () => undefined;
  #isClosed = false;

  constructor(host: HistoryHost) {
    this.#host = host;
  }

  /** Somebody has signed in. */
  show(account: string): void {
    this.#account = account;
    this.#load(account);
  }

  add(record: CallRecord): void {
    const account = this.#account;
    this.#do((history) => history.add(account, record));
  }

  remove(record: CallRecord): void {
    const account = this.#account;
    this.#do((history) => history.remove(account, record));
    this.#load(account);
  }

  clear(): void {
    const account = this.#account;
    this.#do((history) => history.clear(account));
    this.#load(account);
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
  }

  #load(account: string): void {
    this.#do(async (history) => {
      const records = await history.load(account);
      if (account === this.#account && !this.#isClosed) this.#host.loaded(records);
    });
  }

  #do(ask: (history: CallHistory) => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      try {
        await ask(await (this.#history ??= this.#open()));
      } catch {
        // A store that has broken down is given up: from now on calls are kept in memory, this one first.
        const inMemory = memoryHistory();
        this.#history = Promise.resolve(inMemory);
        this.#host.notKept();
        await ask(inMemory);
      }
    });
  }

  async #open(): Promise<CallHistory> {
    try {
      const history = await this.#host.open();
      const unwatch = history.watch((account) => {
        if (account === this.#account) this.#load(account);
      });
      this.#unwatch = unwatch;
      if (this.#isClosed) unwatch();
      return history;
    } catch {
      this.#host.notKept();
      return memoryHistory();
    }
  }
}
