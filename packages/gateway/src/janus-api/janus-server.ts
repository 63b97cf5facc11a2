import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { Access } from './access.ts';
import { AddressLimits } from './address-limits.ts';
import { Dispatcher } from './dispatch.ts';
import { HttpLongPoll } from './http-long-poll.ts';
import type { JanusPlugin } from './plugin.ts';
import { SessionTable } from './session-table.ts';
import { JanusWebSockets } from './websocket.ts';
import type { Log } from '../log.ts';
import { version } from '../version.ts';

export interface JanusServerOptions {
  readonly config: Pick<Config, 'api' | 'sessions' | 'limits' | 'allowedOrigins' | 'listen'>;
  readonly plugins: readonly JanusPlugin[];
  /** Whether the server answers under this host name. */
  readonly isOwnHost: (host: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly refused?: (layer: 'websocket' | 'http' | 'core', code: number) => void;
}

/** The Janus API with both its transports, ready to be put on an HTTP server. */
export class JanusServer {
  readonly sessions: SessionTable;
  readonly #webSockets: JanusWebSockets;
  readonly #longPoll: HttpLongPoll;

  constructor({ config, plugins, isOwnHost, clock, log, refused }: JanusServerOptions) {
    const { api, limits, listen } = config;
    const access = new Access({ secret: api.secret, tokens: api.tokens });
    const rate = { perSecond: limits.messagesPerSecond, burst: limits.messageBurst };
    const connects = { perSecond: limits.connectsPerSecond, burst: limits.connectBurst };
    this.sessions = new SessionTable({
      ...config.sessions,
      clock,
      log,
      rate,
      maxSessions: limits.sessions,
      sessionsPerAddress: limits.sessionsPerAddress,
      queuedEvents: limits.queuedEvents,
    });
    const dispatcher = new Dispatcher({
      sessions: this.sessions,
      plugins,
      access,
      log,
      handlesPerSession: limits.handlesPerSession,
      server: serverFacts(config),
      refused: (code) => refused?.('core', code),
    });
    const shared = {
      dispatcher,
      sessions: this.sessions,
      addresses: new AddressLimits({ clock, rate: connects, connections: limits.connectionsPerAddress }),
      origins: { allowed: config.allowedOrigins, isOwnHost },
      trustedProxies: listen.trustedProxies,
      messageBytes: limits.messageBytes,
      clock,
      log,
    };
    this.#webSockets = new JanusWebSockets({
      ...shared,
      rate,
      unsentBytes: limits.unsentBytes,
      pingMs: 15_000,
      refused: (code) => refused?.('websocket', code),
    });
    this.#longPoll = new HttpLongPoll({
      ...shared,
      access,
      // A session must not time out while its client waits for events.
      pollMs: Math.min(30_000, config.sessions.timeoutMs / 2),
      refused: (code) => refused?.('http', code),
    });
  }

  get connectionCount(): number {
    return this.#webSockets.connectionCount;
  }

  serve(app: FastifyInstance): void {
    this.#longPoll.register(app);
    app.server.on('upgrade', (request, socket, head: Buffer) =>
      this.#webSockets.upgrade(request, socket, head),
    );
  }

  /** Ends the sessions, and with them the plugins' handles; then the sockets. */
  close(): void {
    this.sessions.close();
    this.#longPoll.close();
    this.#webSockets.close();
  }
}

function serverFacts({ api, sessions }: Pick<Config, 'api' | 'sessions'>) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return {
    name: 'Soft Handset',
    version: major * 10_000 + minor * 100 + patch,
    versionString: version,
    author: 'Soft Handset',
    sessionTimeoutMs: sessions.timeoutMs,
    reclaimMs: sessions.reclaimMs,
    apiSecret: api.secret !== undefined,
    tokens: api.tokens.length > 0,
  };
}
