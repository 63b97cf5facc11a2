import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from './child.ts';
import type { Part } from './parts.ts';
import { freeSipPort, freeTcpPort, loopback } from './ports.ts';
import { makeTempDir } from './temp-dir.ts';

export interface GatewayOptions {
  /** WebSocket of a Janus with NoSIP. */
  readonly janusUrl: string;
  /** As in the configuration file: where accounts register and call, by name. */
  readonly servers?: readonly { readonly name: string; readonly uri: string }[];
  readonly accounts?: readonly GatewayAccount[];
  /** More of the configuration file; it wins over what is set here. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Folder of a page to serve. */
  readonly page?: string;
}

/** An account of the configuration file; without `secret` it is open to everybody on this machine. */
export interface GatewayAccount {
  readonly name: string;
  readonly secret?: string;
  readonly sip?: {
    readonly aor?: string;
    readonly authUser?: string;
    readonly password?: string;
    readonly server?: string;
    readonly register?: boolean;
  };
}

/** Our server as its users run it: a process of its own with a configuration file. */
export interface GatewayProcess extends Part {
  /** `https://127.0.0.1:<port>`, with a certificate of its own making. */
  readonly origin: string;
  /** `wss://127.0.0.1:<port>/janus` */
  readonly janusUrl: string;
  /** Where it listens for SIP, UDP and TCP. */
  readonly sipPort: number;
  readonly child: Child;
}

const program = fileURLToPath(new URL('../../packages/gateway/dist/main.js', import.meta.url));

export async function startGatewayProcess(options: GatewayOptions): Promise<GatewayProcess> {
  if (!existsSync(program)) throw new Error('the gateway is not built: npm run build');
  const directory = await makeTempDir('gateway');
  const port = await freeTcpPort();
  const sipPort = await freeSipPort();
  const file = join(directory.path, 'soft-handset.yaml');
  await writeFile(file, JSON.stringify(configuration(options, port, sipPort), undefined, 2));
  const origin = `https://${loopback}:${port}`;
  const child = await startChild({
    name: 'gateway',
    command: process.execPath,
    args: [program, '--config', file, '--data', join(directory.path, 'data')],
    ready: () => isReady(origin),
    readyTimeoutMs: 20_000,
    stopTimeoutMs: 10_000,
  }).catch(async (cause: unknown) => {
    await directory.close();
    throw cause;
  });
  return {
    origin,
    janusUrl: `wss://${loopback}:${port}/janus`,
    sipPort,
    child,
    close: async () => {
      await child.close();
      await directory.close();
    },
  };
}

function configuration(options: GatewayOptions, port: number, sipPort: number): object {
  return {
    listen: { host: loopback, httpsPort: port, httpPort: 0 },
    ...(options.page !== undefined && { page: { dir: options.page } }),
    janus: { url: options.janusUrl },
    sip: {
      udp: { host: loopback, port: sipPort },
      tcp: { host: loopback, port: sipPort },
      servers: options.servers ?? [],
    },
    accounts: (options.accounts ?? []).map((account) => ({
      ...account,
      ...(account.secret === undefined && { open: true }),
    })),
    log: { level: 'warn' },
    ...options.config,
  };
}

/** Its own word: it can make and take calls. */
function isReady(origin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${origin}/readyz`, { rejectUnauthorized: false, timeout: 20_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}
