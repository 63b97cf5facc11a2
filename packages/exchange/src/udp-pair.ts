import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Sockets for RTP and RTCP: an even port and the next (RFC 3550 §11). */
export interface UdpPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly port: number;
}

/** @throws Error if no pair of ports is free */
export async function openUdpPair(host: string): Promise<UdpPair> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const rtp = await bind(host, 0);
    const { port } = rtp.address();
    const rtcp = port % 2 === 0 ? await bind(host, port + 1).catch(() => undefined) : undefined;
    if (rtcp) return { rtp, rtcp, port };
    rtp.close();
  }
  throw new Error('no free pair of UDP ports');
}

async function bind(host: string, port: number): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
    // An ICMP error of an earlier packet: the caller is gone, and BYE or the silence ends the call.
    socket.on('error', () => undefined);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
