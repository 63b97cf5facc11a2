import { ConfigError } from './config-error.ts';
import { pbxSettings } from './pbx-settings.ts';
import type { Setting } from './setting.ts';

type Kind = 'text' | 'number' | 'boolean' | 'list' | 'range';

/** Environment variables that override the file: name, place in the configuration, kind, and what it is for. */
export const environment: readonly (readonly [name: string, path: string, kind: Kind, about: string])[] = [
  ['SOFT_HANDSET_HOST', 'listen.host', 'text', 'address to listen on'],
  ['SOFT_HANDSET_HTTPS_PORT', 'listen.httpsPort', 'number', 'port for https and wss'],
  ['SOFT_HANDSET_HTTP_PORT', 'listen.httpPort', 'number', 'port that redirects to https, 0 for none'],
  ['SOFT_HANDSET_TRUSTED_PROXIES', 'listen.trustedProxies', 'list', 'proxies that may name the client'],
  ['SOFT_HANDSET_TLS_CERT', 'tls.certFile', 'text', 'certificate, PEM'],
  ['SOFT_HANDSET_TLS_KEY', 'tls.keyFile', 'text', 'its private key, PEM'],
  ['SOFT_HANDSET_PAGE', 'page.dir', 'text', 'folder of the built page'],
  ['SOFT_HANDSET_DATA', 'dataDir', 'text', 'folder for what is kept'],
  ['SOFT_HANDSET_MEDIA_ENGINE', 'media.engine', 'text', 'auto, embedded or janus'],
  ['SOFT_HANDSET_RTP_ADDRESS', 'media.embedded.rtpAddress', 'text', 'our address for RTP of SIP peers'],
  [
    'SOFT_HANDSET_OTHER_RTP_ADDRESS',
    'media.embedded.otherRtpAddress',
    'text',
    'the same in the other IP family',
  ],
  ['SOFT_HANDSET_RTP_PORTS', 'media.embedded.rtpPorts', 'range', 'its UDP ports, e.g. 20000-29999'],
  ['SOFT_HANDSET_ICE_ADDRESS', 'media.embedded.iceAddress', 'text', 'our address for browsers'],
  [
    'SOFT_HANDSET_ICE_PORTS',
    'media.embedded.icePorts',
    'range',
    'its UDP ports, one for each call instead of one for all',
  ],
  ['SOFT_HANDSET_ICE_PORT', 'media.embedded.icePort', 'number', 'one UDP port for all browsers'],
  ['SOFT_HANDSET_PUBLIC_ADDRESS', 'media.embedded.publicAddress', 'text', 'our address behind a NAT'],
  ['SOFT_HANDSET_JANUS_URL', 'janus.url', 'text', 'a Janus that runs already'],
  ['SOFT_HANDSET_JANUS_API_SECRET', 'janus.apiSecret', 'text', 'its API secret'],
  ['SOFT_HANDSET_JANUS_BINARY', 'janus.binary', 'text', 'the janus program to start'],
  ['SOFT_HANDSET_SIP_ADVERTISED_HOST', 'sip.advertisedHost', 'text', 'our address as SIP peers see it'],
  ['SOFT_HANDSET_SIP_OWN_CREDENTIALS', 'sip.ownCredentials', 'boolean', 'log in with SIP credentials'],
  ['SOFT_HANDSET_API_SECRET', 'api.secret', 'text', 'API secret that handsets must send'],
  ['SOFT_HANDSET_API_TOKENS', 'api.tokens', 'list', 'tokens, one of which handsets must send'],
  ['SOFT_HANDSET_ALLOWED_ORIGINS', 'allowedOrigins', 'list', 'pages elsewhere that may connect'],
  ['SOFT_HANDSET_LOG_LEVEL', 'log.level', 'text', 'debug, info, warn, error or silent'],
  ['SOFT_HANDSET_LOG_PRETTY', 'log.pretty', 'boolean', 'log lines for people'],
];

/** A PBX and accounts on it, instead of a file. */
export const pbxVariables = {
  SOFT_HANDSET_SIP_SERVER: 'as --sip-server',
  SOFT_HANDSET_ACCOUNTS: 'as --account, with blanks between several',
} as const;

/** The overrides that are set. @throws ConfigError for a value of the wrong kind or an unknown name */
export function readEnvironment(env: NodeJS.ProcessEnv): readonly Setting[] {
  const known = new Set([
    ...environment.map(([name]) => name),
    ...Object.keys(pbxVariables),
    'SOFT_HANDSET_CONFIG',
  ]);
  // An empty variable is one that is not set: composing tools write them so.
  const given = Object.keys(env).filter((name) => name.startsWith('SOFT_HANDSET_') && env[name] !== '');
  const faults = given.filter((name) => !known.has(name)).map((name) => `${name}: no such setting`);
  const settings = environment.flatMap(([name, path, kind]) => {
    const text = env[name];
    if (text === undefined || text === '') return [];
    const value = convert(text, kind);
    if (value === undefined) faults.push(`${name}: expected a ${kind}`);
    return [{ path, value, from: name }];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return [...settings, ...pbxOf(env)];
}

function pbxOf(env: NodeJS.ProcessEnv): readonly Setting[] {
  return pbxSettings({
    server: env['SOFT_HANDSET_SIP_SERVER'] || undefined,
    accounts: (env['SOFT_HANDSET_ACCOUNTS'] ?? '').split(/\s+/).filter(Boolean),
    names: { server: 'SOFT_HANDSET_SIP_SERVER', accounts: 'SOFT_HANDSET_ACCOUNTS' },
  });
}

function convert(text: string, kind: Kind): unknown {
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return /^[0-9]+$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return { true: true, '1': true, yes: true, false: false, '0': false, no: false }[text.toLowerCase()];
    case 'range': {
      const [, from, to] = /^([0-9]+)-([0-9]+)$/.exec(text) ?? [];
      return from === undefined ? undefined : { from: Number(from), to: Number(to) };
    }
    case 'list':
      return text.split(',').flatMap((item) => item.trim() || []);
  }
}
