import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  makeTempDir,
  nosipAndStockSip,
  nosipOnly,
  startGatewayProcess,
  startJanus,
  type GatewayAccount,
  type Parts,
} from '@soft-handset/parts';
import { generate } from 'selfsigned';

/** A user of the registrar, or of nothing where the run needs no registration. */
export interface BenchUser {
  readonly name: string;
  readonly password: string;
}

/** One of the two that are compared, running. Both are spoken to over wss, as a page has to: browsers give no microphone without https. */
export interface Side {
  readonly url: string;
  readonly plugin: string;
  /** Everything that the side runs: its memory and processor time count. */
  readonly pids: readonly number[];
  /** The body that makes a handle fit for calls without a registration. */
  guest(user: BenchUser): object;
  /** The body that registers with digest. */
  register(user: BenchUser): object;
  /** Events that end a call, in any order; the next call may begin after them. */
  readonly endOfCall: readonly string[];
}

export interface SideOptions {
  /** Users register here; guests, who do not, send their calls there. */
  readonly sipPort: number;
  readonly guests: readonly BenchUser[];
  readonly users: readonly BenchUser[];
}

export type StartSide = (parts: Parts, options: SideOptions) => Promise<Side>;

/** Meetecho's plugin as it comes with Janus. */
export const startStock: StartSide = async (parts, { sipPort }) => {
  const tls = await certificateFiles(parts);
  const janus = await parts.use(startJanus({ plugins: nosipAndStockSip, tls }));
  const proxy = `sip:127.0.0.1:${sipPort}`;
  return {
    url: janus.secureUrl ?? janus.url,
    plugin: 'janus.plugin.sip',
    pids: [janus.pid],
    guest: ({ name }) => ({ request: 'register', type: 'guest', username: `sip:${name}@127.0.0.1` }),
    register: ({ name, password }) => ({
      request: 'register',
      username: `sip:${name}@127.0.0.1:${sipPort}`,
      secret: password,
      proxy,
    }),
    // A handle that is used again before the core's hangup fails now and then.
    endOfCall: ['hangup', 'core hangup'],
  };
};

/** Our gateway, as its users run it, before a Janus that has NoSIP only. */
export const startOurs: StartSide = async (parts, { sipPort, guests, users }) => {
  const janus = await parts.use(startJanus({ plugins: nosipOnly }));
  const gateway = await parts.use(
    startGatewayProcess({
      janusUrl: janus.url,
      servers: [{ name: 'far-end', uri: `sip:127.0.0.1:${sipPort}` }],
      accounts: [
        ...guests.map((user) => account(user, sipPort, false)),
        ...users.map((user) => account(user, sipPort, true)),
      ],
      // One client stands for many: what protects the server from one of them would stop the run.
      config: { limits: { messagesPerSecond: 100_000, messageBurst: 100_000, handlesPerSession: 2_000 } },
    }),
  );
  const register = ({ name }: BenchUser): object => ({ request: 'register', username: name });
  return {
    url: gateway.janusUrl,
    plugin: 'janus.plugin.sipserver',
    pids: [gateway.child.pid, janus.pid],
    guest: register,
    register,
    endOfCall: ['hangingup'],
  };
};

/** Of the same kind as the gateway makes for itself. */
async function certificateFiles(
  parts: Parts,
): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  const folder = await parts.use(makeTempDir('bench-tls'));
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
  });
  const [certFile, keyFile] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certFile, keyFile };
}

function account({ name, password }: BenchUser, sipPort: number, register: boolean): GatewayAccount {
  return {
    name,
    sip: { aor: `sip:${name}@127.0.0.1:${sipPort}`, password, server: 'far-end', register },
  };
}
