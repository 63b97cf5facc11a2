import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SinkAddress } from './own-offer.ts';

/**
 * A pair of UDP ports that takes media and forgets it. A closed port in its place would answer by ICMP, and Janus ends a call on that
 * after some seconds.
 */
export class RtpSink {
  readonly #host: string;
  #opening: Promise<readonly Socket[]> | undefined;

  /** @param host - an IPv4 address of this machine that the media engine can send to */
  constructor(host: string) {
    this.#host = host;
  }

  /** Opened when it is first asked for. @throws Error when no ports are free */
  async address(): Promise<SinkAddress> {
    this.#opening ??= openPair(this.#host);
    try {
      const [rtp] = await this.#opening;
      return { host: this.#host, port: rtp?.address().port ?? 9 };
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** May be called twice. */
  close(): void {
    this.#opening?.then(
      (sockets) => sockets.forEach((socket) => socket.close()),
      () => undefined, // Nothing was opened.
    );
    this.#opening = undefined;
  }
}

/** RTP on an even port, RTCP on the next (RFC 3550 §11). */
async function openPair(host: string): Promise<readonly Socket[]> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = await bound(host, 0);
    const port = first.address().port;
    const second = port % 2 === 0 ? await bound(host, port + 1).catch(() => undefined) : undefined;
    if (second) return [first, second];
    first.close();
  }
  throw new Error('no UDP ports are free');
}

async function bound(host: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, host);
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('message', () => undefined).on('error', () => undefined);
  socket.unref();
  return socket;
}
