import { randomInt } from 'node:crypto';
import { type ReservedPort, reservePortOfRange } from './embedded-ice-port.ts';
import type { Latching } from './embedded-latch.ts';
import { EmbeddedLine } from './embedded-line.ts';
import type { Oddity } from './embedded-oddities.ts';
import type { AddressesByFamily, PeerPortOptions } from './embedded-peer-ports.ts';
import { lostByReports, rtcpToPeer } from './embedded-rtcp.ts';
import { isRtcp, isRtp, payloadTypeOf } from './embedded-stream.ts';
import {
  EmbeddedTransport,
  type RemoteDescription,
  type TransportHandler,
  type TransportOptions,
} from './embedded-transport.ts';
import { type KeyframeSides, MediaError, type MediaEnd, type MediaSessionHandler } from './engine.ts';
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

const maxHeldCandidates = 64;
/** Packets lost within one look at the counters that make a link a slow one; 50 to 100 are sent in that time. */
const slowLinkLost = 10;

/**
 * What moves the media of one call: the transport to the browser, and the ports for the peer. ICE of the library cannot
 * be restarted; another transport is made beside the first, and takes its place when it is up.
 */
export class EmbeddedMedia {
  readonly #options: EmbeddedMediaOptions;
  readonly #handler: EmbeddedMediaHandler;
  readonly #open: OpenLine[] = [];
  #current: EmbeddedTransport | undefined;
  #next: EmbeddedTransport | undefined;
  /** Candidates of a transport that is yet to be made. */
  #held: string[] = [];
  #isHolding = true;
  #wasUp = false;
  #isClosed = false;

  constructor(options: EmbeddedMediaOptions, handler: EmbeddedMediaHandler) {
    this.#options = options;
    this.#handler = handler;
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
      throw this.#exhausted(cause);
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

  /** For an offer of ours: what there is, else a fresh one. @throws MediaError `engine-down` when no port is free */
  async transportForOffer(): Promise<EmbeddedTransport> {
    const known = this.#next ?? this.#current;
    const transport = known ?? (await this.#offering());
    this.#use(transport);
    return transport;
  }

  /** What the handset answered to our offer. @throws MediaError `sdp-refused` */
  answered(remote: RemoteDescription | undefined): void {
    const transport = this.#next ?? this.#current;
    if (!transport || transport.remote) return;
    if (!remote) throw refused();
    try {
      transport.accept(remote);
    } catch (cause) {
      throw refused(cause);
    }
  }

  /** The handset has offered: what it trickles from now on may be for a transport that is yet to be made. */
  offered(): void {
    this.#isHolding = true;
  }

  /** The offer that was made last is refused: what the handset trickles is for the transport that there is. */
  rollback(): void {
    const transport = this.#next ?? this.#current;
    if (transport) this.#use(transport);
  }

  /**
   * For our answer: what there is if the handset still means that, else a fresh one (RFC 8445 §9).
   * @throws MediaError `sdp-refused`, and `engine-down` when no port is free
   */
  async transportFor(remote: RemoteDescription | undefined): Promise<EmbeddedTransport> {
    const known = this.#next ?? this.#current;
    if (known?.remote && (!remote || isSame(known.remote, remote))) {
      this.#use(known);
      return known;
    }
    if (!remote) throw refused();
    const { transport: options } = this.#options;
    const port = await this.#portOfRange();
    try {
      const handler = this.#transportHandler(() => transport);
      const transport: EmbeddedTransport = EmbeddedTransport.answering(options, handler, remote, port);
      this.#use(transport);
      if (this.#isClosed) transport.close();
      return transport;
    } catch (cause) {
      throw refused(cause);
    }
  }

  async #portOfRange(): Promise<ReservedPort | undefined> {
    try {
      return await reservePortOfRange(this.#options.transport, Math.random);
    } catch (cause) {
      throw this.#exhausted(cause);
    }
  }

  #exhausted(cause: unknown): MediaError {
    this.#handler.odd('portsExhausted');
    return new MediaError('engine-down', 'No UDP port is free', { cause });
  }

  addCandidate(candidate: string): void {
    const transport = this.#next ?? this.#current;
    if (!this.#isHolding && transport) transport.addCandidate(candidate);
    else if (this.#held.length < maxHeldCandidates) this.#held.push(candidate);
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
    this.#current?.close();
    this.#next?.close();
    for (const { line } of this.#open) line.close();
  }

  #openLine(kind: Kind): EmbeddedLine {
    const line = new EmbeddedLine({
      kind,
      ports: this.#options.rtp,
      latching: this.#options.latching,
      ssrc: randomInt(1, 2 ** 32 - 1),
      nowMs: () => performance.now(),
      toHandset: (packet) => void this.#current?.send(packet),
      odd: (oddity) => this.#handler.odd(oddity),
    });
    if (this.#isClosed) line.close();
    this.#open.push({ line, isReceiving: false, isSilent: false, packetsBefore: 0, lostByHandset: 0 });
    return line;
  }

  async #offering(): Promise<EmbeddedTransport> {
    try {
      const { transport: options } = this.#options;
      const handler = this.#transportHandler(() => transport);
      const transport: EmbeddedTransport = await EmbeddedTransport.offering(options, handler);
      if (this.#isClosed) transport.close();
      return transport;
    } catch (cause) {
      throw this.#exhausted(cause);
    }
  }

  #use(transport: EmbeddedTransport): void {
    if (transport !== this.#current && transport !== this.#next) {
      this.#next?.close();
      this.#next = undefined;
      if (this.#current?.isUp) this.#next = transport;
      else {
        this.#current?.close();
        this.#current = transport;
      }
    }
    this.#isHolding = false;
    for (const candidate of this.#held.splice(0)) transport.addCandidate(candidate);
  }

  #transportHandler(own: () => EmbeddedTransport): TransportHandler {
    return {
      up: () => {
        if (own() === this.#next) {
          this.#current?.close();
          this.#current = this.#next;
          this.#next = undefined;
        }
        if (!this.#wasUp) this.#handler.webrtcUp?.();
        this.#wasUp = true;
      },
      packet: (data) => this.#hear(data),
      odd: (oddity) => this.#handler.odd(oddity),
      ended: (end) => {
        // The first of two may go: the browser has left it.
        if (own() !== this.#current || !this.#next) this.#handler.ended(end);
      },
    };
  }

  #hear(packet: Buffer): void {
    if (isRtp(packet)) this.#hearRtp(packet);
    else if (isRtcp(packet)) this.#hearRtcp(packet);
    else this.#handler.odd('handsetUnreadable');
  }

  #hearRtp(rtp: Buffer): void {
    const payload = payloadTypeOf(rtp);
    const open = this.#open.find(({ line }) => line.takesFromHandset(payload));
    if (!open) return;
    open.line.fromHandset(rtp);
    if (!open.isReceiving) this.#receiving(open, true);
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

function isSame(
  known: { ufrag: string; pwd: string; fingerprint: string },
  remote: RemoteDescription,
): boolean {
  return known.ufrag === remote.ufrag && known.pwd === remote.pwd && known.fingerprint === remote.fingerprint;
}

function refused(cause?: unknown): MediaError {
  return new MediaError('sdp-refused', 'The SDP has no ICE and DTLS that could be used', { cause });
}
