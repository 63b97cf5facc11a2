import type { JanusReply } from '@soft-handset/protocol';
import { Access } from './janus-api/access.ts';
import { Dispatcher } from './janus-api/dispatch.ts';
import { SessionTable } from './janus-api/session-table.ts';
import type { Session, SessionOwner } from './janus-api/session.ts';
import { createSipserverPlugin, type SipserverOptions, type SipserverPlugin } from './sipserver/plugin.ts';
import { version } from './version.ts';

export type { Account, SipServer } from './account.ts';

export type InProcessOptions = Omit<
  SipserverOptions,
  'ownCredentials' | 'callTypeHeader' | 'answerTimeoutMs'
> &
  Partial<Pick<SipserverOptions, 'ownCredentials' | 'callTypeHeader' | 'answerTimeoutMs'>>;

/** One client's connection. What is said to it comes to `hear`, in order. */
export interface InProcessConnection {
  /** One message of the Janus API, already parsed. */
  send(message: unknown): void;
  /** The connection is gone; its sessions wait to be claimed, as those of a socket that broke. */
  drop(): void;
}

const sessionTimeoutMs = 60_000;
const reclaimMs = 120_000;

/** The Janus API with both plugins and nothing around it: no web server, no configuration file, no socket of its own. */
export class InProcessGateway {
  readonly #sipserver: SipserverPlugin;
  readonly #sessions: SessionTable;
  readonly #dispatcher: Dispatcher;

  constructor(options: InProcessOptions) {
    const { clock, log } = options;
    this.#sipserver = createSipserverPlugin({
      ownCredentials: false,
      callTypeHeader: 'X-Call-Type',
      answerTimeoutMs: 20_000,
      ...options,
    });
    this.#sessions = new SessionTable({
      clock,
      log,
      timeoutMs: sessionTimeoutMs,
      reclaimMs,
      leaveMs: 10_000,
      maxSessions: 1000,
      sessionsPerAddress: 1000,
      queuedEvents: 1000,
      rate: { perSecond: 1000, burst: 1000 },
    });
    this.#dispatcher = new Dispatcher({
      sessions: this.#sessions,
      plugins: [this.#sipserver.plugin, this.#sipserver.stockPlugin],
      access: new Access({ tokens: [] }),
      handlesPerSession: 256,
      log,
      server: {
        name: 'Soft Handset',
        version: 1,
        versionString: version,
        author: 'Soft Handset',
        sessionTimeoutMs,
        reclaimMs,
        apiSecret: false,
        tokens: false,
      },
    });
  }

  /** What is alive. */
  get counts() {
    return { ...this.#sessions.counts, ...this.#sipserver.counts() };
  }

  connect(hear: (message: JanusReply) => void, remoteAddress = '127.0.0.1'): InProcessConnection {
    const owner: SessionOwner = {
      eventsReady: (session: Session) => {
        for (const event of session.take()) hear(event);
      },
    };
    return {
      send: (message) => this.#dispatcher.dispatch(message, { owner, remoteAddress }, hear),
      drop: () => this.#sessions.ownerGone(owner, 'dropped'),
    };
  }

  /** Ends calls, registrations and sessions. May be called twice. */
  async close(): Promise<void> {
    this.#sessions.close();
    await this.#sipserver.close();
  }
}
