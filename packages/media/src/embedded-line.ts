import type { RemoteInfo } from 'node:dgram';
import { LineMeter } from './embedded-meter.ts';
import type { PortPair } from './embedded-ports.ts';
import { rtcpToHandset, type RtcpLine } from './embedded-rtcp.ts';
import {
  AnnouncedStream,
  isRtcp,
  isRtp,
  payloadTypeOf,
  ReceivedStream,
  setPayloadType,
} from './embedded-stream.ts';
import type { LineStats } from './media-stats.ts';
import type { Side } from './recording/recording.ts';
import type { Codec } from './sdp-codecs.ts';
import type { Kind } from './sdp-memory.ts';

/**
 * Whom we believe to be the peer when its packets come from elsewhere than its SDP says (symmetric RTP, RFC 4961):
 * `host`: any port of the signalled address, `any`: whoever comes first, `off`: nobody.
 */
export type Latching = 'host' | 'any' | 'off';

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** What offer and answer have settled for one m-line. */
export interface LineTerms {
  /** The handset's name for it. */
  readonly mid: string;
  /** Where the peer takes RTP. */
  readonly target: Address;
  /** Where it takes RTCP. */
  readonly rtcpTarget: Address;
  readonly sendsToPeer: boolean;
  readonly sendsToHandset: boolean;
  /** Payload type there for each payload type here. */
  readonly payloadsToPeer: ReadonlyMap<number, number>;
  readonly payloadsToHandset: ReadonlyMap<number, number>;
  /** Clock rate for each payload type of the peer. */
  readonly clockRates: ReadonlyMap<number, number>;
  /** What each payload type here is; empty where nothing flows for good. */
  readonly codecs: ReadonlyMap<number, Codec>;
  /** SSRCs that the handset announced for it. */
  readonly handsetSsrcs: readonly number[];
}

export interface LineOptions {
  readonly kind: Kind;
  readonly ports: PortPair;
  readonly latching: Latching;
  readonly ssrc: number;
  readonly nowMs: () => number;
  readonly toHandset: (packet: Buffer) => void;
}

const maxSsrcs = 8;

