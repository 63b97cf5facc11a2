import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Stands for a client behind a proxy that does not say for whom it asks. It is no loopback address. */
export const unknownAddress = '0.0.0.0';

/**
 * The address of the client. A proxy on this machine, or one that is configured, is believed when it names the client: the
 * last entry of X-Forwarded-For is the one it wrote itself. What came through a proxy is never taken for a loopback client.
 */
export function clientAddress(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies: readonly string[],
): string {
  const peer = plainAddress(request.socket.remoteAddress ?? unknownAddress);
  const isTrusted = isLoopback(peer) || trustedProxies.includes(peer);
  if (!isTrusted || !isForwarded(request)) return peer;
  const header = request.headers['x-forwarded-for'];
  const named = plainAddress([header].flat().at(-1)?.split(',').at(-1)?.trim() ?? '');
  return isIP(named) !== 0 && !isLoopback(named) ? named : unknownAddress;
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function isForwarded({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
}

/** An IPv4 address that a dual-stack socket shows as `::ffff:192.0.2.1` is written plainly. */
function plainAddress(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4
    ? address.slice(7)
    : address;
}
