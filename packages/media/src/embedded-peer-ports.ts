import type { RemoteInfo } from 'node:dgram';
import type { Address } from './embedded-latch.ts';
import { openPortPair, type PortPair } from './embedded-ports.ts';
import { packetCame } from './packet-pause.ts';
import type { Family } from './plain-sdp-read.ts';

export type AddressesByFamily = Readonly<Partial<Record<Family, string>>>;

/** Where the ports for peers are opened. */
export interface PeerPortOptions {
  /** Addresses of this machine that peers send to; a family without one is not served. */
  readonly addresses: AddressesByFamily;
  /** UDP ports; from the system unless given. */
  readonly ports?: { readonly from: number; readonly to: number };
}

type Heard = (packet: Buffer, from: RemoteInfo, isRtcpPort: boolean) => void;

/** The ports of one m-line for its peer: a pair for each family of IP that the peer has had. */
export class PeerPorts {
  readonly #options: PeerPortOptions;
  readonly #heard: Heard;
  readonly #opening = new Map<Family, Promise<PortPair>>();
  readonly #open = new Map<Family, PortPair>();
  #isClosed = false;

  constructor(options: PeerPortOptions, heard: Heard) {
    this.#options = options;
    this.#heard = heard;
  }

  /** The port for RTP, opened when it is first asked for. @throws Error when none is free */
  async portFor(family: Family): Promise<number> {
    const opening = this.#opening.get(family) ?? this.#openPair(family);
    this.#opening.set(family, opening);
    try {
      return (await opening).port;
    } catch (error) {
      this.#opening.delete(family);
      throw error;
    }
  }

  sendRtp(packet: Buffer, to: Address): void {
    this.#pairTo(to)?.rtp.send(packet, to.port, to.address);
  }

  sendRtcp(packet: Buffer, to: Address): void {
    this.#pairTo(to)?.rtcp.send(packet, to.port, to.address);
  }

  /** May be called twice. */
  close(): void {
    this.#isClosed = true;
    for (const pair of this.#open.values()) pair.close();
  }

  #pairTo({ address }: Address): PortPair | undefined {
    // `isIPv6` is a regular expression, which each packet would pay for.
    return this.#isClosed ? undefined : this.#open.get(address.includes(':') ? 6 : 4);
  }

  async #openPair(family: Family): Promise<PortPair> {
    const { addresses, ports } = this.#options;
    const address = addresses[family];
    if (address === undefined) throw new Error(`There is no address for IPv${family}`);
    const pair = await openPortPair({ address, ...(ports && { ports }) }, Math.random);
    const hear = (isRtcpPort: boolean) => (packet: Buffer, from: RemoteInfo) => {
      packetCame();
      this.#heard(packet, from, isRtcpPort);
    };
    pair.rtp.on('message', hear(false));
    pair.rtcp.on('message', hear(true));
    this.#open.set(family, pair);
    if (this.#isClosed) pair.close();
    return pair;
  }
}
