// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { fakeBrowser } from './fakes/browser.ts';
import { settle } from './fakes/fake-server.ts';
import { openHandset, options, useFakes } from './fakes/handset.ts';

/* The HTTP form of the Janus API: no socket to look at, so requests and events meet by their names. */

useFakes();

class LongPollServer {
  readonly bodies: Record<string, unknown>[] = [];
  #poll: ((events: unknown[]) => void) | undefined;

  readonly fetch = async (url: string, request: { method: string; body?: string }) => {
    if (request.method === 'GET') return reply(await new Promise((resolve) => (this.#poll = resolve)));
    const message = JSON.parse(request.body ?? '{}') as { janus: string; transaction: string; body?: object };
    if (message.body) this.bodies.push({ ...message.body });
    const isMade = message.janus === 'create' || message.janus === 'attach';
    const janus = message.janus === 'message' ? 'ack' : 'success';
    return reply({ janus, transaction: message.transaction, ...(isMade && { data: { id: url.length } }) });
  };

  async says(result: object, more: object = {}): Promise<void> {
    this.#poll?.([
      {
        janus: 'event',
        sender: this.handle,
        plugindata: { plugin: 'x', data: { sip: 'event', result, ...more } },
      },
    ]);
    await settle();
  }

  handle = 0;
}

function reply(json: unknown) {
  return { ok: true, json: async () => json };
}

test('it registers over HTTP, is refused by name, and ends its session', async () => {
  fakeBrowser();
  const server = new LongPollServer();
  vi.stubGlobal('fetch', server.fetch);
  const handset = await openHandset(options({ janusUrl: 'https://gateway/janus', autoRegister: false }));
  server.handle = `https://gateway/janus/${'https://gateway/janus'.length}`.length;

  const registered = handset.register('1001');
  await settle();
  await server.says({ event: 'registered', username: 'sip:1001@pbx', register_sent: true });
  await registered;
  const placed = handset.newcall('6001').catch((error: unknown) => error);
  await settle();
  await server.says({}, { error_code: 446, error: 'Invalid address', result: undefined });

  expect(await placed).toMatchObject({ code: 446 });
  expect(server.bodies.map(({ request }) => request)).toEqual(['register', 'new_call']);
  const destroyed = handset.destroy();
  await settle();
  await server.says({ event: 'unregistered' });
  await destroyed;
  expect(handset.connection).toBe('closed');
});
