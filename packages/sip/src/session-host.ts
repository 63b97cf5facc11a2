import type { Account } from './account.ts';
import type { Core } from './core.ts';
import type { Endpoint } from './endpoint.ts';
import type { Session } from './invite-session.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { SessionTable } from './session-table.ts';

/** What a session is given by the user agent it belongs to. */
export interface SessionHost {
  readonly core: Core;
  readonly endpoint: Endpoint;
  readonly account: Account;
  readonly sessions: SessionTable<Session>;
  /** A request in a dialog that the session's owner does not take. Says whether somebody else does. */
  otherRequest(transaction: RunningServerTransaction): boolean;
}

export interface EndOptions {
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: Iterable<readonly [string, string]>;
}
