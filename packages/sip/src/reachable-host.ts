import { networkInterfaces } from 'node:os';

/** A socket bound to every address cannot tell which one others reach: the first that leaves this machine. */
export function reachableHost(bound: string): string {
  if (bound !== '0.0.0.0' && bound !== '::') return bound;
  const family = bound === '::' ? 'IPv6' : 'IPv4';
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = addresses.find(
    (one) => one.family === family && !one.internal && !one.address.startsWith('fe80'),
  );
  return found?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
