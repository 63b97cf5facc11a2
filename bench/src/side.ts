import {
  nosipAndStockSip,
  nosipOnly,
  startGatewayProcess,
  startJanus,
  type GatewayAccount,
  type Parts,
} from '@soft-handset/parts';

/** A user of the registrar, or of nothing where the run needs no registration. */
export interface BenchUser {
  readonly name: string;
  readonly password: string;
}

/** One of the two that are compared, running. */
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
  const janus = await parts.use(startJanus({ plugins: nosipAndStockSip }));
  const proxy = `sip:127.0.0.1:${sipPort}`;
  return {
    url: janus.url,
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

function account({ name, password }: BenchUser, sipPort: number, register: boolean): GatewayAccount {
  return {
    name,
    sip: { aor: `sip:${name}@127.0.0.1:${sipPort}`, password, server: 'far-end', register },
  };
}
