/** Tracks, streams and devices as far as the SDK and janus.js touch them. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video';
  readonly id: string;
  readonly label: string;
  readonly constraints: MediaTrackConstraints;
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  onended: ((event: { target: FakeTrack }) => void) | null = null;
  onmute: ((event: { target: FakeTrack }) => void) | null = null;
  onunmute: ((event: { target: FakeTrack }) => void) | null = null;

  constructor(kind: 'audio' | 'video', id: string, constraints: MediaTrackConstraints = {}) {
    super();
    this.kind = kind;
    this.id = id;
    this.label = id;
    this.constraints = constraints;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** What the browser was asked to do with it, if it can. */
  canProcess = true;

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    if (this.canProcess) Object.assign(this.constraints, constraints);
  }

  getSettings(): MediaTrackConstraints {
    return this.constraints;
  }

  /** The same device, opened once; each ends by itself. */
  clone(): FakeTrack {
    return new FakeTrack(this.kind, `${this.id} again`, this.constraints);
  }

  /** The device is unplugged. */
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
    this.onended?.({ target: this });
  }
}

export class FakeStream {
  readonly #tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = [...tracks];
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video');
  }

  addTrack(track: FakeTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }

  removeTrack(track: FakeTrack): void {
    const at = this.#tracks.indexOf(track);
    if (at !== -1) this.#tracks.splice(at, 1);
  }
}

interface AskedFor {
  audio: MediaTrackConstraints | false;
  video: MediaTrackConstraints | false;
}

/** `navigator.mediaDevices`. `fault` decides what a question comes to; `hold` keeps the user thinking. */
export class FakeDevices extends EventTarget {
  readonly tracks: FakeTrack[] = [];
  readonly asked: AskedFor[] = [];
  list: { kind: string; deviceId: string; label: string }[] = [
    { kind: 'audioinput', deviceId: 'mic-1', label: 'Built-in' },
    { kind: 'audioinput', deviceId: 'mic-2', label: 'USB headset' },
    { kind: 'videoinput', deviceId: 'cam-1', label: 'Front camera' },
    { kind: 'videoinput', deviceId: 'cam-2', label: 'Back camera' },
    { kind: 'audiooutput', deviceId: 'out-1', label: 'Speakers' },
  ];
  fault: ((asked: AskedFor) => string | undefined) | undefined;
  hold: Promise<void> | undefined;
  listeners = 0;

  async getUserMedia(asked: AskedFor): Promise<FakeStream> {
    this.asked.push(asked);
    await this.hold;
    const name = this.fault?.(asked);
    if (name !== undefined) throw new DOMException('fake', name);
    const kinds = (['audio', 'video'] as const).filter((kind) => asked[kind] !== false);
    const tracks = kinds.map(
      (kind) => new FakeTrack(kind, `${kind}-${this.tracks.length + 1}`, asked[kind] || {}),
    );
    this.tracks.push(...tracks);
    return new FakeStream(tracks);
  }

  /** What the user shows; undefined: he thinks better of it. */
  screen: FakeTrack | undefined;

  async getDisplayMedia(): Promise<FakeStream> {
    if (this.screen === undefined) throw new DOMException('fake', 'NotAllowedError');
    return new FakeStream([this.screen]);
  }

  async enumerateDevices(): Promise<FakeDevices['list']> {
    return this.list;
  }

  get live(): FakeTrack[] {
    return this.tracks.filter(({ readyState }) => readyState === 'live');
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners += 1;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners -= 1;
    super.removeEventListener(...args);
  }
}
