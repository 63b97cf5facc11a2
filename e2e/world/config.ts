import { parseConfig, type Config } from '@soft-handset/gateway';
import { loopback, makeTempDir, type Parts } from '@soft-handset/parts';
import type { EngineOfWorld } from './engine.ts';
import { accountsOf } from './numbers.ts';
import { makePageFolder, phonePage } from './page-folder.ts';
import type { Site } from './site.ts';

export interface Surroundings {
  readonly site: Site;
  readonly engine: EngineOfWorld;
  /** The page of the SDK and janus.js, or the phone that users see. */
  readonly page: 'test' | 'phone';
  /** More of the configuration file. */
  readonly more: Readonly<Record<string, unknown>> | undefined;
}

/** What the gateway of a test is told: all ports of the system's choice, our test page, three SIP servers. */
export async function configOf(parts: Parts, { site, engine, page, more }: Surroundings): Promise<Config> {
  const { kamailio, exchange, peerPort } = site;
  const data = await parts.use(makeTempDir('data'));
  const server = (name: string, port: number, more = '') => ({ name, uri: `sip:${loopback}:${port}${more}` });
  return parseConfig({
    listen: { httpsPort: 0, httpPort: 0 },
    page: { dir: page === 'phone' ? phonePage() : (await parts.use(makePageFolder())).path },
    dataDir: data.path,
    ...engine.config,
    sip: {
      udp: { port: 0 },
      tcp: { port: 0 },
      servers: [
        server('pbx', kamailio.port),
        server('pbx-tcp', kamailio.port, ';transport=tcp'),
        server('exchange', exchange.port),
        server('peer', peerPort),
      ],
    },
    accounts: accountsOf(kamailio.realm),
    ...more,
  });
}
