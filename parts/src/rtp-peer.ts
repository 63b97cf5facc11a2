import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { g711, type G711 } from './g711.ts';
import type { Part } from './parts.ts';
import { freeRtpPorts, loopback } from './ports.ts';
import { listen, sine, type Heard } from './tone.ts';

export interface RtpPeerOptions {
  /** Says a tone; without it nothing is sent. */
  readonly says?: { readonly frequency: number; readonly codec?: G711 };
  /** Sends back what it gets, RTP and RTCP: also pictures, whose key frame requests come home this way. */
  readonly echo?: boolean;
}

export interface RtpPeer extends Part {
  /** RTP; RTCP is the next port (RFC 3550 §11). */
  readonly port: number;
  readonly packets: number;
  readonly bytes: number;
  /** SSRCs in the order in which they came. */
  readonly ssrcs: readonly number[];
  /** Packet types of RTCP that came, such as 200 (sender report) or 206 (payload-specific feedback). */
  readonly rtcpTypes: readonly number[];
  /** What was in the last two seconds of G.711 that came. */
  hears(): Heard | undefined;
  /** Where to send; until told, it is where packets come from. */
  sendTo(port: number, host?: string): void;
  close(): Promise<void>;
}

const samplesPerPacket = 160;
const packetMs = 20;
const sampleRate = 8_000;

/** One m-line of a SIP phone: an RTP and an RTCP port on loopback. */
export async function startRtpPeer(options: RtpPeerOptions = {}): Promise<RtpPeer> {
  const port = await freeRtpPorts(2);
  const rtp = await bind(port);
  const rtcp = await bind(port + 1);
  const decoded: number[] = [];
  const ssrcs: number[] = [];
  const rtcpTypes: number[] = [];
  let target: { host: string; port: number } | undefined;
  let packets = 0;
  let bytes = 0;

  rtp.on('message', (packet: Buffer, from: RemoteInfo) => {
    if (packet.length < 12) return;
    packets += 1;
    bytes += packet.length;
    target ??= { host: from.address, port: from.port };
    const ssrc = packet.readUInt32BE(8);
    if (!ssrcs.includes(ssrc)) ssrcs.push(ssrc);
    decode(packet, decoded);
    if (options.echo) rtp.send(packet, target.port, target.host);
  });
  rtcp.on('message', (packet: Buffer, from: RemoteInfo) => {
    rtcpTypes.push(packet.readUInt8(1));
    if (options.echo) rtcp.send(packet, from.port, from.address);
  });

  const tone = options.says ? toneStream(options.says) : undefined;
  const startedAt = performance.now();
  let sent = 0;
  const pace = setInterval(() => {
    // Paced by the clock, not by the count of ticks, so that a busy machine does not slow the tone down.
    for (; sent * packetMs <= performance.now() - startedAt; sent += 1) {
      if (tone && target) rtp.send(tone(sent), target.port, target.host);
    }
  }, packetMs / 2);

  let closed = false;
  return {
    port,
    ssrcs,
    rtcpTypes,
    get packets() {
      return packets;
    },
    get bytes() {
      return bytes;
    },
    hears: () => listen(Int16Array.from(decoded), sampleRate),
    sendTo: (toPort, host = loopback) => (target = { host, port: toPort }),
    close: async () => {
      if (closed) return;
      closed = true;
      clearInterval(pace);
      await Promise.all([rtp, rtcp].map(unbind));
    },
  };
}

async function bind(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, loopback, resolve);
  });
  // A port that is gone at the other side is told by ICMP; that is no fault of this peer.
  socket.on('error', () => undefined);
  return socket;
}

function unbind(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(resolve));
}

/** Keeps the last two seconds of speech. */
function decode(packet: Buffer, into: number[]): void {
  const payloadType = packet.readUInt8(1) & 0x7f;
  const codec = Object.values(g711).find((one) => one.payloadType === payloadType);
  if (!codec) return;
  const headerLength = 12 + 4 * (packet.readUInt8(0) & 0x0f);
  for (const byte of packet.subarray(headerLength)) into.push(codec.decode(byte));
  if (into.length > 2 * sampleRate) into.splice(0, into.length - 2 * sampleRate);
}

/** The n-th packet of a tone. */
function toneStream(says: { frequency: number; codec?: G711 }): (index: number) => Buffer {
  const { payloadType, encode } = g711[says.codec ?? 'PCMU'];
  const ssrc = Math.floor(Math.random() * 2 ** 32);
  return (index) => {
    const packet = Buffer.alloc(12 + samplesPerPacket);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(payloadType | (index === 0 ? 0x80 : 0), 1);
    packet.writeUInt16BE(index & 0xffff, 2);
    packet.writeUInt32BE((index * samplesPerPacket) >>> 0, 4);
    packet.writeUInt32BE(ssrc, 8);
    sine(says.frequency, samplesPerPacket, sampleRate, index * samplesPerPacket).forEach((sample, at) =>
      packet.writeUInt8(encode(sample), 12 + at),
    );
    return packet;
  };
}
