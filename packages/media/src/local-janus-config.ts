/*
 * The configuration of a Janus that serves this machine's server only: WebSocket on loopback, the plugins asked for, nothing else.
 * https://janus.conf.meetecho.com/docs/deploy.html
 */

/** What decides the text of the configuration files. */
export interface LocalJanusConfig {
  readonly configFolder: string;
  readonly wsPort: number;
  /** The name that `info` answers, by which we know our own Janus. */
  readonly serverName: string;
  /** Full names, such as `janus.plugin.nosip`. */
  readonly plugins: readonly string[];
  readonly rtpPortRange: { readonly min: number; readonly max: number };
  readonly debugLevel: number;
  /** The address in the SDP for the peer; Janus finds one by itself where it is left out. */
  readonly mediaIp?: string;
  /** The address that RTP of the peer is received at and sent from. */
  readonly mediaHost?: string;
  readonly apiSecret?: string;
  readonly admin?: { readonly port: number; readonly secret: string };
  /** The client's WebSocket over TLS as well. */
  readonly tls?: { readonly port: number; readonly certFile: string; readonly keyFile: string };
}

/** What a Janus distribution may hold. What is not asked for is switched off by name, so that the binary's own folders stay in use. */
const knownPlugins = [
  'audiobridge',
  'duktape',
  'echotest',
  'lua',
  'nosip',
  'recordplay',
  'sip',
  'streaming',
  'textroom',
  'videocall',
  'videoroom',
  'voicemail',
];
const otherTransports = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'];
const eventHandlers = ['gelfevh', 'mqttevh', 'nanomsgevh', 'rabbitmqevh', 'sampleevh', 'wsevh'];
const loggers = ['jsonlog'];

/** File name to text. */
export function localJanusFiles(config: LocalJanusConfig): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    'janus.jcfg': core(config),
    'janus.transport.websockets.jcfg': webSockets(config),
  };
  for (const plugin of config.plugins) files[`${plugin}.jcfg`] = sipOrNosip(config);
  return files;
}

function core(config: LocalJanusConfig): string {
  const wanted = new Set(config.plugins.map(shortName));
  const { min, max } = config.rtpPortRange;
  return [
    section('general', {
      configs_folder: config.configFolder,
      server_name: config.serverName,
      debug_level: config.debugLevel,
      debug_colors: false,
      session_timeout: 60,
      hide_dependencies: true,
      api_secret: config.apiSecret,
      admin_secret: config.admin?.secret,
    }),
    section('media', { ipv6: false, rtp_port_range: `${min}-${max}`, slowlink_threshold: 4 }),
    section('nat', { nice_debug: false, full_trickle: false, ice_ignore_list: 'vmnet,docker,veth' }),
    section('plugins', { disable: libraries(knownPlugins.filter((name) => !wanted.has(name))) }),
    section('transports', { disable: libraries(otherTransports) }),
    section('loggers', { disable: libraries(loggers) }),
    section('events', { broadcast: false, disable: libraries(eventHandlers) }),
  ].join('\n');
}

function webSockets(config: LocalJanusConfig): string {
  const { admin, tls } = config;
  return [
    section('general', {
      json: 'compact',
      ws: true,
      ws_port: config.wsPort,
      ws_ip: '127.0.0.1',
      wss: tls !== undefined,
      wss_port: tls?.port,
      wss_ip: tls && '127.0.0.1',
    }),
    section('admin', {
      admin_ws: admin !== undefined,
      admin_ws_port: admin?.port,
      admin_ws_ip: admin && '127.0.0.1',
      admin_wss: false,
    }),
    ...(tls ? [section('certificates', { cert_pem: tls.certFile, cert_key: tls.keyFile })] : []),
  ].join('\n');
}

/** Both plugins have the same names for what we set; other plugins ignore them. */
function sipOrNosip(config: LocalJanusConfig): string {
  const { min, max } = config.rtpPortRange;
  return section('general', {
    local_ip: config.mediaHost,
    sdp_ip: config.mediaIp,
    rtp_port_range: `${min}-${max}`,
    events: false,
  });
}

type Setting = string | number | boolean | undefined;

function section(name: string, settings: Readonly<Record<string, Setting>>): string {
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    value === undefined ? [] : [`\t${key} = ${typeof value === 'string' ? quoted(value) : String(value)}`],
  );
  return `${name}: {\n${lines.join('\n')}\n}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (char) => `\\${char}`)}"`;
}

function libraries(names: readonly string[]): string {
  return names.map((name) => `libjanus_${name}.so`).join(',');
}

function shortName(plugin: string): string {
  return plugin.slice(plugin.lastIndexOf('.') + 1);
}
