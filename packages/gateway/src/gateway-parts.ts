import type { MediaEngine, PoolServer } from '@soft-handset/media';
import type { SipStack, SipStackOptions } from '@soft-handset/sip';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Log } from './log.ts';
import type { SipserverOptions, SipserverPlugin } from './sipserver/plugin.ts';

/** What `gateway.ts` is put together from; tests put in fakes. */
export interface GatewayParts {
  openStack(options: SipStackOptions): Promise<SipStack>;
  openEngine(config: Config, log: Log, clock: Clock): Promise<OpenEngine>;
  createPlugin(options: SipserverOptions): SipserverPlugin;
  readonly clock: Clock;
}

/** An engine, and the end of all that was started for it. */
export interface OpenEngine {
  readonly engine: MediaEngine;
  /** What it stands on, for operators. */
  servers(): readonly PoolServer[];
  /** Takes over from a changed configuration what can change while it runs: which Janus servers there are. */
  reload(changed: Config): void;
  close(): Promise<void>;
}
