import {
  answerTo,
  directionOf,
  readDescription,
  receives,
  sends,
  writeDescription,
  type Direction,
  type Kind,
  type MediaSection,
} from '../session-description.ts';
import type { KitStream, KitTrack } from './kit-media.ts';
import { KitTarget, type KitEvent } from './kit-target.ts';
import { KitSender, KitTransceiver } from './kit-transceiver.ts';

type SignalingState = 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed';

/** Open peer connections of the page, by the names that stand in their descriptions. */
export class PeerConnections {
  readonly #open = new Map<string, KitPeerConnection>();
  #count = 0;

  get all(): readonly KitPeerConnection[] {
    return [...this.#open.values()];
  }

  find(name: string | undefined): KitPeerConnection | undefined {
    return name === undefined ? undefined : this.#open.get(name);
  }

  create(): KitPeerConnection {
    const name = `pc-${++this.#count}`;
    const connection = new KitPeerConnection(name, () => this.#open.delete(name));
    this.#open.set(name, connection);
    return connection;
  }
}

/** An RTCPeerConnection (W3C webrtc §4.4) that agrees on directions as JSEP has it (RFC 9429) and sends nothing. */
export class KitPeerConnection extends KitTarget {
  readonly name: string;
  /** Keys that the page has sent as tones (RFC 4733). */
  digits = '';
  signalingState: SignalingState = 'stable';
  connectionState = 'new';
  iceConnectionState = 'new';
  iceGatheringState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onicecandidate: ((event: KitEvent) => void) | null = null;
  ontrack: ((event: KitEvent) => void) | null = null;
  onconnectionstatechange: ((event: KitEvent) => void) | null = null;
  oniceconnectionstatechange: ((event: KitEvent) => void) | null = null;
  readonly #onClosed: () => void;
  readonly #transceivers: KitTransceiver[] = [];

  constructor(name: string, onClosed: () => void) {
    super();
    this.name = name;
    this.#onClosed = onClosed;
  }

  /** What the page sends reaches the far end: agreed, not muted, and from a device that is there. */
  isSending(kind: Kind): boolean {
    return this.#transceivers.some(
      (one) =>
        one.kind === kind && isFlowing(one.currentDirection, sends) && one.sender.track?.isLive === true,
    );
  }

  getTransceivers(): KitTransceiver[] {
    return [...this.#transceivers];
  }

  getSenders(): KitSender[] {
    return this.#transceivers.map(({ sender }) => sender);
  }

  getReceivers(): KitTransceiver['receiver'][] {
    return this.#transceivers.map(({ receiver }) => receiver);
  }

  addTrack(track: KitTrack, _stream?: KitStream): KitSender {
    const free = this.#transceivers.find(
      ({ sender, kind, direction }) =>
        sender.track === null && kind === track.kind && direction !== 'stopped',
    );
    if (free === undefined) return this.#add(track.kind, 'sendrecv', track).sender;
    free.sender.track = track;
    free.direction = directionOf(true, isFlowing(free.direction, receives));
    return free.sender;
  }

  addTransceiver(of: Kind | KitTrack, options: { direction?: Direction } = {}): KitTransceiver {
    const direction = options.direction ?? 'sendrecv';
    return typeof of === 'string' ? this.#add(of, direction, null) : this.#add(of.kind, direction, of);
  }

  removeTrack(sender: KitSender): void {
    const transceiver = this.#transceivers.find((one) => one.sender === sender);
    sender.track = null;
    if (transceiver) transceiver.direction = directionOf(false, isFlowing(transceiver.direction, receives));
  }

  createOffer(): Promise<RTCSessionDescriptionInit> {
    return Promise.resolve({ type: 'offer', sdp: this.#write((one) => asDirection(one.direction)) });
  }

  createAnswer(): Promise<RTCSessionDescriptionInit> {
    const offered = readDescription(this.remoteDescription?.sdp ?? '').sections;
    const sdp = this.#write((one, index) => {
      const { direction = 'inactive' } = offered[index] ?? {};
      return answerTo(direction, asDirection(one.direction));
    });
    return Promise.resolve({ type: 'answer', sdp });
  }

  async setLocalDescription(description?: RTCSessionDescriptionInit): Promise<void> {
    const isAnswer = this.signalingState === 'have-remote-offer';
    const local = description ?? (await (isAnswer ? this.createAnswer() : this.createOffer()));
    if (local.type === 'rollback') return this.#signals('stable');
    this.localDescription = local;
    this.#transceivers.forEach((transceiver, index) => (transceiver.mid = String(index)));
    if (local.type === 'answer') this.#agree(readDescription(local.sdp ?? '').sections, (d) => d);
    this.#signals(local.type === 'offer' ? 'have-local-offer' : 'stable');
    queueMicrotask(() => this.#gather());
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (this.signalingState === 'closed')
      return Promise.reject(new DOMException('closed', 'InvalidStateError'));
    this.remoteDescription = description;
    const { sections } = readDescription(description.sdp ?? '');
    sections.forEach((section, index) => this.#receive(section, index, description.type === 'offer'));
    if (description.type === 'answer')
      this.#agree(sections, (theirs) => directionOf(receives(theirs), sends(theirs)));
    this.#signals(description.type === 'offer' ? 'have-remote-offer' : 'stable');
    return Promise.resolve();
  }

  addIceCandidate(): Promise<void> {
    return Promise.resolve();
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map<string, object>());
  }

  getConfiguration(): RTCConfiguration {
    return {};
  }

  setConfiguration(): void {
    // No way is sought, so no server is asked for one.
  }

  restartIce(): void {
    // Nor sought again.
  }

  close(): void {
    if (this.signalingState === 'closed') return;
    this.#signals('closed');
    this.connectionState = 'closed';
    for (const { receiver } of this.#transceivers) receiver.track.stop();
    this.#onClosed();
  }

  #add(kind: Kind, direction: Direction, track: KitTrack | null): KitTransceiver {
    const sender = new KitSender(track, (tones) => {
      this.digits += tones;
      this.fire('x-digits');
    });
    const transceiver = new KitTransceiver(kind, this.name, direction, sender);
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  /** A description of the far end: m-lines that are new make transceivers (RFC 9429 §5.10). */
  #receive({ kind, direction, isRefused }: MediaSection, index: number, isOffer: boolean): void {
    const known = this.#transceivers[index];
    const transceiver = known ?? this.#add(kind, 'recvonly', null);
    if (isOffer) transceiver.mid = String(index);
    if (isRefused || !sends(direction) || transceiver.isShown) return;
    transceiver.isShown = true;
    const { receiver } = transceiver;
    this.fire('track', { track: receiver.track, transceiver, receiver, streams: [] });
  }

  #agree(sections: readonly MediaSection[], ours: (direction: Direction) => Direction): void {
    this.#transceivers.forEach((transceiver, index) => {
      const section = sections[index];
      const isRefused = section === undefined || section.isRefused;
      transceiver.currentDirection = isRefused ? 'inactive' : ours(section.direction);
      transceiver.receiver.track.silent(!isFlowing(transceiver.currentDirection, receives));
    });
    if (this.connectionState === 'connected') return;
    this.connectionState = this.iceConnectionState = 'connected';
    queueMicrotask(() => {
      this.fire('connectionstatechange');
      this.fire('iceconnectionstatechange');
    });
  }

  #signals(state: SignalingState): void {
    this.signalingState = state;
    this.fire('signalingstatechange');
  }

  #gather(): void {
    this.iceGatheringState = 'complete';
    const candidate = {
      candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    };
    this.fire('icecandidate', { candidate });
    this.fire('icecandidate', { candidate: null });
  }

  #write(directionFor: (transceiver: KitTransceiver, index: number) => Direction): string {
    const sections = this.#transceivers.map((one, index): MediaSection => ({
      kind: one.kind,
      direction: directionFor(one, index),
      isRefused: one.direction === 'stopped',
    }));
    return writeDescription({ sections, connection: this.name }, 'browser');
  }
}

function asDirection(direction: KitTransceiver['direction']): Direction {
  return direction === 'stopped' ? 'inactive' : direction;
}

function isFlowing(
  direction: KitTransceiver['currentDirection'],
  way: (direction: Direction) => boolean,
): boolean {
  return direction !== null && direction !== 'stopped' && way(direction);
}
