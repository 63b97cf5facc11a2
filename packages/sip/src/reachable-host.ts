import { networkInterfaces } from 'node:os';
import type { Clock } from './contract.ts';

const rememberMs = 1_000;

/**
 * The host by which others reach a socket. One bound to every address cannot tell: the first that leaves this machine.
 * The system is asked once a second at most; its answer costs more than a message, and each message wants it.
 */
export class ReachableHost {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #interfaces: typeof networkInterfaces;
  readonly #known = new Map<string, { readonly host: string; readonly until: number }>();

  constructor(clock: Pick<Clock, 'now'>, interfaces = networkInterfaces) {
    this.#clock = clock;
    this.#interfaces = interfaces;
  }

  of(bound: string): string {
    if (bound !== '0.0.0.0' && bound !== '::') return bound;
    const now = this.#clock.now();
    const known = this.#known.get(bound);
    if (known && known.until > now) return known.host;
    const host = outwardAddress(this.#interfaces(), bound === '::' ? 'IPv6' : 'IPv4');
    this.#known.set(bound, { host, until: now + rememberMs });
    return host;
  }
}

function outwardAddress(interfaces: ReturnType<typeof networkInterfaces>, family: 'IPv4' | 'IPv6'): string {
  const addresses = Object.values(interfaces).flatMap((list) => list ?? []);
  const found = addresses.find(
    (one) => one.family === family && !one.internal && !one.address.startsWith('fe80'),
  );
  return found?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
