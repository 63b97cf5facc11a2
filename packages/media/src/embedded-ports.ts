import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

export interface PortOptions {
  /** Address of this machine that peers send to. */
  readonly address: string;
  /** From the system unless given. */
  readonly ports?: { readonly from: number; readonly to: number };
}

/** RTP on an even port and RTCP on the next one (RFC 3550 §11). */
export interface PortPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly port: number;
  close(): void;
}

const triesAtTheSystem = 50;

/**
 * A pair of ports of our own for one m-line.
 * @throws Error when every pair of the range is taken
 */
export async function openPortPair(options: PortOptions, random: () => number): Promise<PortPair> {
  for (const wanted of evenPorts(options, random)) {
    const pair = await tryPair(options.address, wanted);
    if (pair) return pair;
  }
  throw new Error('No UDP ports are free');
}

/** From anywhere in the range, so that a port that a call gave back is not the next call's at once. 0 is the system's choice. */
function* evenPorts({ ports }: PortOptions, random: () => number): Generator<number> {
  if (!ports) {
    for (let tries = 0; tries < triesAtTheSystem; tries += 1) yield 0;
    return;
  }
  const first = ports.from + (ports.from % 2);
  const count = Math.floor((ports.to + 1 - first) / 2);
  const start = Math.floor(random() * count);
  for (let index = 0; index < count; index += 1) yield first + 2 * ((start + index) % count);
}

async function tryPair(address: string, wanted: number): Promise<PortPair | undefined> {
  const first = await tryBind(address, wanted);
  if (!first) return undefined;
  const { port } = first.address();
  const second = await tryBind(address, port % 2 === 0 ? port + 1 : port - 1);
  if (!second) {
    first.close();
    return undefined;
  }
  const [rtp, rtcp] = port % 2 === 0 ? [first, second] : [second, first];
  let isClosed = false;
  return {
    rtp,
    rtcp,
    port: rtp.address().port,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      rtp.close();
      rtcp.close();
    },
  };
}

function tryBind(address: string, port: number): Promise<Socket | undefined> {
  const family = isIPv6(address) ? 6 : 4;
  return new Promise((done) => {
    // Only addresses are sent to; a lookup of one would cost more than the packet.
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      lookup: (host, _options, found) => found(null, host, family),
    });
    socket.once('error', () => {
      socket.close();
      done(undefined);
    });
    socket.bind(port, address, () => {
      // What the network refuses is lost, as UDP is.
      socket.removeAllListeners('error').on('error', () => undefined);
      done(socket);
    });
  });
}
