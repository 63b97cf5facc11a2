import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { janusSubprotocol, nosipPlugin } from '@soft-handset/protocol';
import { WebSocket } from 'ws';
import { MediaError } from './engine.ts';
import { localJanusFiles } from './local-janus-config.ts';

export interface LocalJanusOptions {
  /** Folder for the configuration files; made if missing. */
  readonly dataDir: string;
  /** Name or path of the program. */
  readonly binary?: string;
  /** 0, the default, asks the system for a free one. */
  readonly wsPort?: number;
  readonly rtpPortRange?: { readonly min: number; readonly max: number };
  /** Janus's own, 0 to 7. */
  readonly debugLevel?: number;
  /** Full plugin names; only NoSIP unless told. */
  readonly plugins?: readonly string[];
  /** The address that the SDP for the peer names. */
  readonly mediaIp?: string;
  /**
   * The address of this machine for RTP with the peer; Janus finds one by itself where it is left out. For peers on
   * loopback it must be 127.0.0.1: Janus takes packets only from the address that the peer's SDP names.
   */
  readonly mediaHost?: string;
  readonly apiSecret?: string;
  /** Given: the Admin API is served too, at `adminUrl`. */
  readonly adminSecret?: string;
  /** Given: the same WebSocket over TLS too, at `secureUrl`. PEM files. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Each line Janus prints. */
  readonly log?: (line: string) => void;
  /** Until it answers. */
  readonly startTimeoutMs?: number;
}

export interface LocalJanus {
  /** `ws://127.0.0.1:<port>` */
  readonly url: string;
  readonly adminUrl: string | undefined;
  /** `wss://127.0.0.1:<port>` */
  readonly secureUrl: string | undefined;
  readonly pid: number;
  /** Resolves when the process is gone, for any reason; never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGTERM, and SIGKILL if that is not heard. May be called twice. */
  close(): Promise<void>;
  /** SIGKILL, as a crash would be. */
  kill(): void;
}

const closeTimeoutMs = 3000;
const lastLinesKept = 20;
const defaultRtpPortRange = { min: 10_000, max: 29_999 };

/**
 * Starts the `janus` program on loopback with a configuration of ours, and waits until it answers.
 *
 * It ends with us: at `close()`, at the `exit` of this process, and, where util-linux's `setpriv` is installed, also when
 * this process is killed outright (PR_SET_PDEATHSIG). Without `setpriv` it outlives a SIGKILL of ours.
 * @throws MediaError `engine-down` if the program is missing, the port is taken or it ends at once; `timeout` if it does not answer
 */
export async function startLocalJanus(options: LocalJanusOptions): Promise<LocalJanus> {
  const program = await findProgram(options.binary ?? 'janus');
  if (program === undefined) {
    throw new MediaError(
      'engine-down',
      `The Janus program "${options.binary ?? 'janus'}" is not there. On Debian: apt-get install janus`,
    );
  }
  const wsPort = await freePort(options.wsPort ?? 0);
  const adminPort = options.adminSecret === undefined ? undefined : await freePort(0);
  const tlsPort = options.tls && (await freePort(0));
  const serverName = `soft-handset-${randomUUID()}`;
  const configFolder = resolve(options.dataDir);
  await writeConfig(configFolder, options, serverName, { wsPort, adminPort, tlsPort });

  const child = await spawnWithUs(program, [
    '--configs-folder',
    configFolder,
    '--config',
    join(configFolder, 'janus.jcfg'),
  ]);
  const lastLines = readLines(child.process, options.log);
  const url = `ws://127.0.0.1:${wsPort}`;
  try {
    await untilAnswering(url, serverName, child.exited, options);
  } catch (error) {
    await child.close();
    if (!(error instanceof MediaError)) throw error;
    throw new MediaError(error.code, `${error.message}. ${lastLines.join(' | ')}`, { cause: error });
  }
  return {
    url,
    adminUrl: adminPort === undefined ? undefined : `ws://127.0.0.1:${adminPort}`,
    secureUrl: tlsPort === undefined ? undefined : `wss://127.0.0.1:${tlsPort}`,
    pid: child.pid,
    exited: child.exited,
    close: () => child.close(),
    kill: () => void child.process.kill('SIGKILL'),
  };
}

/** Full path of a program on the PATH, or where Janus's own `make install` puts it. */
async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/opt/janus/bin'].filter(Boolean);
  const candidates =
    isAbsolute(name) || name.includes('/') ? [resolve(name)] : folders.map((folder) => join(folder, name));
  for (const path of candidates) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** The port itself if it is free, or one of the system's choice for 0. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  return new Promise((found, failed) => {
    server.once('error', (cause) => {
      failed(new MediaError('engine-down', `Port ${wanted} for Janus is taken on 127.0.0.1`, { cause }));
    });
    server.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      server.close(() => found(port));
    });
  });
}

