import type { SoftHandler } from '@soft-handset/handset';
import { LevelProbe } from '../browser/level-probe.ts';
import type { PageSound } from '../browser/sound.ts';
import type { DeviceKind, Prefs } from '../prefs.ts';
import { fall, meterShare } from '../quality.ts';

export interface Device {
  id: string;
  /** Empty before the microphone is allowed. */
  label: string;
}

const kindOf: Record<MediaDeviceInfo['kind'], DeviceKind> = {
  audioinput: 'microphone',
  audiooutput: 'speaker',
  videoinput: 'camera',
};

/** Microphones, speakers and cameras: what there is, what is chosen, and a try of each. */
export class DeviceDesk {
  devices: Record<DeviceKind, Device[]> = { microphone: [], speaker: [], camera: [] };
  chosen: Partial<Record<DeviceKind, string>> = {};
  /** The level of the microphone that is being tried, 0..1 of the ladder. */
  level = 0;
  heard = false;
  preview: MediaStream | undefined;
  tested = false;
  failed = false;

  readonly #changed: () => void;
  readonly #sound: PageSound;
  #trying: MediaStream | undefined;
  #probe: LevelProbe | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(changed: () => void, sound: PageSound) {
    this.#changed = changed;
    this.#sound = sound;
  }

  /** Where the sound comes out can be chosen only where the browser says so. */
  get canChooseSpeaker(): boolean {
    return 'setSinkId' in HTMLMediaElement.prototype && this.devices.speaker.length > 0;
  }

  async refresh(handler: SoftHandler | undefined): Promise<void> {
    const list = await listOf(handler);
    if (!list) return;
    const devices: DeviceDesk['devices'] = { microphone: [], speaker: [], camera: [] };
    for (const { kind, deviceId, label } of list) devices[kindOf[kind]].push({ id: deviceId, label });
    this.devices = devices;
    this.#changed();
  }

  /** What was chosen on an earlier visit, where it is plugged in today. */
  async restore(handler: SoftHandler, wanted: Prefs['devices']): Promise<void> {
    for (const kind of ['microphone', 'speaker', 'camera'] as const) {
      const id = wanted?.[kind];
      if (id && this.devices[kind].some((device) => device.id === id)) await this.choose(handler, kind, id);
    }
  }

  /** True when the device is in use now. */
  async choose(handler: SoftHandler | undefined, kind: DeviceKind, id: string): Promise<boolean> {
    try {
      await handler?.deviceControl.selectDevice(kind, id);
      this.chosen = { ...this.chosen, [kind]: id };
      this.failed = false;
      if (kind === 'microphone' && this.#trying) await this.tryMicrophone();
      if (kind === 'camera' && this.preview) await this.showPreview();
    } catch {
      this.failed = true; // The page says so; the device in use stays.
    }
    this.#changed();
    return !this.failed;
  }

  /** Opens the chosen microphone and shows its level, until `stopTrying`. */
  async tryMicrophone(): Promise<void> {
    this.#stopMicrophone();
    const stream = await open({ audio: constraint(this.chosen.microphone) });
    const track = stream?.getAudioTracks()[0];
    if (!stream || !track) return;
    this.#trying = stream;
    this.#probe = new LevelProbe(track);
    this.#timer = setInterval(() => this.#readLevel(), 100);
  }

  async showPreview(): Promise<void> {
    this.hidePreview();
    this.preview = await open({ video: constraint(this.chosen.camera) });
    this.failed = !this.preview;
    this.#changed();
  }

  hidePreview(): void {
    stop(this.preview);
    this.preview = undefined;
    this.#changed();
  }

  async playTest(): Promise<void> {
    await this.#sound.testSound(this.chosen.speaker ?? '');
    this.tested = true;
    this.#changed();
  }

  stopTrying(): void {
    this.#stopMicrophone();
    if (this.preview) this.hidePreview();
  }

  #readLevel(): void {
    if (document.hidden) return;
    this.level = fall(this.level, meterShare(this.#probe?.level() ?? 0));
    if (this.level > 0.3) this.heard = true;
    this.#changed();
  }

  #stopMicrophone(): void {
    clearInterval(this.#timer);
    this.#probe?.close();
    stop(this.#trying);
    this.#probe = this.#trying = undefined;
    this.level = 0;
    this.heard = false;
  }
}

/** Undefined where nobody can tell: what was known stays. */
async function listOf(handler: SoftHandler | undefined): Promise<MediaDeviceInfo[] | undefined> {
  try {
    return await handler?.listDevices();
  } catch {
    return undefined;
  }
}

function constraint(id: string | undefined): MediaTrackConstraints | true {
  return id ? { deviceId: { exact: id } } : true;
}

async function open(constraints: MediaStreamConstraints): Promise<MediaStream | undefined> {
  try {
    return await (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia(constraints);
  } catch {
    return undefined; // Refused or in use: no level and no picture is what the page then shows.
  }
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
