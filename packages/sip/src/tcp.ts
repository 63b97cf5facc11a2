import { connect, createServer } from 'node:net';
import { MessageFramer } from './framing.ts';
import { listenForSockets } from './listen.ts';
import { dialSocket } from './pipe.ts';
import { streamOptions } from './stream-options.ts';
import type { StreamTransportOptions } from './stream-options.ts';
import { StreamTransport } from './stream-transport.ts';
import type { SipTransport } from './transport.ts';

export type TcpOptions = StreamTransportOptions;

/** Listens, and connects on demand (RFC 3261 §18). @throws SipError `transport` */
export async function openTcp(options: TcpOptions = {}): Promise<SipTransport> {
  const { host, port } = options;
  const listener = await listenForSockets(createServer(), 'connection', {
    what: 'tcp',
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
  });
  return new StreamTransport(listener, {
    ...streamOptions(options),
    protocol: 'tcp',
    dial: ({ host, port }, opened, failed) => dialSocket(connect(port, host), 'connect', opened, failed),
    framer: (limits) => new MessageFramer(limits),
  });
}
