import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freeSipPort, freeTcpPort, makeTempDir, startChild, type Child } from '@soft-handset/parts';
import { partsOfThisTest } from '@soft-handset/parts/vitest';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What `npm start` runs. */
export const startScript: readonly string[] = [process.execPath, join(root, 'scripts/start.mjs')];

export interface Ports {
  readonly https: number;
  readonly sip: number;
  readonly exchange: number;
}

export async function freePorts(): Promise<Ports> {
  return { https: await freeTcpPort(), sip: await freeSipPort(), exchange: await freeSipPort() };
}

/** A configuration with an exchange and numbers to try, as the first start writes one, on ports of its own. */
export function demo({ https, sip, exchange }: Ports, numbers: readonly string[] = ['1001']): string {
  const accounts = numbers.map(
    (name) => `  - { name: '${name}', secret: page, openOnLoopback: true, sip: { password: sip } }`,
  );
  return `
listen: { httpsPort: ${https}, httpPort: 0 }
sip:
  udp: { port: ${sip} }
  tcp: { port: ${sip} }
  servers: [{ name: exchange, uri: 'sip:127.0.0.1:${exchange}' }]
accounts:
${accounts.join('\n')}
exchange: { port: ${exchange} }
`;
}

export interface StartOptions {
  readonly command?: readonly string[];
  readonly config: string;
  readonly args?: readonly string[];
  /** Something is in its way: it ends by itself. */
  readonly fails?: boolean;
}

export interface Started {
  readonly child: Child;
  /** Of its own; stands in the command line of each of its processes. */
  readonly folder: string;
}

/** Runs the command with a configuration in a folder of its own. */
export async function startSoftHandset({
  command = startScript,
  config,
  args = [],
  fails = false,
}: StartOptions): Promise<Started> {
  const parts = partsOfThisTest();
  const { path: folder } = await parts.use(makeTempDir('soft-handset'));
  const file = join(folder, 'soft-handset.yaml');
  await writeFile(file, config.includes('dataDir:') ? config : `${config}\ndataDir: ${folder}/data\n`);
  const [program = '', ...words] = command;
  const child = await parts.use(
    startChild({
      name: 'soft-handset',
      command: program,
      args: [...words, '--config', file, ...args],
      cwd: folder,
      ...(!fails && { ready: ({ output }: Child) => output.includes('Soft Handset is up') }),
      readyTimeoutMs: 120_000,
    }),
  );
  return { child, folder };
}
