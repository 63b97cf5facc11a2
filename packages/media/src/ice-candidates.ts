import { networkInterfaces } from 'node:os';
import { isIP, isIPv6 } from 'node:net';

/** Host candidates (RFC 8839 §5.1) of this machine for a port. */
export function hostCandidates(port: number, iceAddress: string | undefined): readonly string[] {
  const addresses = iceAddress === undefined ? ownAddresses() : [iceAddress];
  return addresses.map(
    (address, index) =>
      `candidate:${index + 1} 1 UDP ${priorityOf(address, index)} ${address} ${port} typ host`,
  );
}

/** With the same way in as browsers see it from beyond a NAT 1:1. */
export function withPublicAddress(
  candidates: readonly string[],
  publicAddress: string | undefined,
): readonly string[] {
  if (publicAddress === undefined) return candidates;
  const own = candidates.map((candidate) => candidate.split(' '));
  const behindNat = own.find(([, , , , address]) => isIP(address ?? '') === isIP(publicAddress));
  if (!behindNat || behindNat[4] === publicAddress) return candidates;
  const outside = behindNat.with(0, 'candidate:99').with(4, publicAddress);
  return [...candidates, outside.join(' ')];
}

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, `typ` ... */
export function isUsableCandidate(candidate: string): boolean {
  const [, component, protocol, , address = '', port] = candidate.replace(/^a=/, '').split(' ');
  const isPort = /^\d{1,5}$/.test(port ?? '') && Number(port) > 0 && Number(port) < 65_536;
  return component === '1' && protocol?.toLowerCase() === 'udp' && isIP(address) !== 0 && isPort;
}

function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const usable = all.filter((each) => !each.internal && !(each.family === 'IPv6' && each.scopeid !== 0));
  return usable.map(({ address }) => address);
}

/** RFC 8445 §5.1.2.1: type preference of a host, IPv6 first (RFC 8421), component 1. */
function priorityOf(address: string, index: number): number {
  const local = (isIPv6(address) ? 65_535 : 32_767) - index;
  return 2 ** 24 * 126 + 2 ** 8 * local + 255;
}
