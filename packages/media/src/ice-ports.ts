import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import * as native from 'node-datachannel';
import type { Oddity } from './embedded-oddities.ts';
import type { TransportOptions } from './transport-options.ts';

/** A UDP port that is ours, and silent, until the transport takes it. */
export interface ReservedPort {
  readonly port: number;
  /** Other calls have it too. */
  readonly isShared: boolean;
  release(): void;
}

const nothing = (): void => undefined;
/** Somebody may be quicker to take a port that the system has just given us. */
const triesAtTheSystem = 5;

/**
 * The ports for browsers: one that all calls share, or one of a range for each call. The library waits for packets with
 * `poll`, which looks through the sockets of all calls each time: with sixty of them one port costs a tenth less of the
 * engine's time. It ends the whole process when it cannot have the port it is told, so that is looked into before it is asked.
 */
export class IcePorts {
  readonly #options: TransportOptions;
  readonly #odd: (oddity: Oddity) => void;
  /** Holds the port of all calls from the first one on, so that nobody takes it between two. */
  #shared: native.IceUdpMuxListener | undefined;
  #sharing: Promise<ReservedPort> | undefined;
  #isClosed = false;

  /** `odd`: told of what comes to the shared port and is no call's. */
  constructor(options: TransportOptions, odd: (oddity: Oddity) => void = nothing) {
    this.#options = options;
    this.#odd = odd;
  }

  /** @throws Error when none can be had */
  async reserve(): Promise<ReservedPort> {
    const { icePorts, iceAddress } = this.#options;
    if (!icePorts) return this.#reserveShared();
    const { from, to } = icePorts;
    const count = to - from + 1;
    const start = Math.floor(Math.random() * count);
    for (let index = 0; index < count; index += 1) {
      const reserved = await tryPort(iceAddress, from + ((start + index) % count));
      if (reserved) return reserved;
    }
    throw new Error('No UDP port is free');
  }

  /** May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#shared?.stop();
    this.#shared = undefined;
  }

  async #reserveShared(): Promise<ReservedPort> {
    this.#sharing ??= this.#share();
    try {
      return await this.#sharing;
    } catch (error) {
      // The next call may have it.
      this.#sharing = undefined;
      throw error;
    }
  }

  async #share(): Promise<ReservedPort> {
    const { icePort, iceAddress } = this.#options;
    if (icePort !== undefined) return this.#hold(icePort);
    for (let tries = 1; ; tries += 1) {
      const free = await tryPort(iceAddress, 0);
      if (!free) throw new Error('No UDP port is free');
      free.release();
      try {
        return this.#hold(free.port);
      } catch (error) {
        if (tries === triesAtTheSystem) throw error;
      }
    }
  }

  #hold(port: number): ReservedPort {
    if (this.#isClosed) throw new Error('The media engine is closed');
    try {
      this.#shared = new native.IceUdpMuxListener(port, this.#options.iceAddress);
    } catch (cause) {
      throw new Error(`UDP port ${port} is held by another program`, { cause });
    }
    this.#shared.onUnhandledStunRequest(() => this.#odd('iceOfUnknownCall'));
    return { port, isShared: true, release: nothing };
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
      done({ port: socket.address().port, isShared: false, release });
    });
  });
}
