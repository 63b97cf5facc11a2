import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import * as v from 'valibot';
import { fuzzed } from '@soft-handset/parts/seeded';
import { requestJsep, SipserverRequest, sipserverPlugin, stockSipPlugin } from '@soft-handset/protocol';
import { parseConfig } from '../../src/config/config.ts';
import { JanusServer } from '../../src/janus-api/janus-server.ts';
import { gatewayInCall } from '../fakes/gateway-of-fakes.ts';
import { quiet } from '../fakes/test-handset.ts';
import { WsClient } from '../janus-api/clients.ts';

const login = { username: '1003', secret: 'page-secret' };
const rounds = 2_000;
const odd = [
  'null',
  '{}',
  '[]',
  '""',
  '-1',
  '1e400',
  'true',
  '"\\u0000"',
  '"a\\r\\nb"',
  `"${'x'.repeat(3000)}"`,
  '"__proto__"',
];

test.each([sipserverPlugin, stockSipPlugin])(
  `%s: 2,000 mutated messages over WebSocket, and a call beside them does not notice`,
  async (plugin) => {
    const gateway = await gatewayInCall();
    const before = gateway.counts();
    const url = await serve([gateway.plugin, gateway.stockPlugin]);
    const client = await WsClient.open(url);
    const session_id = (await client.ask({ janus: 'create' })).data!.id;
    const handle_id = (await client.ask({ janus: 'attach', session_id, plugin })).data!.id;
    await client.ask(message({ request: 'register', ...login }));
    const random = fuzzed(6455);

    for (let round = 0; round < rounds; round++) {
      const { entries } = SipserverRequest.options[Math.floor(random() * SipserverRequest.options.length)]!;
      const request = entries.request.literal;
      const fields: Record<string, unknown> = {};
      for (const [field, schema] of Object.entries(entries as Record<string, v.GenericSchema>)) {
        const value = samples[field] ?? '1';
        if (!notSampled.has(field) && v.is(schema, value)) fields[field] = value;
      }
      const type = requestJsep[request] === 'answer' ? 'answer' : 'offer';
      const whole = {
        transaction: 'f',
        ...message({ ...fields, request, ...(request === 'register' && login) }),
      };
      const jsep = requestJsep[request] === 'none' ? {} : { jsep: { type, sdp: 'v=0\r\n' } };
      client.socket.send(mutate(JSON.stringify({ ...whole, ...jsep }), random));
      if (round % 20 === 19) {
        // The handle is free for the next call, and registered again where it has left.
        for (const call of gateway.stack.agents.slice(1).flatMap(({ calls }) => calls)) call.ends();
        await client.ask(message({ request: 'register', ...login }));
      }
      if (round % 100 === 99) expect(await client.ask({ janus: 'ping' })).toMatchObject({ janus: 'pong' });
    }
    await client.close();
    await quiet();
    gateway.clock.advance(300_000);
    await quiet();

    expect(gateway.log.texts('error')).toEqual([]);
    expect(gateway.call.state).toBe('confirmed');
    expect(gateway.counts()).toEqual(before);
    expect(gateway.engine.sessionCount).toBe(1);
    // The mutations are not so rough that nothing comes of them.
    expect(gateway.stack.agents.flatMap(({ calls }) => calls).length).toBeGreaterThan(5);
    gateway.handset.asks({ request: 'hangup' });
    await gateway.handset.hears('hangingup');

    function message(body: object) {
      return { janus: 'message', session_id, handle_id, body };
    }

    async function serve(plugins: ConstructorParameters<typeof JanusServer>[0]['plugins']): Promise<string> {
      const { clock, log } = gateway;
      const config = parseConfig({ limits: { messagesPerSecond: 1e6, messageBurst: 1e6 } });
      const server = new JanusServer({
        config,
        plugins,
        isOwnHost: () => true,
        clock,
        log,
        refused: () => undefined,
      });
      const app = Fastify({ forceCloseConnections: true });
      server.serve(app);
      await app.listen({ host: '127.0.0.1', port: 0 });
      onTestFinished(async () => {
        server.close();
        await app.close();
      });
      return `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/janus`;
    }
  },
  60_000,
);

/** Any value of theirs would be refused. */
const notSampled: ReadonlySet<string> = new Set(['call_id', 'proxy', 'token', 'replace']);

const samples: Readonly<Record<string, unknown>> = {
  event: 'dialog',
  action: 'start',
  type: 'text/plain',
  content_type: 'text/plain',
};

/** One value, or some characters, of a JSON text are others. */
function mutate(text: string, random: () => number): string {
  const pick = (below: number): number => Math.floor(random() * below);
  const at = pick(text.length);
  switch (pick(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + pick(8));
    case 1:
      return text.slice(0, at) + String.fromCharCode(pick(0x250)) + text.slice(at + 1);
    case 2:
      return text;
    default: {
      const values = [...text.matchAll(/:("[^"]*"|\d+)/g)];
      const value = values[pick(values.length)]!;
      return (
        text.slice(0, value.index + 1) + odd[pick(odd.length)]! + text.slice(value.index + value[0].length)
      );
    }
  }
}
