import { g711 } from '@soft-handset/parts/g711';
import { sine } from '@soft-handset/parts/tone';

/** RTP with a tone in PCMU, 20 ms each. */
export function tonePackets(frequency: number, count: number, ssrc = frequency): readonly Buffer[] {
  const samples = sine(frequency, 160 * count, 8000);
  return Array.from({ length: count }, (_none, index) => {
    const packet = Buffer.alloc(12 + 160);
    packet[0] = 0x80;
    packet.writeUInt16BE(index & 0xffff, 2);
    packet.writeUInt32BE(160 * index, 4);
    packet.writeUInt32BE(ssrc, 8);
    packet.set(Array.from(samples.subarray(160 * index, 160 * (index + 1)), g711.PCMU.encode), 12);
    return packet;
  });
}
