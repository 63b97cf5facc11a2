import { KitStream, KitTrack } from './kit-media.ts';
import { KitTarget, type KitEvent } from './kit-target.ts';

/** A microphone, camera or loudspeaker that the page can find. */
export interface KitDevice {
  readonly kind: MediaDeviceKind;
  readonly deviceId: string;
  readonly label: string;
}

type Constraints = boolean | MediaTrackConstraints | undefined;

const usual: readonly KitDevice[] = [
  { kind: 'audioinput', deviceId: 'microphone-1', label: 'Built-in microphone' },
  { kind: 'audioinput', deviceId: 'microphone-2', label: 'Headset microphone' },
  { kind: 'videoinput', deviceId: 'camera-1', label: 'Front camera' },
  { kind: 'audiooutput', deviceId: 'speaker-1', label: 'Built-in loudspeaker' },
  { kind: 'audiooutput', deviceId: 'speaker-2', label: 'Headset' },
];

/** `navigator.mediaDevices` (W3C mediacapture-main §9): a user who allows everything, until the test says otherwise. */
export class KitDevices extends KitTarget {
  ondevicechange: ((event: KitEvent) => void) | null = null;
  #devices = [...usual];
  #refused: 'NotAllowedError' | 'NotReadableError' | undefined;
  readonly #tracks = new Set<KitTrack>();

  /** Tracks that the page has taken and not given back. */
  get open(): readonly KitTrack[] {
    return [...this.#tracks].filter(({ readyState }) => readyState === 'live');
  }

  /** The user says no; or the device is in another program's hands. Until `allow`. */
  refuse(how: 'NotAllowedError' | 'NotReadableError' = 'NotAllowedError'): void {
    this.#refused = how;
  }

  allow(): void {
    this.#refused = undefined;
  }

  plugIn(device: KitDevice): void {
    this.#devices.push(device);
    this.#changed();
  }

  /** What it gave ends, as with a headset that is pulled out. */
  unplug(deviceId: string): void {
    this.#devices = this.#devices.filter((device) => device.deviceId !== deviceId);
    for (const track of this.#tracks) if (track.deviceId === deviceId) track.ends();
    this.#changed();
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(
      this.#devices.map((device) => ({ ...device, groupId: device.deviceId, toJSON: () => device })),
    );
  }

  getSupportedConstraints(): MediaTrackSupportedConstraints {
    return { deviceId: true, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }

  async getUserMedia({ audio, video }: MediaStreamConstraints): Promise<KitStream> {
    await Promise.resolve();
    if (this.#refused !== undefined) throw new DOMException('Refused in the test kit', this.#refused);
    const tracks = [this.#take('audio', audio), this.#take('video', video)].filter((track) => track !== null);
    for (const track of tracks) this.#tracks.add(track);
    return new KitStream(tracks);
  }

  async getDisplayMedia(): Promise<KitStream> {
    await Promise.resolve();
    if (this.#refused !== undefined) throw new DOMException('Refused in the test kit', this.#refused);
    const track = new KitTrack('video', `screen-${this.#tracks.size + 1}`, 'Screen', 'screen');
    this.#tracks.add(track);
    return new KitStream([track]);
  }

  #take(kind: 'audio' | 'video', constraints: Constraints): KitTrack | null {
    if (constraints === undefined || constraints === false) return null;
    const wish = constraints === true ? {} : constraints;
    const wanted = deviceIn(wish);
    const ofKind = this.#devices.filter((device) => device.kind === `${kind}input`);
    const device = wanted === undefined ? ofKind[0] : ofKind.find(({ deviceId }) => deviceId === wanted);
    if (device === undefined)
      throw new DOMException(
        'No such device in the test kit',
        ofKind.length === 0 ? 'NotFoundError' : 'OverconstrainedError',
      );
    return new KitTrack(kind, `${kind}-${this.#tracks.size + 1}`, device.label, device.deviceId, wish);
  }

  #changed(): void {
    this.fire('devicechange');
  }
}

/** `exact` alone binds; what is only wished for may be another. */
function deviceIn({ deviceId }: MediaTrackConstraints): string | undefined {
  const exact = typeof deviceId === 'object' && 'exact' in deviceId ? deviceId.exact : undefined;
  return typeof exact === 'object' ? exact[0] : exact;
}
