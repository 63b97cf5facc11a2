import { randomInt } from 'node:crypto';
import type { Latching } from './embedded-latch.ts';
import { EmbeddedLine } from './embedded-line.ts';
import type { Oddity } from './embedded-oddities.ts';
import type { AddressesByFamily, PeerPortOptions } from './embedded-peer-ports.ts';
import { lostByReports, rtcpToPeer } from './embedded-rtcp.ts';
import { isRtcp, isRtp, payloadTypeOf } from './embedded-stream.ts';
import type { TransportOptions } from './transport-options.ts';
import { EmbeddedTransports } from './embedded-transports.ts';
import { type KeyframeSides, MediaError, type MediaEnd, type MediaSessionHandler } from './engine.ts';
import type { IcePorts } from './ice-ports.ts';
import type { LineStats } from './media-stats.ts';
import type { Family } from './plain-sdp-read.ts';
import type { Kind } from './sdp-memory.ts';

export interface EmbeddedMediaOptions {
  readonly transport: TransportOptions;
  readonly rtp: PeerPortOptions;
  /** What peers are told instead of the addresses of those ports, behind a NAT 1:1. */
  readonly shownAddresses: AddressesByFamily;
  readonly latching: Latching;
  /** How long a peer that should send may be silent until that is told; 0: for ever. */
  readonly silenceMs: number;
}

export interface EmbeddedMediaHandler extends MediaSessionHandler {
  /** Called once, unless we closed it. */
  ended(end: MediaEnd): void;
  odd(oddity: Oddity): void;
}

interface OpenLine {
  readonly line: EmbeddedLine;
  isReceiving: boolean;
  isSilent: boolean;
  packetsBefore: number;
  lostByHandset: number;
}

/** Packets lost within one look at the counters that make a link a slow one; 50 to 100 are sent in that time. */
const slowLinkLost = 10;

/** What moves the media of one call: the transport to the browser, and the ports for the peer. */
export class EmbeddedMedia {
  readonly #options: EmbeddedMediaOptions;
  readonly #handler: EmbeddedMediaHandler;
  readonly #open: OpenLine[] = [];
  /** The ways to the browser. */
  readonly transports: EmbeddedTransports;
  #isClosed = false;

  constructor(options: EmbeddedMediaOptions, icePorts: IcePorts, handler: EmbeddedMediaHandler) {
    this.#options = options;
    this.#handler = handler;
    this.transports = new EmbeddedTransports(options.transport, icePorts, {
      up: () => handler.webrtcUp?.(),
      packet: (data) => this.#hear(data),
      odd: (oddity) => handler.odd(oddity),
      ended: (end) => handler.ended(end),
    });
  }

  /** The call's m-line of that kind. */
  line(kind: Kind): EmbeddedLine {
    return this.#open.find(({ line }) => line.kind === kind)?.line ?? this.#openLine(kind);
  }

  /** Its port for the peer, opened when it is first asked for. @throws MediaError `engine-down` when none is free */
  async portFor(kind: Kind, family: Family): Promise<number> {
    try {
      return await this.line(kind).portFor(family);
    } catch (cause) {
      this.#handler.odd('portsExhausted');
      throw new MediaError('engine-down', 'No UDP port is free', { cause });
    }
  }

  /** The call's m-line of that kind, if it has one that is not refused. */
  agreed(kind: Kind): EmbeddedLine | undefined {
    return this.#open.find(({ line }) => line.kind === kind && line.codecs.size > 0)?.line;
  }

  /** @throws MediaError `unsupported` without pictures */
  askForKeyframe({ handset, peer }: KeyframeSides): void {
    const line = this.agreed('video');
    if (!line) throw new MediaError('unsupported', 'The call has no pictures');
    if (handset) line.askForKeyframe('handset');
    if (peer) line.askForKeyframe('peer');
  }

  /** Looks at the counters; to be called about once a second. */
  look(): void {
    for (const open of this.#open) {
      const { line } = open;
      const { packets } = line.received;
      if (open.isReceiving && packets === open.packetsBefore) this.#receiving(open, false);
      open.packetsBefore = packets;
      this.#slow(line, true, line.received.takeLost());
      this.#lookForSilence(open);
    }
  }

  #lookForSilence(open: OpenLine): void {
    const { silenceMs } = this.#options;
    const isSilent = silenceMs > 0 && open.line.silentMs(performance.now()) >= silenceMs;
    if (isSilent === open.isSilent) return;
    open.isSilent = isSilent;
    this.#handler.silence?.({ type: open.line.kind, mid: open.line.mid, isSilent });
  }

  /** Of each m-line that has ever been agreed. */
  stats(): readonly LineStats[] {
    return this.#open.filter(({ line }) => line.mid !== '').map(({ line }) => line.stats);
  }

  /** May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.transports.close();
    for (const { line } of this.#open) line.close();
  }

  #openLine(kind: Kind): EmbeddedLine {
    const line = new EmbeddedLine({
      kind,
      ports: this.#options.rtp,
      latching: this.#options.latching,
      ssrc: randomInt(1, 2 ** 32 - 1),
      nowMs: () => performance.now(),
      toHandset: (packet) => this.transports.send(packet),
      odd: (oddity) => this.#handler.odd(oddity),
    });
    if (this.#isClosed) line.close();
    this.#open.push({ line, isReceiving: false, isSilent: false, packetsBefore: 0, lostByHandset: 0 });
    return line;
  }

  #hear(packet: Buffer): void {
    if (isRtp(packet)) this.#hearRtp(packet);
    else if (isRtcp(packet)) this.#hearRtcp(packet);
    else this.#handler.odd('handsetUnreadable');
  }

  #hearRtp(rtp: Buffer): void {
    const payload = payloadTypeOf(rtp);
    for (const open of this.#open) {
      if (!open.line.takesFromHandset(payload)) continue;
      open.line.fromHandset(rtp);
      if (!open.isReceiving) this.#receiving(open, true);
      return;
    }
  }

  #hearRtcp(rtcp: Buffer): void {
    for (const open of this.#open) {
      open.line.hearReports(rtcp);
      const lost = lostByReports(rtcp, open.line.gets.ssrc);
      if (lost === undefined) continue;
      this.#slow(open.line, false, lost - open.lostByHandset);
      open.lostByHandset = lost;
    }
    const lines = this.#open.map(({ line }) => line);
    for (const [line, own] of rtcpToPeer(rtcp, lines)) line.rtcpFromHandset(own);
  }

  #receiving(open: OpenLine, receiving: boolean): void {
    const { kind, mid } = open.line;
    open.isReceiving = receiving;
    this.#handler.media?.({ type: kind, mid, receiving });
  }

  #slow({ kind, mid }: EmbeddedLine, uplink: boolean, lost: number): void {
    if (lost >= slowLinkLost) this.#handler.slowLink?.({ media: kind, mid, uplink, lost });
  }
}
