import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { parseConfig } from '../../src/config/config.ts';
import { JanusServer } from '../../src/janus-api/janus-server.ts';
import { LogBook } from '../log-book.ts';
import { EchoPlugin } from './echo-plugin.ts';

export interface TestServer {
  readonly server: JanusServer;
  readonly plugin: EchoPlugin;
  readonly log: LogBook;
  readonly refused: string[];
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly wsUrl: string;
  readonly httpUrl: string;
}

/** The Janus API on a port of its own, without TLS, with a plugin that echoes; ended with the test. */
export async function startTestServer(
  settings: object = {},
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<TestServer> {
  const plugin = new EchoPlugin();
  const log = new LogBook();
  const refused: string[] = [];
  const server = new JanusServer({
    config: parseConfig(settings),
    plugins: [plugin],
    isOwnHost: (host) => host === '127.0.0.1',
    clock,
    log,
    refused: (layer, code) => refused.push(`${layer} ${code}`),
  });
  const app = Fastify({ forceCloseConnections: true });
  server.serve(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    server.close();
    await app.close();
  });
  const host = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { server, plugin, log, refused, host, wsUrl: `ws://${host}/janus`, httpUrl: `http://${host}/janus` };
}
