import { createSocket } from 'node:dgram';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { kamailioConfig, type KamailioConfig } from './kamailio-config.ts';
import { libraryPath, requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { freeSipPort, loopback } from './ports.ts';
import { makeTempDir } from './temp-dir.ts';

export interface KamailioOptions extends Partial<Omit<KamailioConfig, 'port' | 'modulesPath' | 'tls'>> {
  /** TLS, with this certificate and key (PEM). */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Kamailio extends Part {
  /** UDP and TCP, and WebSockets where they are wanted. TLS is at the next one. */
  readonly port: number;
  /** The certificate that TLS shows, where there is TLS. */
  readonly certificate: string | undefined;
  readonly realm: string;
  /** `sip:<user>@127.0.0.1:<port>` */
  uri(user: string): string;
  /** How often that user's REGISTER has been accepted so far. */
  registrationsOf(user: string): number;
  readonly child: Child;
}

/** A registrar and proxy on loopback: digest, registrations in memory, Record-Route. */
export async function startKamailio(options: KamailioOptions = {}): Promise<Kamailio> {
  const command = requirePart('kamailio');
  const directory = await makeTempDir('kamailio');
  const port = await freeSipPort({ tls: true });
  const { realm = 'soft-handset.test', tls, ...others } = options;
  const file = join(directory.path, 'kamailio.cfg');
  const defaults = {
    algorithm: 'MD5',
    users: {},
    routes: {},
    challengesCalls: true,
    children: 2,
    minExpires: 1,
    webSocket: false,
  } as const;
  const files = tls && (await certificateFiles(directory.path, tls));
  const config = { ...defaults, ...others, tls: files, realm, port, modulesPath: modulesPath() };
  await writeFile(file, kamailioConfig(config));

  const child = await startChild({
    name: 'kamailio',
    command,
    args: ['-f', file, '-DD', '-E', '-m', '64', '-M', '8', '-Y', directory.path, '-w', directory.path],
    ready: () => answersOptions(port),
  }).catch(async (cause: unknown) => {
    await directory.close();
    throw cause;
  });
  return {
    port,
    certificate: tls?.cert,
    realm,
    child,
    uri: (user) => `sip:${user}@${loopback}:${port}`,
    registrationsOf: (user) => child.output.split(`registered ${user} at `).length - 1,
    close: async () => {
      await child.close();
      await directory.close();
    },
  };
}

async function certificateFiles(
  folder: string,
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key);
  return files;
}

function modulesPath(): string {
  const found = libraryPath('kamailio/modules');
  if (found === undefined) throw new Error('the modules of kamailio are not where Debian puts them');
  return found;
}

/** Whether a SIP server on that UDP port answers OPTIONS within 200 ms. */
export async function answersOptions(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('message', () => resolve(true));
      socket.once('error', () => resolve(false));
      setTimeout(() => resolve(false), 200);
      socket.bind(0, loopback, () =>
        socket.send(optionsRequest(port, socket.address().port), port, loopback),
      );
    });
  } finally {
    socket.close();
  }
}

function optionsRequest(port: number, ownPort: number): string {
  return [
    `OPTIONS sip:${loopback}:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP ${loopback}:${ownPort};branch=z9hG4bKready${ownPort};rport`,
    `From: <sip:ready@${loopback}:${ownPort}>;tag=ready`,
    `To: <sip:${loopback}:${port}>`,
    `Call-ID: ready-${ownPort}-${Date.now()}`,
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
