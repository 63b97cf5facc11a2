import { randomBytes } from 'node:crypto';
import type { RemoteInfo } from 'node:dgram';
import { openUdpPair, type UdpPair } from './udp-pair.ts';

interface Place {
  readonly host: string;
  readonly port: number;
}

const headerBytes = 12;

/**
 * The RTP of one call, G.711 in frames of 20 ms. It is sent to where the caller's comes from, else to where the SDP says, if that is the
 * address that the call itself came from: so nobody can aim our sound at a stranger.
 */
export class RtpLine {
  /** Sound has come. */
  onFrame?: (payload: Buffer, sequence: number) => void;
  readonly #host: string;
  readonly #caller: string;
  #pair: UdpPair | undefined;
  #isClosed = false;
  #payloadType = 0;
  #place: Place | undefined;
  #hasHeard = false;
  #packets = 0;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  #sequence = randomBytes(2).readUInt16BE();
  #timestamp = randomBytes(4).readUInt32BE();
  #isFirst = true;

  /** @param caller the address that the call came from */
  constructor(host: string, caller: string) {
    this.#host = host;
    this.#caller = caller;
  }

  /** How many have come so far. */
  get packets(): number {
    return this.#packets;
  }

  /** @throws Error before `open` has succeeded */
  get port(): number {
    if (!this.#pair) throw new Error('the line has no sockets yet');
    return this.#pair.port;
  }

  /** @throws Error if no pair of ports is free */
  async open(): Promise<void> {
    const pair = await openUdpPair(this.#host);
    this.#pair = pair;
    pair.rtp.on('message', (packet, from) => this.#receive(packet, from));
    if (this.#isClosed) this.#closeSockets();
  }

  /** What the SDP agreed on. Called again where it changes. */
  agree(payloadType: number, place: Place): void {
    this.#payloadType = payloadType;
    this.#hasHeard = false;
    if (place.host === this.#caller && place.port > 0) this.#place = place;
  }

  send(payload: Buffer): void {
    const { rtp } = this.#pair ?? {};
    if (!rtp || this.#isClosed) return;
    const packet = Buffer.allocUnsafe(headerBytes + payload.length);
    packet[0] = 0x80;
    packet[1] = this.#payloadType | (this.#isFirst ? 0x80 : 0);
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    payload.copy(packet, headerBytes);
    this.#isFirst = false;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + payload.length) >>> 0;
    if (this.#place) rtp.send(packet, this.#place.port, this.#place.host, () => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#closeSockets();
  }

  #closeSockets(): void {
    this.#pair?.rtp.close();
    this.#pair?.rtcp.close();
    this.#pair = undefined;
  }

  #receive(packet: Buffer, from: RemoteInfo): void {
    const start = payloadStart(packet);
    if (start === undefined) return;
    // The first who sends is the caller (symmetric RTP, RFC 4961); a later stranger changes nothing.
    if (!this.#hasHeard) this.#place = { host: from.address, port: from.port };
    this.#hasHeard = true;
    if (this.#place?.host !== from.address || this.#place.port !== from.port) return;
    this.#packets += 1;
    if (((packet[1] ?? 0) & 0x7f) === this.#payloadType)
      this.onFrame?.(packet.subarray(start), packet.readUInt16BE(2));
  }
}

/** Behind the header, its contributing sources and its extension (RFC 3550 §5.1). Undefined: it is no RTP. */
export function payloadStart(packet: Buffer): number | undefined {
  if (packet.length < headerBytes || ((packet[0] ?? 0) & 0xc0) !== 0x80) return undefined;
  let start = headerBytes + 4 * ((packet[0] ?? 0) & 0x0f);
  if (((packet[0] ?? 0) & 0x10) !== 0) {
    if (packet.length < start + 4) return undefined;
    start += 4 + 4 * packet.readUInt16BE(start + 2);
  }
  return start <= packet.length ? start : undefined;
}
