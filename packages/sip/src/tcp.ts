import { connect, createServer, isIPv6 } from 'node:net';
import type { Server } from 'node:net';
import { systemClock } from './clock.ts';
import type { Clock } from './contract.ts';
import { formatHostPort } from './host.ts';
import { withDefaultLimits } from './limits.ts';
import type { MessageLimits } from './limits.ts';
import { SipError } from './sip-error.ts';
import type { ConnectionLimits } from './stream-connection.ts';
import { StreamTransport } from './stream-transport.ts';
import type { SipTransport } from './transport.ts';

export interface TcpOptions {
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

export const defaultConnectionLimits: ConnectionLimits = {
  idleTimeoutMs: 7_200_000,
  messageTimeoutMs: 15_000,
  sendTimeoutMs: 15_000,
  unsentBytes: 1024 * 1024,
};

/** Listens, and connects on demand (RFC 3261 §18). @throws SipError `transport` */
export async function openTcp(options: TcpOptions = {}): Promise<SipTransport> {
  const { host = '127.0.0.1', port = 0 } = options;
  const server = createServer();
  await listen(server, host, port);
  const address = server.address();
  const local =
    typeof address === 'object' && address !== null
      ? { host: address.address, port: address.port }
      : { host, port };
  return new StreamTransport(server, local, {
    protocol: 'tcp',
    dial: (remoteHost, remotePort) => connect(remotePort, remoteHost),
    message: withDefaultLimits(options.limits),
    connection: { ...defaultConnectionLimits, ...options.connectionLimits },
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    maxConnections: options.maxConnections ?? 10_000,
    clock: options.clock ?? systemClock,
  });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(SipError.transport(`cannot listen on tcp ${formatHostPort(host, port)}`, cause));
    });
    server.listen({ host, port, ipv6Only: isIPv6(host) }, resolve);
  });
  server.removeAllListeners('error');
}
