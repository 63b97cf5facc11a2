import type { ReplacedDialog } from './contract.ts';
import type { DialogState } from './dialog.ts';
import type { NameAddr } from './message.ts';
import { noParams } from './params.ts';
import { parseParams } from './params.ts';
import { formatUri, parseUri } from './uri.ts';

/** Reads a Replaces value (RFC 3891 §6.1); both tags must be there. */
export function parseReplaces(value: string): ReplacedDialog | undefined {
  const semicolon = value.indexOf(';');
  if (semicolon < 0) return undefined;
  const callId = value.slice(0, semicolon).trim();
  const params = parseParams(value, semicolon);
  const toTag = params?.get('to-tag');
  const fromTag = params?.get('from-tag');
  if (callId === '' || toTag === undefined || fromTag === undefined) return undefined;
  return { callId, toTag, fromTag, earlyOnly: params?.has('early-only') === true };
}

export function formatReplaces({ callId, toTag, fromTag, earlyOnly }: ReplacedDialog): string {
  return `${callId};to-tag=${toTag};from-tag=${fromTag}${earlyOnly ? ';early-only' : ''}`;
}

/** The peer of a dialog with the dialog to take the place of, for Refer-To: what a third one is to call (RFC 5589 §7). */
export function referToReplace({ callId, localTag, remoteTag, remoteTarget }: DialogState): string {
  const uri = parseUri(remoteTarget);
  const replaces = formatReplaces({ callId, toTag: remoteTag, fromTag: localTag, earlyOnly: false });
  return uri
    ? formatUri({ ...uri, headers: new Map([['Replaces', encodeURIComponent(replaces)]]) })
    : remoteTarget;
}

/** What Refer-To asks for: whom to call, and instead of which dialog. */
export function readReferTo({ uri }: NameAddr): {
  readonly target: string;
  readonly replaces?: ReplacedDialog;
} {
  const target = formatUri({ ...uri, headers: noParams });
  const value = [...uri.headers].find(([name]) => name.toLowerCase() === 'replaces')?.[1];
  const replaces = value === undefined ? undefined : parseReplaces(decode(value));
  return replaces ? { target, replaces } : { target };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // decodeURIComponent knows no other way to say that the bytes are no UTF-8.
  }
}
