import { isIPv6 } from 'node:net';
import type { Server } from 'node:net';
import { formatHostPort } from './host.ts';
import { SipError } from './sip-error.ts';

/** Binds a server. @returns what it is bound to. @throws SipError `transport` */
export async function listenOn(
  server: Server,
  what: string,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number },
): Promise<{ readonly host: string; readonly port: number }> {
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
  const address = server.address();
  return typeof address === 'object' && address !== null
    ? { host: address.address, port: address.port }
    : { host, port };
}
