import { createSocket } from 'node:dgram';
import { startChild } from './child.ts';
import { requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { loopback } from './ports.ts';

/** rtpengine on loopback, without its kernel module. `port` is that of its control protocol (ng, UDP), which its proxy knows before. */
export async function startRtpengine(port: number): Promise<Part> {
  const command = requirePart('rtpengine');
  const child = await startChild({
    name: 'rtpengine',
    command,
    args: [
      '--config-file=none',
      '--table=-1',
      `--interface=${loopback}`,
      `--listen-ng=${loopback}:${port}`,
      '--port-min=35000',
      '--port-max=35999',
      '--num-threads=1',
      '--foreground',
      '--log-stderr',
      '--log-level=4',
    ],
    ready: () => answersPing(port),
  });
  return child;
}

/** The ng protocol: a cookie and a bencoded dictionary. */
async function answersPing(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('message', () => resolve(true));
      socket.once('error', () => resolve(false));
      setTimeout(() => resolve(false), 200);
      socket.send('ready d7:command4:pinge', port, loopback);
    });
  } finally {
    socket.close();
  }
}
