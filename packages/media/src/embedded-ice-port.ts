import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { TransportOptions } from './transport-options.ts';

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
