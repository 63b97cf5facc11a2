import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import type { TransportOptions } from './embedded-transport.ts';

/** A UDP port that is ours, and silent, until the transport takes it. */
export interface ReservedPort {
  readonly port: number;
  release(): void;
}

const nothing = (): void => undefined;

/** @throws Error when no port of the range is free */
export async function reserveIcePort(options: TransportOptions, random: () => number): Promise<ReservedPort> {
  const { icePort, icePorts, iceAddress } = options;
  if (icePort !== undefined) return { port: icePort, release: nothing };
  const { from, to } = icePorts ?? { from: 0, to: 0 };
  const count = to - from + 1;
  const start = Math.floor(random() * count);
  for (let index = 0; index < count; index += 1) {
    const reserved = await tryPort(iceAddress, from + ((start + index) % count));
    if (reserved) return reserved;
  }
  throw new Error('No UDP port is free');
}

/**
 * The library ends the whole process when it finds no port of a range free, so one is looked for before it is asked.
 * Undefined where the system gives out ports, or all calls share one. @throws Error when no port of the range is free
 */
export async function reservePortOfRange(
  options: TransportOptions,
  random: () => number,
): Promise<ReservedPort | undefined> {
  const hasRange = options.icePorts !== undefined && options.icePort === undefined;
  return hasRange ? reserveIcePort(options, random) : undefined;
}

function tryPort(address: string | undefined, port: number): Promise<ReservedPort | undefined> {
  const socket = createSocket(address !== undefined && isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise((done) => {
    let isReleased = false;
    const release = (): void => {
      if (!isReleased) socket.close();
      isReleased = true;
    };
    socket.once('error', () => {
      release();
      done(undefined);
    });
    socket.bind({ port, address, exclusive: true }, () => {
      socket.removeAllListeners('error').on('error', nothing);
      done({ port: socket.address().port, release });
    });
  });
}

/** Host candidates (RFC 8839 §5.1) of this machine for a port. */
export function hostCandidates(port: number, { iceAddress }: TransportOptions): readonly string[] {
  const addresses = iceAddress === undefined ? ownAddresses() : [iceAddress];
  return addresses.map(
    (address, index) =>
      `candidate:${index + 1} 1 UDP ${priorityOf(address, index)} ${address} ${port} typ host`,
  );
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
