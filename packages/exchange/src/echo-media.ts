import type { RemoteInfo, Socket } from 'node:dgram';
import { openUdpPair } from './udp-pair.ts';

/** Where the echo listens; RTCP is one port above (RFC 3550 §11). */
export interface EchoAddress {
  readonly host: string;
  readonly audioPort: number;
  readonly videoPort: number;
}

/** RTP and RTCP sockets of one call. A packet goes back where it came from, never elsewhere, so nobody can aim it at a stranger. */
export class EchoMedia {
  readonly #host: string;
  readonly #sockets: Socket[] = [];
  #address: EchoAddress | undefined;
  #isClosed = false;
  #packets = 0;

  constructor(host: string) {
    this.#host = host;
  }

  /** How many have come so far. */
  get packets(): number {
    return this.#packets;
  }

  /** @throws Error before `open` has succeeded */
  get address(): EchoAddress {
    if (!this.#address) throw new Error('the echo has no sockets yet');
    return this.#address;
  }

  /** @throws Error if no pair of ports is free */
  async open(): Promise<void> {
    const audioPort = await this.#openPair();
    const videoPort = await this.#openPair();
    this.#address = { host: this.#host, audioPort, videoPort };
    if (this.#isClosed) this.#closeSockets();
  }

  close(): void {
    this.#isClosed = true;
    this.#closeSockets();
  }

  #closeSockets(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  async #openPair(): Promise<number> {
    const { rtp, rtcp, port } = await openUdpPair(this.#host);
    this.#echo(rtp, (packet) => packet);
    this.#echo(rtcp, feedbackOnly);
    return port;
  }

  #echo(socket: Socket, change: (packet: Buffer) => Buffer | undefined): void {
    this.#sockets.push(socket);
    socket.on('message', (packet: Buffer, from: RemoteInfo) => {
      this.#packets += 1;
      const back = change(packet);
      // An ICMP error of an earlier packet comes as an error of a later send: the caller is gone, and BYE or the session's timer ends the call.
      if (back) socket.send(back, from.port, from.address, () => undefined);
    });
  }
}

/**
 * Of RTCP only feedback goes back (RFC 4585: a picture loss indication asks the sender itself for a key frame); its own reports would
 * confuse a sender. An empty receiver report leads the compound (RFC 3550 §6.1).
 */
export function feedbackOnly(packet: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= packet.length;) {
    const type = packet.readUInt8(at + 1);
    const end = at + (packet.readUInt16BE(at + 2) + 1) * 4;
    if (end > packet.length) return undefined;
    if (type === 205 || type === 206) parts.push(packet.subarray(at, end));
    at = end;
  }
  const [first] = parts;
  if (!first) return undefined;
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]);
  first.copy(report, 4, 4, 8);
  return Buffer.concat([report, ...parts]);
}
