import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalJanus } from '@soft-handset/media';
import { nosipPlugin } from '@soft-handset/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { janusBadRequests, plugin } from './bad-requests.ts';
import { WsClient } from './clients.ts';

test('a real Janus gives the codes that we give', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'soft-handset-codes-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const janus = await startLocalJanus({ dataDir });
  onTestFinished(() => janus.close());
  const client = await WsClient.open(janus.url);
  const session_id = (await client.ask({ janus: 'create' })).data!.id;
  const handle_id = (await client.ask({ janus: 'attach', session_id, plugin: nosipPlugin })).data!.id;
  const places = { server: {}, session: { session_id }, handle: { session_id, handle_id } };

  const codes: Record<string, number | undefined> = {};
  for (const [what, place, request] of janusBadRequests) {
    const mapped = request['plugin'] === plugin ? { ...request, plugin: nosipPlugin } : request;
    // Some of its errors leave the transaction out: the next message is the answer.
    const reply = await client.shout(JSON.stringify({ transaction: 't', ...places[place], ...mapped }));
    codes[what] = reply.error?.code;
  }

  expect(codes).toEqual(Object.fromEntries(janusBadRequests.map(([what, , , code]) => [what, code])));
});
