import type { Accounts } from './accounts.ts';
import type { Activity } from './activity.ts';
import type { LocationTable } from './location.ts';

/** Whoever asks OPTIONS of this user part is told who is there (RFC 3261 §11.2: the 200 may have a body). */
export const extensionsUser = 'extensions';

export interface Extension {
  readonly number: string;
  readonly display_name?: string;
  readonly state: 'offline' | 'online' | 'ringing' | 'busy';
}

/** All numbers, in their order, and what they do. */
export function extensionList(accounts: Accounts, location: LocationTable, activity: Activity): Extension[] {
  return accounts.all.map(({ number, displayName }) => {
    const doing = activity.of(number);
    const idle = location.of(number).length > 0 ? 'online' : 'offline';
    return {
      number,
      ...(displayName !== undefined && { display_name: displayName }),
      state: doing === 'idle' ? idle : doing,
    };
  });
}
