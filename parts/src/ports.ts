import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Where all parts of a test listen. */
export const loopback = '127.0.0.1';

/** A UDP port that nobody holds at the moment. */
export async function freeUdpPort(port = 0): Promise<number> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, loopback, resolve);
    });
    return socket.address().port;
  } finally {
    socket.close();
  }
}

/** A TCP port that nobody holds at the moment. */
export async function freeTcpPort(port = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** One number that is free for UDP and for TCP, as a SIP server wants it; with TLS the next one too (RFC 3261 §19.1.2). */
export async function freeSipPort(also: { readonly tls?: boolean } = {}): Promise<number> {
  return firstFree(async () => {
    const port = await freeUdpPort();
    if (also.tls) await freeTcpPort(port + 1);
    return freeTcpPort(port);
  });
}

/** The first of `count` UDP ports in a row, the first one even: RTP and RTCP (RFC 3550 §11) of audio, then of video. */
export async function freeRtpPorts(count = 4): Promise<number> {
  return firstFree(async () => {
    const first = (await freeUdpPort()) & ~1;
    for (let port = first; port < first + count; port += 1) await freeUdpPort(port);
    return first;
  });
}

/** Whether some process listens there. Read from the kernel: trying to bind could take the port away from it. */
export async function isBound(transport: 'udp' | 'tcp', port: number): Promise<boolean> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of [transport, `${transport}6`]) {
    const rows = (await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')).split('\n').slice(1);
    const found = rows.some((row) => {
      const [, local, , state] = row.trim().split(/\s+/);
      // A UDP socket holds its port whether it is connected or not; of TCP only LISTEN counts.
      return local?.endsWith(suffix) === true && (transport === 'udp' || state === '0A');
    });
    if (found) return true;
  }
  return false;
}

async function firstFree(attempt: () => Promise<number>): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (cause) {
      if (tries === 50) throw new Error('no free ports', { cause });
    }
  }
}
