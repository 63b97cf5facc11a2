/** RTP as it goes over the wire (RFC 3550 §5.1). */
export interface Rtp {
  readonly payload: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

export function rtp({ payload = 0, sequence = 1, timestamp = 160, ssrc = 7 }: Partial<Rtp> = {}): Buffer {
  const packet = Buffer.alloc(12 + 160, 0xd5);
  packet[0] = 0x80;
  packet[1] = payload;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

export function readRtp(packet: Buffer): Rtp {
  return {
    payload: packet[1]! & 0x7f,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
  };
}

/** A packet of 32-bit words, as RTCP is. */
export function bytes(wordsOf: readonly number[]): Buffer {
  const packet = Buffer.alloc(4 * wordsOf.length);
  wordsOf.forEach((word, index) => packet.writeUInt32BE(word >>> 0, 4 * index));
  return packet;
}

export function words(packet: Buffer): number[] {
  return Array.from({ length: packet.length / 4 }, (_, index) => packet.readUInt32BE(4 * index));
}