/** One m-line of a call: RTP and RTCP between the peer's ports and the browser. */
export class EmbeddedLine implements RtcpLine {
  readonly kind: Kind;
  /** Our port for the peer's RTP; RTCP is the next one. */
  readonly port: number;
  readonly sends = new Set<number>();
  readonly gets: AnnouncedStream;
  readonly received = new ReceivedStream();
  readonly #meter = new LineMeter();
  /** Hears what goes through, in the handset's payload types; it must not keep the packet. */
  tap: ((from: Side, rtp: Buffer) => void) | undefined;
  readonly #options: LineOptions;
  #terms: LineTerms | undefined;
  #rtpTo: Address | undefined;
  #rtcpTo: Address | undefined;
  /** Where the peer's packets really come from, once one has come. */
  #rtpFrom: Address | undefined;
  #rtcpFrom: Address | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.port = options.ports.port;
    this.gets = new AnnouncedStream(options.ssrc);
    options.ports.rtp.on('message', (packet, from) => this.#hearRtp(packet, from));
    options.ports.rtcp.on('message', (packet, from) => this.#hearRtcp(packet, from));
  }

  get mid(): string {
    return this.#terms?.mid ?? '';
  }

  /** What each payload type of the handset is; empty before anything is agreed. */
  get codecs(): ReadonlyMap<number, Codec> {
    return this.#terms?.codecs ?? new Map();
  }

  /** From now on. A peer that has moved is waited for anew. */
  settle(terms: LineTerms): void {
    const before = this.#terms;
    this.#terms = terms;
    if (!before || !isSame(before.target, terms.target)) {
      this.#rtpFrom = undefined;
      this.#rtpTo = terms.target;
    }
    if (!before || !isSame(before.rtcpTarget, terms.rtcpTarget)) {
      this.#rtcpFrom = undefined;
      this.#rtcpTo = terms.rtcpTarget;
    }
    this.#learn(terms.handsetSsrcs);
  }

  takesFromHandset(payload: number): boolean {
    return this.#terms?.payloadsToPeer.has(payload) ?? false;
  }

  /** RTP of the browser, whose payload type is this m-line's. */
  fromHandset(rtp: Buffer): void {
    this.received.count(rtp);
    this.#meter.fromHandset.count(rtp, this.#clockOf(payloadTypeOf(rtp)), this.#options.nowMs());
    const ssrc = rtp.readUInt32BE(8);
    if (!this.sends.has(ssrc)) this.#learn([ssrc]);
    const payload = payloadTypeOf(rtp);
    const mapped = this.#terms?.payloadsToPeer.get(payload);
    if (!this.#terms?.sendsToPeer || mapped === undefined || !this.#rtpTo) return;
    this.tap?.('handset', rtp);
    this.#meter.toPeer.count(rtp);
    if (mapped !== payload) setPayloadType(rtp, mapped);
    this.#options.ports.rtp.send(rtp, this.#rtpTo.port, this.#rtpTo.address);
  }

  /** RTCP of the browser, as {@link rtcpToPeer} made it for this m-line. */
  rtcpFromHandset(rtcp: Buffer): void {
    this.#meter.toPeer.passed(rtcp, this.#options.nowMs());
    if (this.#rtcpTo) this.#options.ports.rtcp.send(rtcp, this.#rtcpTo.port, this.#rtcpTo.address);
  }

  /** The browser's RTCP as it came: what of it is about what we send there. */
  hearReports(rtcp: Buffer): void {
    const { nowMs } = this.#options;
    this.#meter.toHandset.reported(rtcp, (ssrc) => ssrc === this.gets.ssrc, this.#clockOf(), nowMs());
  }

  get stats(): LineStats {
    const { kind, mid } = this;
    const [codec] = this.codecs.values();
    return {
      mid,
      type: kind,
      ...(codec && { codec: codec.name.toLowerCase() }),
      ...this.#meter.directions(kind),
    };
  }

  close(): void {
    this.#options.ports.close();
  }

  #hearRtp(packet: Buffer, from: RemoteInfo): void {
    if (isRtcp(packet)) {
      // RFC 5761: some peers send it there unasked.
      this.#relayRtcp(packet, from, this.#rtpFrom, this.#terms?.target);
      return;
    }
    if (!this.#terms || !isRtp(packet)) return;
    const mapped = this.#terms.payloadsToHandset.get(payloadTypeOf(packet));
    if (mapped === undefined || !this.#isFrom(from, this.#rtpFrom, this.#terms.target)) return;
    if (!this.#rtpFrom) {
      this.#rtpFrom = { address: from.address, port: from.port };
      if (this.#options.latching !== 'off') this.#rtpTo = this.#rtpFrom;
    }
    const clockRate = this.#terms.clockRates.get(payloadTypeOf(packet)) ?? 8000;
    this.#meter.fromPeer.count(packet, clockRate, this.#options.nowMs());
    if (!this.#terms.sendsToHandset) return;
    this.gets.rewrite(packet, clockRate, this.#options.nowMs());
    setPayloadType(packet, mapped);
    this.tap?.('peer', packet);
    this.#meter.toHandset.count(packet);
    this.#options.toHandset(packet);
  }

  #hearRtcp(packet: Buffer, from: RemoteInfo): void {
    if (!isRtcp(packet)) return;
    const isPeer = this.#relayRtcp(packet, from, this.#rtcpFrom, this.#terms?.rtcpTarget);
    if (!isPeer || this.#rtcpFrom) return;
    this.#rtcpFrom = { address: from.address, port: from.port };
    if (this.#options.latching !== 'off') this.#rtcpTo = this.#rtcpFrom;
  }

  #relayRtcp(
    packet: Buffer,
    from: RemoteInfo,
    known: Address | undefined,
    signalled: Address | undefined,
  ): boolean {
    if (!signalled || !this.#isFrom(from, known, signalled)) return false;
    const nowMs = this.#options.nowMs();
    this.#meter.toPeer.reported(packet, (ssrc) => this.sends.has(ssrc), this.#clockOf(), nowMs);
    this.#meter.toHandset.passed(packet, nowMs);
    const mapped = rtcpToHandset(packet, this.gets);
    if (mapped) this.#options.toHandset(mapped);
    return true;
  }

  #isFrom(from: RemoteInfo, known: Address | undefined, signalled: Address): boolean {
    const { latching } = this.#options;
    if (latching === 'off') return isSame(from, signalled);
    if (known) return isSame(from, known);
    // RTCP of a peer that is known by its RTP comes from the same host.
    return latching === 'any'
      ? !this.#rtpFrom || from.address === this.#rtpFrom.address
      : from.address === signalled.address;
  }

  /** Of a payload type of the handset, else of the codec in use. */
  #clockOf(payload?: number): number {
    const [first] = this.codecs.values();
    return ((payload !== undefined && this.codecs.get(payload)) || first)?.rate ?? 8000;
  }

  #learn(ssrcs: readonly number[]): void {
    for (const ssrc of ssrcs) this.sends.add(ssrc);
    for (const oldest of this.sends) {
      if (this.sends.size <= maxSsrcs) break;
      this.sends.delete(oldest);
    }
  }
}

function isSame(one: Address, other: Address): boolean {
  return one.port === other.port && one.address === other.address;
}
