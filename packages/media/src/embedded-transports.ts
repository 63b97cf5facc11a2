import { EmbeddedTransport, type TransportHandler } from './embedded-transport.ts';
import { MediaError } from './engine.ts';
import type { RemoteDescription } from './ice-description.ts';
import type { IcePorts, ReservedPort } from './ice-ports.ts';
import type { TransportOptions } from './transport-options.ts';

const maxHeldCandidates = 64;

/**
 * The ways of one call to its browser. ICE of the library cannot be restarted; another transport is made beside the first,
 * and takes its place when it is up.
 */
export class EmbeddedTransports {
  readonly #options: TransportOptions;
  readonly #ports: IcePorts;
  readonly #handler: Required<TransportHandler>;
  #current: EmbeddedTransport | undefined;
  #next: EmbeddedTransport | undefined;
  /** Candidates of a transport that is yet to be made. */
  #held: string[] = [];
  #isHolding = true;
  #wasUp = false;
  #isClosed = false;

  /** The handler hears of the first transport that is up, and of the end of the last. */
  constructor(options: TransportOptions, ports: IcePorts, handler: Required<TransportHandler>) {
    this.#options = options;
    this.#ports = ports;
    this.#handler = handler;
  }

  /** For an offer of ours: what there is, else a fresh one. @throws MediaError `engine-down` when no port is free */
  async forOffer(): Promise<EmbeddedTransport> {
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
  async forAnswer(remote: RemoteDescription | undefined): Promise<EmbeddedTransport> {
    const known = this.#next ?? this.#current;
    if (known?.remote && (!remote || isSame(known.remote, remote))) {
      this.#use(known);
      return known;
    }
    if (!remote) throw refused();
    const port = await this.#reserved();
    try {
      const handler = this.#handlerOf(() => transport);
      const transport: EmbeddedTransport = EmbeddedTransport.answering(this.#options, handler, remote, port);
      this.#use(transport);
      if (this.#isClosed) transport.close();
      return transport;
    } catch (cause) {
      throw refused(cause);
    }
  }

  addCandidate(candidate: string): void {
    const transport = this.#next ?? this.#current;
    if (!this.#isHolding && transport) transport.addCandidate(candidate);
    else if (this.#held.length < maxHeldCandidates) this.#held.push(candidate);
  }

  /** False if it could not be sent. */
  send(packet: Buffer): boolean {
    return this.#current?.send(packet) ?? false;
  }

  /** May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#current?.close();
    this.#next?.close();
  }

  async #offering(): Promise<EmbeddedTransport> {
    const port = await this.#reserved();
    const handler = this.#handlerOf(() => transport);
    const transport: EmbeddedTransport = EmbeddedTransport.offering(this.#options, handler, port);
    if (this.#isClosed) transport.close();
    return transport;
  }

  async #reserved(): Promise<ReservedPort> {
    try {
      return await this.#ports.reserve();
    } catch (cause) {
      this.#handler.odd('portsExhausted');
      throw new MediaError('engine-down', cause instanceof Error ? cause.message : 'No UDP port', { cause });
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

  #handlerOf(own: () => EmbeddedTransport): TransportHandler {
    return {
      up: () => this.#up(own()),
      packet: (data) => this.#handler.packet(data),
      odd: (oddity) => this.#handler.odd(oddity),
      ended: (end) => this.#ended(own(), end),
    };
  }

  #up(transport: EmbeddedTransport): void {
    if (transport === this.#next) {
      this.#current?.close();
      this.#current = this.#next;
      this.#next = undefined;
    }
    if (!this.#wasUp) this.#handler.up();
    this.#wasUp = true;
  }

  #ended(transport: EmbeddedTransport, end: 'closed' | 'ice-failed'): void {
    // The first of two may go: the browser has left it.
    if (transport === this.#current && this.#next) return;
    if (transport === this.#next) {
      this.#next = undefined;
      this.#handler.odd('iceRestartsFailed');
      if (this.#current?.isUp) return;
    }
    this.#handler.ended(end);
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
