import { randomUUID } from 'node:crypto';
import type { LineStats, MediaEngine } from '@soft-handset/media';
import { sipserverPlugin, stockSipPlugin } from '@soft-handset/protocol';
import type { Clock, Log, SipStack } from '@soft-handset/sip';
import type { Account, SipServer } from '../account.ts';
import { Lines } from '../call/lines.ts';
import { RtpSink } from '../call/rtp-sink.ts';
import { WantOffer } from '../call/want-offer.ts';
import type { JanusPlugin } from '../janus-api/plugin.ts';
import { ownDialect } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { StockDialect } from './dialect-stock.ts';
import { SipserverHandle } from './handle.ts';
import { accountKey, Login } from './login.ts';
import { OneTimeLinks } from './one-time-links.ts';
import { SipServers } from './sip-servers.ts';
import { SecondHandset, type ExchangeFacts } from './second-handset.ts';

export interface SipserverOptions {
  readonly stack: Pick<SipStack, 'createUserAgent'>;
  readonly engine: MediaEngine;
  readonly accounts: readonly Account[];
  readonly servers: readonly SipServer[];
  /** Whether a handset may log in with SIP credentials of its own, towards a server of the list. */
  readonly ownCredentials: boolean;
  /** The SIP header that says `incomingcall.type`. */
  readonly callTypeHeader: string;
  /** How long a handset may take to answer an SDP. */
  readonly answerTimeoutMs: number;
  /** Beside us; undefined where there is none. */
  readonly exchange?: ExchangeFacts | undefined;
  readonly log: Log;
  readonly clock: Clock;
  /** Hears what went through the media of each call that is over. */
  readonly onMediaStats?: (lines: readonly LineStats[]) => void;
  /** How long either side of a call may ring. Default 3 minutes, as RFC 3261 timer C. */
  readonly ringTimeoutMs?: number;
  /** How long a peer may say nothing to an INVITE without offer. Default 8 s. */
  readonly silenceTimeoutMs?: number;
  /** An IPv4 address of this machine that the media engine can send to. Default 127.0.0.1. */
  readonly sinkHost?: string;
  /** How long a line without handsets stays registered. Default 5 s. */
  readonly lineGraceMs?: number;
  /** Names this installation of the gateway and no other, each time it is started. Default: a random one. */
  readonly installation?: string;
  /** Call-IDs. Default: random UUIDs. */
  readonly newId?: () => string;
}

export interface SipserverPlugin {
  readonly plugin: JanusPlugin;
  /** The same for pages of the stock SIP plugin: the same lines, told in its words. */
  readonly stockPlugin: JanusPlugin;
  /** The token of a link that logs in to the account, once. */
  issueLink(account: string): string;
  /** What is alive: for tests that count and for /metrics. */
  counts(): {
    readonly handles: number;
    readonly lines: number;
    readonly calls: number;
    readonly timers: number;
  };
  /** Ends all calls and registrations. May be called twice. */
  close(): Promise<void>;
}

/** `janus.plugin.sipserver` and `janus.plugin.sip`. @throws Error if an account names a SIP server that is not configured */
export function createSipserverPlugin(options: SipserverOptions): SipserverPlugin {
  const { stack, engine, callTypeHeader, answerTimeoutMs, log, clock } = options;
  const { accounts, exchange } = options;
  const links = new OneTimeLinks(clock);
  const login = new Login({ ...options, links });
  const servers = new SipServers(options.servers);
  const sink = new RtpSink(options.sinkHost ?? '127.0.0.1');
  const lines = new Lines({
    stack,
    engine,
    callTypeHeader,
    answerTimeoutMs,
    log,
    clock,
    ...(options.onMediaStats && { onMediaStats: options.onMediaStats }),
    ringTimeoutMs: options.ringTimeoutMs ?? 180_000,
    silenceTimeoutMs: options.silenceTimeoutMs ?? 8000,
    sink: () => sink.address(),
    wantOffer: new WantOffer(clock),
    lineGraceMs: options.lineGraceMs ?? 5000,
    installation: options.installation ?? randomUUID(),
    isServerHost: (host) => servers.isHost(host),
    newId: options.newId ?? randomUUID,
  });
  const isInUse = (account: string): boolean => lines.has(accountKey(account));
  const secondHandset = new SecondHandset({ accounts, exchange, links, isInUse });
  let handles = 0;
  const pluginOf = (name: string, description: string, dialectFor: () => Dialect): JanusPlugin => ({
    name,
    description,
    author: 'Soft Handset',
    version: 1,
    versionString: '0.1.0',
    attach(handle) {
      handles++;
      return new SipserverHandle(handle, {
        lines,
        login,
        secondHandset,
        exchange,
        dialect: dialectFor(),
        log,
        onDetach: () => handles--,
      });
    },
  });
  return {
    plugin: pluginOf(sipserverPlugin, 'SIP calls for a browser handset, with return calls', () => ownDialect),
    stockPlugin: pluginOf(
      stockSipPlugin,
      'SIP calls for pages of the stock SIP plugin',
      () => new StockDialect(),
    ),
    issueLink: (account) => links.issue(account),
    counts: () => ({ handles, ...lines.counts }),
    close: async () => {
      await lines.close();
      sink.close();
    },
  };
}
