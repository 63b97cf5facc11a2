import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  const caFile = join(data.path, 'authority-of-the-pbx.pem');
  const isSecure = kamailio.certificate !== undefined;
  if (kamailio.certificate !== undefined) await writeFile(caFile, kamailio.certificate);
  const server = (name: string, port: number, more = '') => ({ name, uri: `sip:${loopback}:${port}${more}` });
  return parseConfig({
    listen: { httpsPort: 0, httpPort: 0 },
    page: { dir: page === 'phone' ? phonePage() : (await parts.use(makePageFolder())).path },
    dataDir: data.path,
    ...engine.config,
    sip: {
      udp: { port: 0 },
      tcp: { port: 0 },
      ...(isSecure && { tls: { caFile } }),
      servers: [
        server('pbx', kamailio.port),
        server('pbx-tcp', kamailio.port, ';transport=tcp'),
        ...(isSecure
          ? [
              server('pbx-tls', kamailio.port + 1, ';transport=tls'),
              server('pbx-wss', kamailio.port + 1, ';transport=wss'),
            ]
          : []),
        server('exchange', exchange.port),
        server('peer', peerPort),
      ],
    },
    accounts: accountsOf(kamailio.realm, isSecure),
    ...more,
  });
}
