import { isIPv6 } from 'node:net';
import type { Server, Socket } from 'node:net';
import { formatHostPort } from './host.ts';
import { socketPipe } from './pipe.ts';
import type { Listener } from './pipe.ts';
import { SipError } from './sip-error.ts';

export interface ListenOptions {
  /** For errors: `tcp`, `tls`. */
  readonly what: string;
  readonly host?: string;
  readonly port?: number;
  /** Sockets at a time, those in a handshake included. */
  readonly maxConnections?: number;
}

/** Takes the sockets that a server brings by `ready`, already handshaken where that is asked for. @throws SipError `transport` */
export async function listenForSockets(
  server: Server,
  ready: 'connection' | 'secureConnection',
  options: ListenOptions,
): Promise<Listener> {
  const { local, close } = await listenOn(server, options);
  const listener: Listener = { local, close };
  server.on(ready, (socket: Socket) => {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || !listener.onPipe) socket.destroy();
    else listener.onPipe(socketPipe(socket), remoteAddress, remotePort);
  });
  return listener;
}

/** Binds a server of ours. `close` ends what hangs in a handshake too. @throws SipError `transport` */
export async function listenOn(
  server: Server,
  { what, host = '127.0.0.1', port = 0, maxConnections }: ListenOptions,
): Promise<Pick<Listener, 'local' | 'close'>> {
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void => {
      reject(SipError.transport(`cannot listen on ${what} ${formatHostPort(host, port)}`, cause));
    };
    server.once('error', refuse);
    server.listen({ host, port, ipv6Only: isIPv6(host) }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  server.on('error', () => undefined); // Failing to accept one connection concerns that one only.
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address : { address: host, port };
  return {
    local: { host: bound.address, port: bound.port },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

/** Of a transport that only connects. Its port is 0. */
export function noListener(host = '0.0.0.0'): Listener {
  return { local: { host, port: 0 }, close: () => Promise.resolve() };
}
