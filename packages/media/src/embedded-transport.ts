import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import * as native from 'node-datachannel';
import { type Certificate, selfSignedCertificate } from './embedded-certificate.ts';
import type { Oddity } from './embedded-oddities.ts';
import { hostCandidates, type ReservedPort, reserveIcePort } from './embedded-ice-port.ts';
import { packetCame } from './packet-pause.ts';

export interface TransportOptions {
  /** The one address of this machine that ICE uses; all of them unless given. */
  readonly iceAddress?: string;
  /** UDP ports for ICE; from the system unless given. */
  readonly icePorts?: { readonly from: number; readonly to: number };
  /** One UDP port for the ICE of all calls, for firewalls that open one. */
  readonly icePort?: number;
  /** Where browsers reach this machine behind a NAT 1:1; offered beside its own addresses. */
  readonly publicAddress?: string;
}

/** What a side says of itself in its SDP (RFC 8839, RFC 8122). */
export interface IceDescription {
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
  /** `candidate:...`, as in an SDP or a trickle. */
  readonly candidates: readonly string[];
}

export interface RemoteDescription extends IceDescription {
  /** `a=setup` (RFC 4145 §4). */
  readonly setup: string;
}

export type DtlsRole = 'active' | 'passive';

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
const mid = '0';

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

  /** We speak first; the browser's description comes with {@link accept}. @throws Error when no port is free */
  static async offering(options: TransportOptions, handler: TransportHandler): Promise<EmbeddedTransport> {
    const port = await reserveIcePort(options, Math.random);
    const certificate = selfSignedCertificate(Date.now());
    const local = {
      ufrag: randomBytes(6).toString('base64'),
      pwd: randomBytes(18).toString('base64'),
      fingerprint: certificate.fingerprint,
      candidates: hostCandidates(port.port, options),
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
    const connection = transport.#connect(nativeConfig(takeOver(options, port)));
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
    const own = this.#offer?.local ?? descriptionIn(this.#connection?.localDescription()?.sdp);
    if (!own || this.#isClosed) throw new Error('The transport has no local description');
    return { ...own, candidates: this.#withPublicAddress(own.candidates) };
  }

  /** What the browser answered to our offer. @throws Error for an impossible description */
  accept(remote: RemoteDescription): void {
    if (!this.#offer || this.#connection || this.#isClosed) throw new Error('There is no offer to answer');
    const { local, certificate, port } = this.#offer;
    const connection = this.#connect({
      ...nativeConfig(takeOver(this.#options, port)),
      certificatePemFile: certificate.certificatePem,
      keyPemFile: certificate.keyPem,
    });
    connection.setLocalDescription('offer', { iceUfrag: local.ufrag, icePwd: local.pwd });
    this.#start(connection, 'answer', remote);
  }

  /** One that cannot be used is left out: names of multicast DNS among them, which would only cost time. */
  addCandidate(candidate: string): void {
    if (this.#isClosed) return;
    if (!isUsable(candidate)) return this.#handler.odd?.('candidatesUnusable');
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
    const audio = new native.Audio(mid, 'SendRecv');
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
      connection.setRemoteDescription(remoteSdp(remote, this.role), type);
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
      connection.addRemoteCandidate(candidate, mid);
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

  #withPublicAddress(candidates: readonly string[]): readonly string[] {
    const { publicAddress } = this.#options;
    if (publicAddress === undefined) return candidates;
    const own = candidates.map((candidate) => candidate.split(' '));
    const behindNat = own.find(([, , , , address]) => isIP(address ?? '') === isIP(publicAddress));
    if (!behindNat || behindNat[4] === publicAddress) return candidates;
    const outside = behindNat.with(0, 'candidate:99').with(4, publicAddress);
    return [...candidates, outside.join(' ')];
  }
}

function descriptionIn(sdp: string | undefined): IceDescription | undefined {
  const value = (name: string): string | undefined =>
    sdp && new RegExp(`^a=${name}:(.*?)\\s*$`, 'm').exec(sdp)?.[1];
  const [ufrag, pwd, fingerprint] = [value('ice-ufrag'), value('ice-pwd'), value('fingerprint')];
  if (!sdp || !ufrag || !pwd || !fingerprint) return undefined;
  const candidates = [...sdp.matchAll(/^a=(candidate:.*?)\s*$/gm)].map((match) => match[1] ?? '');
  return { ufrag, pwd, fingerprint, candidates };
}

/**
 * What the library says of packets that it does not take, for the whole process; may be called once only. After it the
 * library's own `cleanup` must not be called: it would give back the callback a second time and abort. A process ends
 * well without.
 */
export function watchTransports(odd: (oddity: Oddity, count: number) => void): void {
  native.initLogger('Warning', (_level, message) => {
    const [oddity] = complaints.find(([, text]) => message.includes(text)) ?? [];
    // Packets of a known browser are counted there, and told once a second.
    const count = Number(/: (\d+) \(/.exec(message)?.[1] ?? 1);
    if (oddity) odd(oddity, count);
  });
}

const complaints: readonly (readonly [Oddity, string])[] = [
  ['iceFromStranger', 'datagram from unknown address'],
  ['iceForged', 'STUN message verification failed'],
  ['handsetReplayed', 'replay packets received'],
  ['handsetForged', 'failed authentication checks'],
];

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, `typ` ... */
function isUsable(candidate: string): boolean {
  const [, component, protocol, , address = '', port] = candidate.replace(/^a=/, '').split(' ');
  const isPort = /^\d{1,5}$/.test(port ?? '') && Number(port) > 0 && Number(port) < 65_536;
  return component === '1' && protocol?.toLowerCase() === 'udp' && isIP(address) !== 0 && isPort;
}

/** The port is free from now on, for whoever takes it in this turn. */
function takeOver(options: TransportOptions, port: ReservedPort | undefined): TransportOptions {
  port?.release();
  return port ? { ...options, icePorts: { from: port.port, to: port.port } } : options;
}

function nativeConfig({ iceAddress, icePorts, icePort }: TransportOptions): native.RtcConfig {
  return {
    iceServers: [],
    forceMediaTransport: true,
    disableAutoNegotiation: true,
    ...(iceAddress !== undefined && { bindAddress: iceAddress }),
    ...(icePorts && { portRangeBegin: icePorts.from, portRangeEnd: icePorts.to }),
    ...(icePort !== undefined && { enableIceUdpMux: true, portRangeBegin: icePort, portRangeEnd: icePort }),
  };
}

function remoteSdp({ ufrag, pwd, fingerprint }: RemoteDescription, ourRole: DtlsRole): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:0 PCMU/8000',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:${fingerprint}`,
    // To `active` the library is `passive`, and the other way round.
    `a=setup:${ourRole === 'passive' ? 'active' : 'passive'}`,
    '',
  ].join('\r\n');
}
