import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import * as native from 'node-datachannel';
import type { TransportOptions } from './transport-options.ts';

/** A UDP port that is ours, and silent, until the transport takes it. */
export interface ReservedPort {
  readonly port: number;
  release(): void;
}

const nothing = (): void => undefined;

/**
 * The ports for browsers: for each call one of the system's or of a range, or one that all calls share. The library ends
 * the whole process when it cannot have the port it is told, so that is looked into before it is asked.
 */
export class IcePorts {
  readonly #options: TransportOptions;
  /** Holds the port of all calls from the first one on, so that nobody takes it between two. */
  #shared: native.IceUdpMuxListener | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** For an offer of ours, which names it. @throws Error when none can be had */
  async reserve(): Promise<ReservedPort> {
    const { icePort, icePorts, iceAddress } = this.#options;
    if (icePort !== undefined) return this.#share(icePort);
    const { from, to } = icePorts ?? { from: 0, to: 0 };
    const count = to - from + 1;
    const start = Math.floor(Math.random() * count);
    for (let index = 0; index < count; index += 1) {
      const reserved = await tryPort(iceAddress, from + ((start + index) % count));
      if (reserved) return reserved;
    }
    throw new Error('No UDP port is free');
  }

  /** For an answer. Undefined where the library takes one of the system's. @throws Error when none can be had */
  async reserveForAnswer(): Promise<ReservedPort | undefined> {
    const { icePort, icePorts } = this.#options;
    return icePort === undefined && !icePorts ? undefined : this.reserve();
  }

  /** May be called twice. */
  close(): void {
    this.#shared?.stop();
    this.#shared = undefined;
  }

  #share(port: number): ReservedPort {
    try {
      this.#shared ??= new native.IceUdpMuxListener(port, this.#options.iceAddress);
    } catch (cause) {
      throw new Error(`UDP port ${port} is held by another program`, { cause });
    }
    return { port, release: nothing };
  }
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
