import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { MediaEngine } from '@soft-handset/media';
import { formatHostPort, type SipStack } from '@soft-handset/sip';
import { lanAddresses, ownNames } from './addresses.ts';
import { readCertificate, selfSignedCertificate, type Certificate } from './certificate.ts';
import type { Config } from './config/config.ts';
import { installationIn, openDataFolder } from './data-folder.ts';
import { exchangeFacts } from './exchange-facts.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { JanusServer } from './janus-api/janus-server.ts';
import { sinkHost } from './media-host.ts';
import type { Log } from './log.ts';
import { serveHealth } from './ops/health.ts';
import { createHttpsApp, listen, useCertificate, type WebServers } from './ops/https-server.ts';
import { Metrics, type Reading } from './ops/metrics.ts';
import { operators } from './ops/operators.ts';
import { servePage } from './ops/page.ts';
import { addSecurityHeaders } from './ops/security-headers.ts';
import { sipCredentials } from './sip-credentials.ts';
import { sipStackOptions } from './sip-stack-options.ts';
import type { SipserverPlugin } from './sipserver/plugin.ts';

/** A running gateway. */
export interface Gateway {
  /** https addresses of the page, the one for this machine first. */
  readonly urls: readonly string[];
  readonly httpsPort: number;
  /** Undefined: there is no redirect. */
  readonly httpPort: number | undefined;
  /** `udp 127.0.0.1:5070` */
  readonly sipAddresses: readonly string[];
  readonly isSelfSigned: boolean;
  /** A link to the page, from elsewhere if it can be reached from there, that logs in to the account: once, within ten minutes. */
  oneTimeLink(account: string): string;
  /**
   * Takes over what can change while it runs (SIGHUP): the certificate, which new connections get, and the Janus servers.
   * @throws CertificateError if the new certificate cannot be used; the old one stays
   */
  reload(changed: Config): Promise<void>;
  /** Ends calls, registrations, sessions and everything that was started. May be called twice. */
  close(): Promise<void>;
}

/** How long one part may take for its end before the next one is ended. */
const closeLimitMs = 3000;

/**
 * Puts the gateway together and opens it.
 * @throws StartError, CertificateError if something is in the way that the user can put right
 */
export async function startGateway(config: Config, log: Log, parts: GatewayParts): Promise<Gateway> {
  const closers: Closer[] = [];
  try {
    return await open(config, log, parts, closers);
  } catch (error) {
    await closeAll(closers, log, parts);
    throw error;
  }
}

interface Closer {
  readonly what: string;
  close(): Promise<void> | void;
}

async function open(config: Config, log: Log, parts: GatewayParts, closers: Closer[]): Promise<Gateway> {
  const { clock } = parts;
  await openDataFolder(config.dataDir);
  let certificate = await certificateFor(config, log);
  const credentials = await sipCredentials(config.sip, certificate, log);
  const stack = await parts.openStack(sipStackOptions(config, log, credentials));
  closers.unshift({ what: 'sip stack', close: () => stack.close() });
  const media = await parts.openEngine(config, log, clock);
  closers.unshift({ what: 'media engine', close: () => media.close() });
  const { engine } = media;
  const { accounts, sip } = config;
  const { servers, ownCredentials, callTypeHeader, answerTimeoutMs } = sip;
  const metrics = new Metrics();
  const exchange = exchangeFacts(config);
  const settings = { accounts, servers, exchange, ownCredentials, callTypeHeader, answerTimeoutMs };
  const sipserver = parts.createPlugin({
    stack,
    engine,
    ...settings,
    sinkHost: sinkHost(config),
    installation: await installationIn(config.dataDir),
    log,
    clock,
    onMediaStats: (lines) => metrics.mediaOfCall(lines),
  });

  const janus = new JanusServer({
    config,
    plugins: [sipserver.plugin, sipserver.stockPlugin],
    isOwnHost: (host) => certificate.covers(host),
    clock,
    log,
    refused: (layer, code) => metrics.refused(layer, code),
  });
  const app = createHttpsApp(certificate, log);
  addSecurityHeaders(app, config.page.frameAncestors);
  janus.serve(app);
  let isClosing = false;
  const isOperator = operators(config.metrics.allowedAddresses, config.listen.trustedProxies);
  const mediaServers = () => media.servers();
  const readiness = () => ({ engine: engine.isUp, sip: !isClosing });
  serveHealth(app, { readiness, mediaServers, isOperator });
  metrics.serve(app, {
    readings: readings({ stack, engine, sipserver, janus }),
    sipStats: () => stack.stats,
    mediaCounters: () => engine.counters(),
    mediaServers,
    isOperator,
  });
  servePage(app, config.page.dir);
  closers.unshift({ what: 'janus api', close: () => janus.close() });
  closers.unshift({ what: 'calls and registrations', close: () => sipserver.close() });
  const { httpPort } = config.listen;
  const web = await listen(app, { ...config.listen, httpPort: httpPort === 0 ? undefined : httpPort });
  closers.push({ what: 'web server', close: () => web.close() });

  const addresses = addressesOf(config, web, stack);
  let closed: Promise<void> | undefined;
  return {
    ...addresses,
    isSelfSigned: certificate.isSelfSigned,
    oneTimeLink: (account) => {
      // In the fragment, which no browser sends to a server.
      const fields = new URLSearchParams({ account, token: sipserver.issueLink(account) });
      return `${addresses.urls[1] ?? addresses.urls[0] ?? ''}#${fields.toString()}`;
    },
    reload: async (changed) => {
      media.reload(changed);
      certificate = await certificateFor(changed, log);
      useCertificate(app, certificate);
    },
    close: () => {
      isClosing = true;
      return (closed ??= closeAll(closers, log, parts));
    },
  };
}

