import { createSocket, type Socket } from 'node:dgram';
import type { Part } from './parts.ts';
import { loopback } from './ports.ts';

export interface LossyRelayOptions {
  /** UDP port behind the relay. */
  readonly target: number;
  /** Share of datagrams that is lost in each direction, 0 to 1. */
  readonly loss?: number;
  readonly delayMs?: number;
  /** 0 to 1, as `Math.random`; a seeded one makes a run repeatable. */
  readonly random?: () => number;
}

export interface LossyRelay extends Part {
  /** Send here instead of to the target. */
  readonly port: number;
  readonly passed: number;
  readonly lost: number;
}

/**
 * A bad network between two SIP elements on loopback. Each sender gets a port of its own towards the target,
 * as a NAT does it, so answers find their way back without anything being rewritten.
 */
export async function startLossyRelay(options: LossyRelayOptions): Promise<LossyRelay> {
  const { target, loss = 0, delayMs = 0, random = Math.random } = options;
  const front = await bind();
  const backs = new Map<number, Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let passed = 0;
  let lost = 0;
  let closed = false;

  const pass = (from: Socket, datagram: Buffer, port: number): void => {
    if (random() < loss) {
      lost += 1;
      return;
    }
    passed += 1;
    const timer = setTimeout(() => {
      timers.delete(timer);
      from.send(datagram, port, loopback);
    }, delayMs);
    timers.add(timer);
  };
  const backOf = async (clientPort: number): Promise<Socket> => {
    const known = backs.get(clientPort);
    if (known) return known;
    const back = await bind();
    back.on('message', (datagram) => pass(front, datagram, clientPort));
    backs.set(clientPort, back);
    return back;
  };
  let queue = Promise.resolve();
  front.on('message', (datagram, { port }) => {
    queue = queue.then(async () => {
      if (!closed) pass(await backOf(port), datagram, target);
    });
  });

  return {
    port: front.address().port,
    get passed() {
      return passed;
    },
    get lost() {
      return lost;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await queue;
      for (const socket of [front, ...backs.values()]) socket.close();
    },
  };
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, loopback, resolve);
  });
  socket.on('error', () => undefined);
  return socket;
}
