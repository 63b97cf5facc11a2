import type { MediaEngine, PoolServer } from '@soft-handset/media';
import type { SipStack, SipStackOptions } from '@soft-handset/sip';
import type { GatewayParts } from '../src/gateway-parts.ts';
import { EchoPlugin } from './janus-api/echo-plugin.ts';
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config/config.ts';

export interface FakeParts extends GatewayParts {
  readonly plugin: EchoPlugin;
  readonly engine: { isUp: boolean };
  /** What was opened and closed, in its order. */
  readonly history: string[];
  stackOptions: SipStackOptions | undefined;
  /** What the media stands on. */
  servers: readonly PoolServer[];
  /** Configurations that the engine was told of later. */
  readonly reloads: Config[];
}

/** A gateway's surroundings without SIP and without Janus. */
export function fakeParts(changes: Partial<GatewayParts> = {}): FakeParts {
  const history: string[] = [];
  const plugin = new EchoPlugin();
  const closing = (what: string) => async () => {
    history.push(`${what} closed`);
  };
  const stack = {
    stats: { retransmissions: 3 },
    counts: () => ({ transactions: 1, sessions: 2, registrations: 3, connections: 4 }),
    localAddress: (protocol: string) => (protocol === 'udp' ? { host: '127.0.0.1', port: 5070 } : undefined),
    close: closing('stack'),
  } as unknown as SipStack;
  const counters = () => ({ srtpForged: 2 });
  const engine = {
    name: 'fake',
    isUp: true,
    sessionCount: 5,
    counters,
    close: closing('engine'),
  } as unknown as MediaEngine & { isUp: boolean };
  const parts: FakeParts = {
    plugin,
    engine,
    history,
    stackOptions: undefined,
    servers: [{ name: 'one', kind: 'fake', isUp: true, isDraining: false, sessionCount: 5 }],
    reloads: [],
    clock: systemClock,
    openStack: async (options) => {
      history.push('stack opened');
      parts.stackOptions = options;
      return stack;
    },
    openEngine: async () => {
      history.push('engine opened');
      return {
        engine,
        servers: () => parts.servers,
        reload: (changed) => void parts.reloads.push(changed),
        close: closing('engine'),
      };
    },
    createPlugin: () => {
      history.push('plugin made');
      return {
        plugin,
        stockPlugin: new EchoPlugin('janus.plugin.sip'),
        issueLink: (account) => `once_for-${account}`,
        counts: () => ({ handles: 0, lines: 6, calls: 7, timers: 0 }),
        close: closing('plugin'),
      };
    },
    ...changes,
  };
  return parts;
}
