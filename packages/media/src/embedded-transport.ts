import { randomBytes } from 'node:crypto';
import * as native from 'node-datachannel';
import { type Certificate, selfSignedCertificate } from './embedded-certificate.ts';
import type { Oddity } from './embedded-oddities.ts';
import { hostCandidates, isUsableCandidate, withPublicAddress } from './ice-candidates.ts';
import {
  type DtlsRole,
  type IceDescription,
  iceDescriptionIn,
  onlyMid,
  type RemoteDescription,
  sdpForLibrary,
} from './ice-description.ts';
import type { ReservedPort } from './ice-ports.ts';
import { packetCame } from './packet-pause.ts';
import { nativeConfig, type TransportOptions } from './transport-options.ts';

export interface TransportHandler {
  up(): void;
  /** RTP or RTCP, decrypted; the buffer is the receiver's to write to. */
  packet(data: Buffer): void;
  odd?(oddity: Oddity): void;
  /** Called once, unless we closed it. */
  ended(end: 'closed' | 'ice-failed'): void;
}

const connectLimitMs = 30_000;
/** The library keeps about twenty: what it learns from the browser's own checks (RFC 8445 §7.3.1.3) must find room beside them. */
const maxCandidates = 12;

/** What we said before the browser did. */
interface OwnOffer {
  readonly local: IceDescription;
  readonly certificate: Certificate;
  readonly port: ReservedPort;
}

/**
 * ICE, DTLS and SRTP with one browser, by libdatachannel. The library sees a single m-line that never changes: with one
 * track it hands over all RTP and RTCP, whatever the SSRC. What the call is about stays in our own SDP. It knows no ICE
 * restart; a restart is another transport.
 *
 * The library comes in when the browser has spoken, in either direction. It could make our offer too, but then it hears
 * the browser's checks before it knows the browser's certificate, and on a busy machine DTLS is refused for that now and
 * then. So the offer is ours: a port, a name and password, a certificate.
 */
export class EmbeddedTransport {
  readonly #options: TransportOptions;
  readonly #handler: TransportHandler;
  readonly #offer: OwnOffer | undefined;
  readonly #held: string[] = [];
  #connection: native.PeerConnection | undefined;
  #track: native.Track | undefined;
  #candidates = 0;
  #remote: RemoteDescription | undefined;
  #isUp = false;
  #isClosed = false;
  #connectTimer: NodeJS.Timeout | undefined;

  private constructor(options: TransportOptions, handler: TransportHandler, offer?: OwnOffer) {
    this.#options = options;
    this.#handler = handler;
    this.#offer = offer;
  }

  /** We speak first; the browser's description comes with {@link accept}. */
  static offering(
    options: TransportOptions,
    handler: TransportHandler,
    port: ReservedPort,
  ): EmbeddedTransport {
    const certificate = selfSignedCertificate(Date.now());
    const local = {
      ufrag: randomBytes(6).toString('base64'),
      pwd: randomBytes(18).toString('base64'),
      fingerprint: certificate.fingerprint,
      candidates: hostCandidates(port.port, options.iceAddress),
    };
    return new EmbeddedTransport(options, handler, { local, certificate, port });
  }

  /** The browser spoke first. @throws Error for an impossible description, or when its port is gone */
  static answering(
    options: TransportOptions,
    handler: TransportHandler,
    remote: RemoteDescription,
    port?: ReservedPort,
  ): EmbeddedTransport {
    const transport = new EmbeddedTransport(options, handler);
    const connection = transport.#connect(nativeConfig(options, port));
    transport.#start(connection, 'offer', remote, () => connection.setLocalDescription('answer'));
    return transport;
  }

  /** The browser's description; undefined until it is known. */
  get remote(): RemoteDescription | undefined {
    return this.#remote;
  }

  /** Our part of DTLS once the browser has spoken: the server, whenever it lets us choose. */
  get role(): DtlsRole {
    return this.#remote?.setup === 'passive' ? 'active' : 'passive';
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isClosed;
  }

