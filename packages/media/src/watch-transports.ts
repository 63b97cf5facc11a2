import * as native from 'node-datachannel';
import type { Oddity } from './embedded-oddities.ts';

/**
 * What the library says of packets that it does not take, for the whole process; may be called once only. After it the
 * library's own `cleanup` must not be called: it would give back the callback a second time and abort. A process ends
 * well without.
 */
export function watchTransports(odd: (oddity: Oddity, count: number) => void): void {
  // On a port that calls share the library says such things by the way; it says nothing of a packet that is in order.
  native.initLogger('Info', (_level, message) => {
    const [oddity] = complaints.find(([, text]) => message.includes(text)) ?? [];
    // Packets of a known browser are counted there, and told once a second.
    const count = Number(/: (\d+) \(/.exec(message)?.[1] ?? 1);
    if (oddity) odd(oddity, count);
  });
}

const complaints: readonly (readonly [Oddity, string])[] = [
  ['iceFromStranger', 'datagram from unknown address'],
  ['iceFromStranger', 'message from unknown source address'],
  ['iceForged', 'STUN message verification failed'],
  ['handsetReplayed', 'replay packets received'],
  ['handsetForged', 'failed authentication checks'],
];
