import type { Account } from './account.ts';
import type { Core } from './core.ts';
import type { Endpoint } from './endpoint.ts';
import type { Session } from './invite-session.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { SessionTable } from './session-table.ts';

/** What the dialogs of a user agent stand on. */
export interface DialogHost {
  readonly core: Core;
  readonly endpoint: Endpoint;
  readonly account: Account;
}

/** Whose dialog a request may belong to, where it is no call. */
export interface DialogUser {
  readonly host: DialogHost;
  readonly callId: string;
  readonly localTag: string;
  receive(transaction: RunningServerTransaction): void;
  /** The stack or the user agent closes. */
  fail(): void;
}

/** What a session is given by the user agent it belongs to. */
export interface SessionHost extends DialogHost {
  readonly sessions: SessionTable<Session>;
  /** A request in a dialog that the session's owner does not take. Says whether somebody else does. */
  otherRequest(transaction: RunningServerTransaction): boolean;
}

export interface EndOptions {
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: Iterable<readonly [string, string]>;
}