  /** Our description with all its candidates, which are this machine's own: nobody has to be asked. @throws Error if there is none */
  local(): IceDescription {
    const own = this.#offer?.local ?? iceDescriptionIn(this.#connection?.localDescription()?.sdp);
    if (!own || this.#isClosed) throw new Error('The transport has no local description');
    return { ...own, candidates: withPublicAddress(own.candidates, this.#options.publicAddress) };
  }

  /** What the browser answered to our offer. @throws Error for an impossible description */
  accept(remote: RemoteDescription): void {
    if (!this.#offer || this.#connection || this.#isClosed) throw new Error('There is no offer to answer');
    const { local, certificate, port } = this.#offer;
    const connection = this.#connect({
      ...nativeConfig(this.#options, port),
      certificatePemFile: certificate.certificatePem,
      keyPemFile: certificate.keyPem,
    });
    connection.setLocalDescription('offer', { iceUfrag: local.ufrag, icePwd: local.pwd });
    this.#start(connection, 'answer', remote);
  }

  /** One that cannot be used is left out: names of multicast DNS among them, which would only cost time. */
  addCandidate(candidate: string): void {
    if (this.#isClosed) return;
    if (!isUsableCandidate(candidate)) return this.#handler.odd?.('candidatesUnusable');
    if (this.#candidates >= maxCandidates) return this.#handler.odd?.('candidatesTooMany');
    this.#candidates += 1;
    if (this.#connection) this.#pass(this.#connection, candidate);
    else this.#held.push(candidate);
  }

  /** False if it could not be sent. */
  send(packet: Buffer): boolean {
    if (!this.#isUp || this.#isClosed || !this.#track) return false;
    try {
      return this.#track.sendMessageBinary(packet);
    } catch {
      // It was closed by the other side a moment ago, or the packet repeats one that was sent.
      return false;
    }
  }

  /** May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    this.#offer?.port.release();
    this.#track?.close();
    this.#connection?.close();
  }

  #connect(config: native.RtcConfig): native.PeerConnection {
    const connection = new native.PeerConnection('', config);
    this.#connection = connection;
    // Each kind of event that is asked for costs all packets of all calls: the loop looks through all of them at each packet.
    connection.onStateChange((state) => this.#changed(connection, state));
    const audio = new native.Audio(onlyMid, 'SendRecv');
    audio.addAudioCodec(0, 'PCMU');
    const track = connection.addTrack(audio);
    this.#track = track;
    track.onClosed(() => this.#end('closed'));
    track.onMessage((data) => {
      packetCame();
      if (this.#isUp) this.#handler.packet(data);
    });
    return connection;
  }

  #start(
    connection: native.PeerConnection,
    type: 'offer' | 'answer',
    remote: RemoteDescription,
    answer?: () => void,
  ): void {
    this.#remote = remote;
    try {
      connection.setRemoteDescription(sdpForLibrary(remote, this.role), type);
      answer?.();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#connectTimer = setTimeout(() => this.#end('ice-failed'), connectLimitMs);
    for (const candidate of this.#held.splice(0)) this.#pass(connection, candidate);
    for (const candidate of remote.candidates) this.addCandidate(candidate);
  }

  #pass(connection: native.PeerConnection, candidate: string): void {
    try {
      connection.addRemoteCandidate(candidate, onlyMid);
    } catch {
      // Not to the library's taste: ICE goes on with the others, or with what it learns from the browser's checks.
    }
  }

  #connected(connection: native.PeerConnection): void {
    if (this.#isClosed) return;
    // The track opens on another thread, a moment later.
    if (!this.#track?.isOpen()) {
      setImmediate(() => this.#connected(connection));
      return;
    }
    if (!this.#isWhomWeWereTold(connection)) {
      this.#end('ice-failed');
      return;
    }
    clearTimeout(this.#connectTimer);
    this.#isUp = true;
    this.#handler.up();
  }

  /** RFC 8122 §6.2. The library has looked as well; this is ours to be sure of. */
  #isWhomWeWereTold(connection: native.PeerConnection): boolean {
    const { algorithm, value } = connection.remoteFingerprint();
    return `${algorithm} ${value}`.toLowerCase() === this.#remote?.fingerprint.toLowerCase();
  }

  #changed(connection: native.PeerConnection, state: string): void {
    if (state === 'connected') this.#connected(connection);
    else if (state === 'failed') this.#end('ice-failed');
    else if (state === 'closed') this.#end('closed');
  }

  #end(end: 'closed' | 'ice-failed'): void {
    if (this.#isClosed) return;
    this.close();
    this.#handler.ended(end);
  }
}
