import type { RemoteInfo } from 'node:dgram';
import { type Address, Latch, type Latching } from './embedded-latch.ts';
import { LineMeter } from './embedded-meter.ts';
import type { Oddity } from './embedded-oddities.ts';
import { type PeerPortOptions, PeerPorts } from './embedded-peer-ports.ts';
import { pictureLoss, rtcpToHandset, type RtcpLine } from './embedded-rtcp.ts';
import {
  AnnouncedStream,
  isRtcp,
  isRtp,
  payloadTypeOf,
  ReceivedStream,
  setPayloadType,
} from './embedded-stream.ts';
import type { LineStats } from './media-stats.ts';
import { NarrowTones } from './embedded-tones.ts';
import type { Side } from './recording/recording.ts';
import type { Codec } from './sdp-codecs.ts';
import type { Family } from './plain-sdp-read.ts';
import type { Kind } from './sdp-memory.ts';
import { type SrtpKeys, SrtpPair } from './srtp-pair.ts';

/** What offer and answer have settled for one m-line. */
export interface LineTerms {
  /** The handset's name for it. */
  readonly mid: string;
  /** Where the peer takes RTP. */
  readonly target: Address;
  /** Where it takes RTCP. */
  readonly rtcpTarget: Address;
  /** RTP and RTCP share a port (RFC 5761). */
  readonly isMuxed: boolean;
  /** Undefined: plain RTP. */
  readonly srtp: SrtpKeys | undefined;
  readonly sendsToPeer: boolean;
  readonly sendsToHandset: boolean;
  /** Payload type there for each payload type here. */
  readonly payloadsToPeer: ReadonlyMap<number, number>;
  readonly payloadsToHandset: ReadonlyMap<number, number>;
  /** Payload types of the handset whose tones are counted at 48 kHz, and at 8 kHz by the peer. */
  readonly wideTones: ReadonlySet<number>;
  /** Clock rate for each payload type of the peer. */
  readonly clockRates: ReadonlyMap<number, number>;
  /** What each payload type here is; empty where nothing flows for good. */
  readonly codecs: ReadonlyMap<number, Codec>;
  /** SSRCs that the handset announced for it. */
  readonly handsetSsrcs: readonly number[];
}

export interface LineOptions {
  readonly kind: Kind;
  readonly ports: PeerPortOptions;
  readonly latching: Latching;
  readonly ssrc: number;
  readonly nowMs: () => number;
  readonly toHandset: (packet: Buffer) => void;
  readonly odd: (oddity: Oddity) => void;
}

const maxSsrcs = 8;

