import { systemClock } from './clock.ts';
import type { Clock } from './contract.ts';
import { withDefaultLimits } from './limits.ts';
import type { MessageLimits } from './limits.ts';
import { defaultConnectionLimits } from './stream-connection.ts';
import type { ConnectionLimits } from './stream-connection.ts';
import type { StreamOptions } from './stream-transport.ts';

/** What TCP, TLS and WebSocket have in common. */
export interface StreamTransportOptions {
  /** An IP address. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  readonly limits?: Partial<MessageLimits>;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** Default 10 000. */
  readonly maxConnections?: number;
  /** Default 10 s. */
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
}

/** The options with their defaults. */
export function streamOptions(
  options: StreamTransportOptions,
): Omit<StreamOptions, 'protocol' | 'dial' | 'framer'> {
  return {
    message: withDefaultLimits(options.limits),
    connection: { ...defaultConnectionLimits, ...options.connectionLimits },
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    maxConnections: options.maxConnections ?? 10_000,
    clock: options.clock ?? systemClock,
  };
}