interface Ports {
  readonly wsPort: number;
  readonly adminPort: number | undefined;
  readonly tlsPort: number | undefined;
}

async function writeConfig(
  configFolder: string,
  options: LocalJanusOptions,
  serverName: string,
  { wsPort, adminPort, tlsPort }: Ports,
): Promise<void> {
  const files = localJanusFiles({
    configFolder,
    wsPort,
    serverName,
    plugins: options.plugins ?? [nosipPlugin],
    rtpPortRange: options.rtpPortRange ?? defaultRtpPortRange,
    debugLevel: options.debugLevel ?? 2,
    ...(options.mediaIp !== undefined && { mediaIp: options.mediaIp }),
    ...(options.mediaHost !== undefined && { mediaHost: options.mediaHost }),
    ...(options.apiSecret !== undefined && { apiSecret: options.apiSecret }),
    ...(adminPort !== undefined &&
      options.adminSecret !== undefined && { admin: { port: adminPort, secret: options.adminSecret } }),
    ...(tlsPort !== undefined && options.tls && { tls: { port: tlsPort, ...options.tls } }),
  });
  await mkdir(configFolder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files))
    await writeFile(join(configFolder, name), text, { mode: 0o600 });
}

interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly exited: LocalJanus['exited'];
  close(): Promise<void>;
}

/** A child in the foreground, without stdin, that does not outlive us. */
async function spawnWithUs(program: string, args: readonly string[]): Promise<Child> {
  const setpriv = await findProgram('setpriv');
  // setpriv replaces itself by the program: the pid is Janus's own.
  const [command, ...rest] = setpriv
    ? [setpriv, '--pdeathsig', 'TERM', program, ...args]
    : [program, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const endAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', endAtExit);
  const exited: LocalJanus['exited'] = new Promise((ended) => {
    child.once('exit', (code, signal) => ended({ code, signal }));
    child.once('error', () => ended({ code: null, signal: null }));
  });
  void exited.then(() => process.off('exit', endAtExit));
  if (child.pid === undefined) throw new MediaError('engine-down', `Janus could not be started: ${command}`);
  return { process: child, pid: child.pid, exited, close: () => endChild(child, exited) };
}

async function endChild(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const hardly = setTimeout(() => child.kill('SIGKILL'), closeTimeoutMs);
  await exited;
  clearTimeout(hardly);
}

/** Passes on what Janus prints, and keeps the end of it for an error's text. */
function readLines(child: ChildProcess, log: ((line: string) => void) | undefined): readonly string[] {
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '') return;
      last.push(line);
      if (last.length > lastLinesKept) last.shift();
      log?.(line);
    });
  }
  return last;
}

async function untilAnswering(
  url: string,
  serverName: string,
  exited: LocalJanus['exited'],
  options: LocalJanusOptions,
): Promise<void> {
  const limitMs = options.startTimeoutMs ?? 10_000;
  const until = Date.now() + limitMs;
  for (;;) {
    const name = await Promise.race([askName(url, options.apiSecret), exited]);
    if (name === serverName) return;
    if (typeof name === 'object') throw new MediaError('engine-down', 'Janus ended while starting');
    // Another's server got the port between our look and our start.
    if (name !== undefined) throw new MediaError('engine-down', `Another server answers at ${url}`);
    if (Date.now() > until) throw new MediaError('timeout', `Janus did not answer within ${limitMs} ms`);
    await new Promise((wake) => setTimeout(wake, 25));
  }
}

/** The `server-name` in the answer to `info`; undefined when there is none within a second. */
function askName(url: string, apiSecret: string | undefined): Promise<string | undefined> {
  return new Promise((answer) => {
    const socket = new WebSocket(url, janusSubprotocol, { handshakeTimeout: 1000 });
    const timer = setTimeout(() => socket.terminate(), 1000);
    socket.on('error', () => socket.terminate());
    socket.once('close', () => {
      clearTimeout(timer);
      answer(undefined);
    });
    socket.once('open', () =>
      socket.send(JSON.stringify({ janus: 'info', transaction: 'info', apisecret: apiSecret })),
    );
    socket.once('message', (data: Buffer) => {
      answer(nameIn(data.toString()));
      socket.close();
    });
  });
}

function nameIn(text: string): string {
  try {
    const reply: unknown = JSON.parse(text);
    if (typeof reply === 'object' && reply !== null && 'server-name' in reply) {
      return String(reply['server-name']);
    }
  } catch {
    // Not JSON, so not our Janus.
  }
  return '';
}
