import { ExtensionList, type Extension } from '@soft-handset/protocol';
import { parseUri, type UserAgent } from '@soft-handset/sip';
import * as v from 'valibot';

/** The user part at which our exchange tells who is there. */
const extensionsUser = 'extensions';

/** Asks the account's SIP server for its numbers. Undefined: it has no list for us, or is no exchange of ours. Never rejects. */
export async function extensionsAt(
  agent: Pick<UserAgent, 'request'>,
  aor: string,
): Promise<readonly Extension[] | undefined> {
  const home = parseUri(aor);
  if (!home) return undefined;
  const host = home.host.includes(':') ? `[${home.host}]` : home.host;
  const { status, body } = await agent.request('OPTIONS', `sip:${extensionsUser}@${host}`, {
    headers: [['Accept', 'application/json']],
  });
  const list = status === 200 ? v.safeParse(ExtensionList, parsedJson(body)) : undefined;
  return list?.success ? list.output.extensions : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // It fits no schema.
  }
}
