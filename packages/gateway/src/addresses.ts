import { hostname, networkInterfaces } from 'node:os';

/** Addresses of this machine that others in its network reach, IPv4 first. Link-local ones, which need a zone, are left out. */
export function lanAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
  return [...outside.filter(isIpv4), ...outside.filter((one) => !isIpv4(one))].map(({ address }) => address);
}

/** The names that a certificate of ours is good for. */
export function ownNames(lan: boolean, host: string): readonly string[] {
  const bound = ['0.0.0.0', '::'].includes(host) ? [] : [host];
  const names = ['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), ...bound];
  return [...new Set([...names, ...(lan ? lanAddresses() : [])])].filter((name) =>
    /^[a-z0-9.:-]+$/.test(name),
  );
}

function isIpv4({ family }: { readonly family: string }): boolean {
  return family === 'IPv4';
}
