import { connect, createServer } from 'node:net';
import { MessageFramer } from './framing.ts';
import { listenOn } from './listen.ts';
import { dialSocket, socketPipe } from './pipe.ts';
import type { Listener } from './pipe.ts';
import { streamOptions } from './stream-options.ts';
import type { StreamTransportOptions } from './stream-options.ts';
import { StreamTransport } from './stream-transport.ts';
import type { SipTransport } from './transport.ts';

export type TcpOptions = StreamTransportOptions;

/** Listens, and connects on demand (RFC 3261 §18). @throws SipError `transport` */
export async function openTcp(options: TcpOptions = {}): Promise<SipTransport> {
  const server = createServer();
  const address = await listenOn(server, 'tcp', options);
  const listener: Listener = {
    local: address,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  server.on('connection', (socket) => {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || !listener.onPipe) socket.destroy();
    else listener.onPipe(socketPipe(socket), remoteAddress, remotePort);
  });
  server.on('error', () => undefined); // Failing to accept one connection concerns that one only.
  return new StreamTransport(listener, {
    ...streamOptions(options),
    protocol: 'tcp',
    dial: ({ host, port }, opened, failed) => dialSocket(connect(port, host), 'connect', opened, failed),
    framer: (limits) => new MessageFramer(limits),
  });
}
