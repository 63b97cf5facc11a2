import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { seeded } from '@soft-handset/parts/seeded';

/** A bad piece of network between our stack and one peer: each datagram is lost with the same probability, either way. */
export interface LossyRelay {
  readonly port: number;
  readonly dropped: number;
  readonly passed: number;
  close(): Promise<void>;
}

/** @param peerPort where what comes from elsewhere goes; what comes from there goes to `stackPort()` */
export async function startLossyRelay(
  loss: number,
  peerPort: () => number,
  stackPort: () => number,
): Promise<LossyRelay> {
  const socket = createSocket('udp4');
  const random = seeded(20_261_122);
  const counts = { dropped: 0, passed: 0 };
  let closing: Promise<void> | undefined;
  socket.on('error', () => undefined); // ICMP of a peer that has finished.
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    if (random() < loss) {
      counts.dropped += 1;
      return;
    }
    counts.passed += 1;
    socket.send(bytes, from.port === peerPort() ? stackPort() : peerPort(), '127.0.0.1');
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    get dropped() {
      return counts.dropped;
    },
    get passed() {
      return counts.passed;
    },
    close: () => (closing ??= new Promise((resolve) => socket.close(() => resolve()))),
  };
}
