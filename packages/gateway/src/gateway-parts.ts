import type { MediaEngine } from '@soft-handset/media';
import type { SipStack, SipStackOptions } from '@soft-handset/sip';
import type { Account, SipServer } from './account.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { JanusPlugin } from './janus-api/plugin.ts';
import type { Log } from './log.ts';

/** What `gateway.ts` is put together from; tests put in fakes. */
export interface GatewayParts {
  openStack(options: SipStackOptions): Promise<SipStack>;
  openEngine(config: Config, log: Log, clock: Clock): Promise<MediaEngine>;
  createPlugins(options: SipserverOptions): Sipserver;
  readonly clock: Clock;
}

/** What the plugin needs to know. */
export interface SipserverOptions {
  readonly stack: SipStack;
  readonly engine: MediaEngine;
  readonly accounts: readonly Account[];
  readonly servers: readonly SipServer[];
  readonly ownCredentials: boolean;
  readonly callTypeHeader: string;
  readonly answerTimeoutMs: number;
  readonly log: Log;
  readonly clock?: Clock;
}

/** The plugin under each of its names, and what stands behind it. */
export interface Sipserver {
  readonly plugins: readonly JanusPlugin[];
  counts(): Readonly<Record<string, number>>;
  /** Ends calls and registrations. May be called twice. */
  close(): Promise<void>;
}
