import type { Session } from './invite-session.ts';
import type { SipRequest } from './message.ts';
import { parseReplaces } from './replaces.ts';
import type { SessionHost } from './session-host.ts';
import type { SessionTable } from './session-table.ts';

/** The call whose place an INVITE is to take, if it names one; or what the INVITE is refused with (RFC 3891 §3). */
export function replacedBy(
  { headers }: SipRequest,
  sessions: SessionTable<Session>,
  host: SessionHost,
): { readonly session?: Session } | { readonly status: number } {
  const values = headers.getAll('Replaces');
  if (values.length === 0) return {};
  const wanted = parseReplaces(values[0] ?? '');
  if (!wanted || values.length > 1) return { status: 400 };
  const session = sessions.get(wanted.callId, wanted.toTag);
  // Another account's calls are nobody else's to take.
  if (session?.host !== host || !session.hasDialogWith(wanted.fromTag)) return { status: 481 };
  switch (session.state) {
    case 'ended':
      return { status: 603 };
    case 'confirmed':
    case 'accepted':
      return wanted.earlyOnly ? { status: 486 } : { session };
    case 'inviting':
    case 'early':
      // A call that rings here is not replaced but answered: only one that we make may be.
      return session.role === 'uac' ? { session } : { status: 481 };
  }
}
