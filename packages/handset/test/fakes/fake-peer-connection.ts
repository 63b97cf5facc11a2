import { FakeTrack, type FakeStream } from './fake-media.ts';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
interface Description {
  type: 'offer' | 'answer' | 'rollback';
  sdp?: string;
}

class FakeSender {
  track: FakeTrack | null;
  readonly sent: string[] = [];
  readonly dtmf = {
    toneBuffer: '',
    ontonechange: null,
    insertDTMF: (tones: string) => this.sent.push(tones),
  };

  constructor(track: FakeTrack | null) {
    this.track = track;
  }

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters() {
    return { encodings: [] };
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  direction: Direction;
  currentDirection: Direction | null = null;
  readonly sender: FakeSender;
  readonly receiver: { track: FakeTrack };
  codecs: { mimeType: string; sdpFmtpLine?: string }[] | undefined;

  constructor(kind: 'audio' | 'video', track: FakeTrack | null, direction: Direction) {
    this.sender = new FakeSender(track);
    this.receiver = { track: new FakeTrack(kind, `remote-${kind}`) };
    this.direction = direction;
  }

  setCodecPreferences(codecs: { mimeType: string; sdpFmtpLine?: string }[]): void {
    this.codecs = codecs;
  }
}

/** Makes short descriptions out of its transceivers, and transceivers out of those it is given. */
export class FakePeerConnection {
  static all: FakePeerConnection[] = [];
  static isBroken = false;

  readonly configuration: RTCConfiguration;
  readonly transceivers: FakeTransceiver[] = [];
  signalingState: 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed' = 'stable';
  connectionState = 'new';
  iceConnectionState = 'new';
  localDescription: Description | null = null;
  remoteDescriptions: Description[] = [];
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null;
  ontrack: ((event: object) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;

  constructor(configuration: RTCConfiguration) {
    this.configuration = configuration;
    FakePeerConnection.all.push(this);
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.transceivers];
  }

  getSenders(): FakeSender[] {
    return this.transceivers.map(({ sender }) => sender);
  }

  addTrack(track: FakeTrack, _stream: FakeStream): FakeSender {
    const free = this.transceivers.find(
      ({ sender, receiver }) => sender.track === null && receiver.track.kind === track.kind,
    );
    if (free === undefined) return this.#add(new FakeTransceiver(track.kind, track, 'sendrecv')).sender;
    free.sender.track = track;
    free.direction = free.direction === 'inactive' ? 'sendonly' : 'sendrecv';
    return free.sender;
  }

  addTransceiver(kind: 'audio' | 'video'): FakeTransceiver {
    return this.#add(new FakeTransceiver(kind, null, 'sendrecv'));
  }

  async createOffer(): Promise<Description> {
    return { type: 'offer', sdp: this.#sdp() };
  }

  async createAnswer(): Promise<Description> {
    return { type: 'answer', sdp: this.#sdp() };
  }

  async setLocalDescription(description: Description): Promise<void> {
    if (description.type === 'rollback') {
      this.signalingState = 'stable';
      return;
    }
    this.localDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
    this.transceivers.forEach((transceiver, index) => (transceiver.mid = String(index)));
    if (description.type === 'answer') this.#agreed();
    queueMicrotask(() => this.#gather());
  }

  async setRemoteDescription(description: Description): Promise<void> {
    if (FakePeerConnection.isBroken) throw new DOMException('fake', 'OperationError');
    this.remoteDescriptions.push(description);
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    const kinds = [...(description.sdp ?? '').matchAll(/^m=(audio|video)/gm)].map(([, kind]) => kind);
    kinds.forEach((kind, index) => this.#receive(kind === 'video' ? 'video' : 'audio', index));
    if (description.type === 'answer') this.#agreed();
  }

  async addIceCandidate(): Promise<void> {
    // Candidates come inside the descriptions.
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map([['fake', { type: 'fake' }]]);
  }

  close(): void {
    this.signalingState = 'closed';
  }

  #agreed(): void {
    for (const transceiver of this.transceivers) transceiver.currentDirection = transceiver.direction;
  }

  #add(transceiver: FakeTransceiver): FakeTransceiver {
    this.transceivers.push(transceiver);
    return transceiver;
  }

  #receive(kind: 'audio' | 'video', index: number): void {
    const isNew = this.transceivers[index] === undefined;
    const transceiver = this.transceivers[index] ?? this.#add(new FakeTransceiver(kind, null, 'recvonly'));
    transceiver.mid = String(index);
    if (isNew || this.remoteDescriptions.length === 1)
      this.ontrack?.({ track: transceiver.receiver.track, transceiver, streams: [] });
  }

  #gather(): void {
    this.onicecandidate?.({ candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } });
    this.onicecandidate?.({ candidate: null });
  }

  #sdp(): string {
    const sections = this.transceivers.map(
      ({ receiver, direction }) => `m=${receiver.track.kind} 9 UDP/TLS/RTP/SAVPF 0\r\na=${direction}\r\n`,
    );
    return ['v=0\r\n', ...sections].join('');
  }
}