async function certificateFor({ tls, dataDir, lan, listen }: Config, log: Log): Promise<Certificate> {
  const { certFile, keyFile } = tls;
  const now = new Date();
  const certificate =
    certFile !== undefined && keyFile !== undefined
      ? await readCertificate({ certFile, keyFile }, now)
      : await selfSignedCertificate({ folder: join(dataDir, 'tls'), names: ownNames(lan, listen.host), now });
  for (const warning of certificate.warnings) log.warn({}, warning);
  return certificate;
}

interface Counted {
  readonly stack: SipStack;
  readonly engine: MediaEngine;
  readonly sipserver: SipserverPlugin;
  readonly janus: JanusServer;
}

function readings({ stack, engine, sipserver, janus }: Counted): readonly Reading[] {
  return [
    ['soft_handset_connections', 'WebSocket connections', () => janus.connectionCount],
    ['soft_handset_sessions', 'Janus API sessions', () => janus.sessions.counts.sessions],
    ['soft_handset_handles', 'Janus API handles', () => janus.sessions.counts.handles],
    ['soft_handset_engine_up', 'Whether the media engine is up', () => Number(engine.isUp)],
    ['soft_handset_media_sessions', 'Media sessions in the engine', () => engine.sessionCount],
    ['soft_handset_sip_transactions', 'SIP transactions', () => stack.counts().transactions],
    ['soft_handset_sip_sessions', 'SIP INVITE sessions', () => stack.counts().sessions],
    ['soft_handset_sip_registrations', 'SIP registrations kept alive', () => stack.counts().registrations],
    [
      'soft_handset_sip_connections',
      'SIP connections over TCP, TLS and WebSockets',
      () => stack.counts().connections,
    ],
    ['soft_handset_lines', 'Accounts in use', () => sipserver.counts().lines],
    ['soft_handset_calls', 'Calls', () => sipserver.counts().calls],
  ];
}

function addressesOf(config: Config, web: WebServers, stack: SipStack) {
  const { httpsPort, httpPort } = web;
  const { host } = config.listen;
  const own = /^(127\.|::1$|0\.0\.0\.0$|::$)/.test(host) ? 'localhost' : host;
  // 0.0.0.0 is reached over IPv4 only.
  const hosts = [own, ...(config.lan ? lanAddresses().filter(isIPv4) : [])];
  const urls = hosts.map((name) => {
    return `https://${name.includes(':') ? `[${name}]` : name}${httpsPort === 443 ? '' : `:${httpsPort}`}/`;
  });
  const sipAddresses = (['udp', 'tcp', 'tls'] as const).flatMap((protocol) => {
    const { host: own = '', port } = stack.localAddress(protocol) ?? {};
    return port === undefined ? [] : [`${protocol} ${formatHostPort(own, port)}`];
  });
  return { urls, httpsPort, httpPort, sipAddresses };
}

/** One after the other, in their order; a part that does not end in time is left behind. */
async function closeAll(closers: readonly Closer[], log: Log, { clock }: GatewayParts): Promise<void> {
  for (const closer of closers) {
    const { what } = closer;
    let stopTimer = (): void => undefined;
    const limit = new Promise<'late'>((late) => {
      stopTimer = clock.setTimeout(() => late('late'), closeLimitMs);
    });
    try {
      if ((await Promise.race([closer.close(), limit])) === 'late')
        log.warn({ what }, 'did not close in time');
    } catch (error) {
      log.error({ err: error, what }, 'closing failed');
    } finally {
      stopTimer();
    }
  }
}