/** One m-line of a call: RTP and RTCP between the peer's ports and the browser. */
export class EmbeddedLine implements RtcpLine {
  readonly kind: Kind;
  readonly sends = new Set<number>();
  readonly gets: AnnouncedStream;
  readonly received = new ReceivedStream();
  readonly #meter = new LineMeter();
  readonly #tones = new NarrowTones();
  /** Hears what goes through, in the handset's payload types; it must not keep the packet. */
  tap: ((from: Side, rtp: Buffer) => void) | undefined;
  readonly #options: LineOptions;
  readonly #ports: PeerPorts;
  readonly #rtp: Latch;
  readonly #rtcp: Latch;
  #terms: LineTerms | undefined;
  #srtp: SrtpPair | undefined;
  /** When the peer was heard last, or began to owe us something. */
  #heardAtMs = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.gets = new AnnouncedStream(options.ssrc);
    this.#rtp = new Latch(options.latching);
    this.#rtcp = new Latch(options.latching);
    this.#ports = new PeerPorts(options.ports, (packet, from, isRtcpPort) => {
      if (isRtcpPort) this.#hearRtcpPort(packet, from);
      else this.#hearRtpPort(packet, from);
    });
  }

  get mid(): string {
    return this.#terms?.mid ?? '';
  }

  /** What each payload type of the handset is; empty before anything is agreed. */
  get codecs(): ReadonlyMap<number, Codec> {
    return this.#terms?.codecs ?? new Map();
  }

  /** Our port for RTP of a peer with that family of IP; RTCP is the next one. @throws Error when none is free */
  portFor(family: Family): Promise<number> {
    return this.#ports.portFor(family);
  }

  /** From now on. */
  settle(terms: LineTerms): void {
    if (!this.#terms?.sendsToHandset) this.#heardAtMs = this.#options.nowMs();
    this.#terms = terms;
    this.#rtp.expect(terms.target);
    this.#rtcp.expect(terms.rtcpTarget);
    this.#srtp = SrtpPair.after(this.#srtp, terms.srtp);
    this.#learn(terms.handsetSsrcs);
  }

  /** How long the peer, which should send, has sent nothing; 0 where it need not. */
  silentMs(nowMs: number): number {
    return this.#terms?.sendsToHandset ? nowMs - this.#heardAtMs : 0;
  }

  takesFromHandset(payload: number): boolean {
    return this.#terms?.payloadsToPeer.has(payload) ?? false;
  }

  /** RTP of the browser, whose payload type is this m-line's. */
  fromHandset(rtp: Buffer): void {
    const payload = payloadTypeOf(rtp);
    this.received.count(rtp);
    this.#meter.fromHandset.count(rtp, this.#clockOf(payload), this.#options.nowMs());
    const ssrc = rtp.readUInt32BE(8);
    if (!this.sends.has(ssrc)) this.#learn([ssrc]);
    const terms = this.#terms;
    const mapped = terms?.payloadsToPeer.get(payload);
    const to = this.#rtp.target;
    if (!terms?.sendsToPeer || mapped === undefined || !to) return;
    this.tap?.('handset', rtp);
    this.#meter.toPeer.count(rtp);
    if (mapped !== payload) setPayloadType(rtp, mapped);
    if (terms.wideTones.has(payload)) this.#tones.narrow(rtp);
    const sent = this.#srtp ? this.#srtp.sender.rtp(rtp) : rtp;
    if (sent) this.#ports.sendRtp(sent, to);
    else this.#options.odd('srtpNotSent');
  }

  /** RTCP of the browser, as {@link rtcpToPeer} made it for this m-line. */
  rtcpFromHandset(rtcp: Buffer): void {
    this.#meter.toPeer.passed(rtcp, this.#options.nowMs());
    const isMuxed = this.#terms?.isMuxed ?? false;
    const to = isMuxed ? this.#rtp.target : this.#rtcp.target;
    const sent = this.#srtp ? this.#srtp.sender.rtcp(rtcp) : rtcp;
    if (!to || !sent) return;
    if (isMuxed) this.#ports.sendRtp(sent, to);
    else this.#ports.sendRtcp(sent, to);
  }

  /** Of each stream that the side is known to send. */
  askForKeyframe(of: Side): void {
    const [sender = this.gets.ssrc] = this.sends;
    if (of === 'handset') {
      for (const ssrc of this.sends) this.#options.toHandset(pictureLoss(this.gets.ssrc, ssrc));
    } else if (this.gets.source !== undefined) this.rtcpFromHandset(pictureLoss(sender, this.gets.source));
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
    this.#ports.close();
  }

  #hearRtpPort(packet: Buffer, from: RemoteInfo): void {
    // RFC 5761: some peers send RTCP there unasked.
    if (isRtcp(packet)) this.#hearRtcp(packet, from, this.#rtp);
    else if (isRtp(packet)) this.#hearRtp(packet, from);
    else this.#options.odd('rtpUnreadable');
  }

  #hearRtcpPort(packet: Buffer, from: RemoteInfo): void {
    if (!isRtcp(packet)) this.#options.odd('rtcpUnreadable');
    else if (this.#hearRtcp(packet, from, this.#rtcp)) this.#rtcp.learn(from);
  }

  #hearRtp(packet: Buffer, from: RemoteInfo): void {
    const { odd, nowMs, toHandset } = this.#options;
    const terms = this.#terms;
    if (!terms) return odd('rtpBeforeAnswer');
    if (!this.#rtp.isPeer(from)) return odd('rtpFromStranger');
    const payload = payloadTypeOf(packet);
    const mapped = terms.payloadsToHandset.get(payload);
    if (mapped === undefined) return odd('rtpOfUnknownPayload');
    const rtp = this.#srtp ? this.#srtp.receiver.rtp(packet) : packet;
    if (!Buffer.isBuffer(rtp)) return odd(refusals[rtp]);
    this.#rtp.learn(from);
    const now = nowMs();
    this.#heardAtMs = now;
    const clockRate = terms.clockRates.get(payload) ?? 8000;
    this.#meter.fromPeer.count(rtp, clockRate, now);
    if (!terms.sendsToHandset) return;
    this.gets.rewrite(rtp, clockRate, now);
    setPayloadType(rtp, mapped);
    this.tap?.('peer', rtp);
    this.#meter.toHandset.count(rtp);
    toHandset(rtp);
  }

  /** True if it was the peer's. */
  #hearRtcp(packet: Buffer, from: RemoteInfo, latch: Latch): boolean {
    const { odd, nowMs, toHandset } = this.#options;
    if (!this.#terms) return false;
    if (!latch.isPeer(from, this.#rtp.from)) {
      odd('rtcpFromStranger');
      return false;
    }
    const rtcp = this.#srtp ? this.#srtp.receiver.rtcp(packet) : packet;
    if (!Buffer.isBuffer(rtcp)) {
      odd(refusals[rtcp]);
      return false;
    }
    this.#heardAtMs = nowMs();
    this.#meter.toPeer.reported(rtcp, (ssrc) => this.sends.has(ssrc), this.#clockOf(), nowMs());
    this.#meter.toHandset.passed(rtcp, nowMs());
    const mapped = rtcpToHandset(rtcp, this.gets);
    if (mapped) toHandset(mapped);
    return true;
  }

  /** Of a payload type of the handset, else of the codec in use. */
  #clockOf(payload?: number): number {
    const known = payload === undefined ? undefined : this.#terms?.codecs.get(payload);
    if (known) return known.rate;
    const [first] = this.codecs.values();
    return first?.rate ?? 8000;
  }

  #learn(ssrcs: readonly number[]): void {
    for (const ssrc of ssrcs) this.sends.add(ssrc);
    for (const oldest of this.sends) {
      if (this.sends.size <= maxSsrcs) break;
      this.sends.delete(oldest);
    }
  }
}

const refusals = { unreadable: 'srtpUnreadable', forged: 'srtpForged', replayed: 'srtpReplayed' } as const;
