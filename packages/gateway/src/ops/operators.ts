import type { FastifyRequest } from 'fastify';
import { clientAddress, isLoopback } from '../janus-api/client-address.ts';

/** Who may see more than that we are ready: this machine and the addresses that are allowed. */
export function operators(
  allowedAddresses: readonly string[],
  trustedProxies: readonly string[],
): (request: FastifyRequest) => boolean {
  return ({ raw }) => {
    const address = clientAddress(raw, trustedProxies);
    return isLoopback(address) || allowedAddresses.includes(address);
  };
}
