import type { JanusReply } from '@soft-handset/protocol';
import type { JanusPlugin } from './plugin.ts';

export interface ServerFacts {
  readonly name: string;
  readonly version: number;
  readonly versionString: string;
  readonly author: string;
  readonly sessionTimeoutMs: number;
  readonly reclaimMs: number;
  readonly apiSecret: boolean;
  readonly tokens: boolean;
}

/** `server_info`, with the names Janus gives to these facts; those about its own insides are left out. */
export function describeServer(
  facts: ServerFacts,
  plugins: readonly JanusPlugin[],
  transaction: string,
): JanusReply {
  return {
    janus: 'server_info',
    transaction,
    name: facts.name,
    version: facts.version,
    version_string: facts.versionString,
    author: facts.author,
    data_channels: false,
    'session-timeout': facts.sessionTimeoutMs / 1000,
    'reclaim-session-timeout': facts.reclaimMs / 1000,
    api_secret: facts.apiSecret,
    auth_token: facts.tokens,
    'full-trickle': true,
    'rfc-4588': true,
    transports: {},
    events: {},
    loggers: {},
    plugins: Object.fromEntries(
      plugins.map((plugin) => [
        plugin.name,
        {
          name: plugin.description,
          author: plugin.author,
          description: plugin.description,
          version_string: plugin.versionString,
          version: plugin.version,
        },
      ]),
    ),
  };
}
