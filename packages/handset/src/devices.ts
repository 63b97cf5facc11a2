import { isBackCamera, isEarpiece, isFrontCamera, isSpeaker } from './device-labels.ts';
import { HandsetError } from './handset-error.ts';
import type { HandsetDevices, SoundProcessing } from './device-types.ts';

export interface DevicePorts {
  readonly isInCall: () => boolean;
  /** Takes the chosen device under the running call. */
  readonly exchange: (kind: 'audio' | 'video') => Promise<void>;
  readonly setSpeaker: (deviceId: string) => Promise<void>;
  /** In a call: picture on or off. */
  readonly setCamera: (isOn: boolean) => Promise<void>;
  readonly changed: (devices: MediaDeviceInfo[]) => void;
  readonly failed: (error: unknown) => void;
  /** The microphones of running calls are to do what `audioConstraints` says. */
  readonly process: () => Promise<void>;
  /** The chosen speaker is gone: the sound comes out where the system says. */
  readonly speakerLost: () => void;
  readonly setRing: (deviceId: string) => Promise<void>;
  readonly meter: HandsetDevices['meter'];
}

/** Rejects with `not-secure` on a page that may not use devices. Labels are empty before the first permission. */
export async function listMediaDevices(): Promise<MediaDeviceInfo[]> {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) throw HandsetError.of('not-secure');
  return mediaDevices.enumerateDevices();
}

interface Choice {
  readonly microphone?: string | undefined;
  readonly camera?: string | undefined;
  readonly isFront: boolean;
}

/** The devices that are there and those that are chosen: before a call for the next one, in a call at once. */
export class Devices implements HandsetDevices {
  readonly #ports: DevicePorts;
  #list: MediaDeviceInfo[] = [];
  #choice: Choice = { isFront: true };
  #isCameraWanted: boolean | undefined;
  #speaker = '';
  #processing: Required<SoundProcessing> = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };

  constructor(ports: DevicePorts) {
    this.#ports = ports;
    this.#mediaDevices?.addEventListener('devicechange', this.#onChange);
  }

  get hasMultiVoiceDevice(): boolean {
    return this.#microphones.length > 1;
  }

  get hasMultiVideoDevice(): boolean {
    return this.#cameras.length > 1;
  }

  get currentVoiceIndex(): number {
    const chosen = this.#microphones.findIndex(({ deviceId }) => deviceId === this.#choice.microphone);
    return chosen === -1 ? Math.min(0, this.#microphones.length - 1) : chosen;
  }

  get currentVoiceDevId(): string {
    return this.#microphones[this.currentVoiceIndex]?.deviceId ?? '';
  }

  get currentFrontCamera(): boolean {
    return this.#choice.isFront;
  }

  get voiceHeadphoneIndex(): number {
    return this.#microphones.findIndex(({ label }) => isEarpiece(label));
  }

  get voiceSpeakerIndex(): number {
    return this.#microphones.findIndex(({ label }) => isSpeaker(label));
  }

  get hasSpeakerSwitch(): boolean {
    return [true, false].every((speaker) => this.#route(speaker) !== undefined);
  }

  /** The page's wish for the next call; undefined: none yet. */
  get isCameraWanted(): boolean | undefined {
    return this.#isCameraWanted;
  }

  /** Chosen for all calls; empty: where the system says. */
  get speaker(): string {
    return this.#speaker;
  }

  async toggleVoiceDevice(): Promise<[index: number, deviceId: string, label: string]> {
    await this.refresh();
    const index = (this.currentVoiceIndex + 1) % Math.max(1, this.#microphones.length);
    const next = this.#microphones[index];
    if (next === undefined) throw HandsetError.of('no-microphone');
    await this.selectDevice('microphone', next.deviceId);
    return [index, next.deviceId, next.label];
  }

  async updateVoiceSpeaker(speaker: boolean): Promise<void> {
    const route = this.#route(speaker);
    if (route === undefined) throw HandsetError.of('wrong-state');
    return this.selectDevice(route.kind === 'audioinput' ? 'microphone' : 'speaker', route.deviceId);
  }

  async updateFrontCamera(front: boolean): Promise<void> {
    const isWanted = front ? isFrontCamera : isBackCamera;
    const camera = this.#cameras.find(({ label }) => isWanted(label))?.deviceId;
    await this.#choose({ ...this.#choice, isFront: front, camera }, 'video');
  }

  async enableCamera(enabled: boolean): Promise<void> {
    if (this.#ports.isInCall()) await this.#ports.setCamera(enabled);
    else this.#isCameraWanted = enabled;
  }

  async selectDevice(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void> {
    switch (kind) {
      case 'microphone':
        return this.#choose({ ...this.#choice, microphone: deviceId }, 'audio');
      case 'camera': {
        const label = this.#cameras.find((camera) => camera.deviceId === deviceId)?.label ?? '';
        const isFront = !isBackCamera(label);
        return this.#choose({ ...this.#choice, camera: deviceId, isFront }, 'video');
      }
      case 'speaker':
        await this.#ports.setSpeaker(deviceId);
        this.#speaker = deviceId;
    }
  }

  list(): Promise<MediaDeviceInfo[]> {
    return this.refresh();
  }

  async setProcessing(processing: SoundProcessing): Promise<void> {
    this.#processing = { ...this.#processing, ...processing };
    await this.#ports.process();
  }

  setRingDevice(deviceId: string): Promise<void> {
    return this.#ports.setRing(deviceId);
  }

  meter(listener: (level: number) => void): Promise<() => void> {
    return this.#ports.meter(listener);
  }

  audioConstraints(): MediaTrackConstraints {
    const { microphone } = this.#choice;
    const clean = { ...this.#processing };
    return microphone === undefined ? clean : { ...clean, deviceId: { exact: microphone } };
  }

  videoConstraints(): MediaTrackConstraints {
    const { camera, isFront } = this.#choice;
    const size = { width: { ideal: 640 }, height: { ideal: 480 } };
    if (camera !== undefined) return { ...size, deviceId: { exact: camera } };
    return { ...size, facingMode: { ideal: isFront ? 'user' : 'environment' } };
  }

  async refresh(): Promise<MediaDeviceInfo[]> {
    this.#list = await listMediaDevices();
    return this.#list;
  }

  /** The list anew, and the page told; a page without devices has nothing to hear. */
  readonly update = async (): Promise<void> => {
    if (this.#mediaDevices === undefined) return;
    const before = this.#list;
    try {
      const devices = await this.refresh();
      if (signature(before) === signature(devices)) return;
      this.#dropLostSpeaker();
      this.#ports.changed(devices);
    } catch (error) {
      this.#ports.failed(error);
    }
  };

  close(): void {
    this.#mediaDevices?.removeEventListener('devicechange', this.#onChange);
  }

  readonly #onChange = (): void => void this.update();

  #dropLostSpeaker(): void {
    const speakers = this.#list.filter(({ kind }) => kind === 'audiooutput');
    // Before the first permission the list has no names.
    const isNamed = speakers.some(({ deviceId }) => deviceId !== '');
    if (this.#speaker === '' || !isNamed || speakers.some(({ deviceId }) => deviceId === this.#speaker))
      return;
    this.#speaker = '';
    this.#ports.setSpeaker('').then(this.#ports.speakerLost, this.#ports.failed);
  }

  /** A device that cannot be taken is not chosen. */
  async #choose(choice: Choice, kind: 'audio' | 'video'): Promise<void> {
    const before = this.#choice;
    this.#choice = choice;
    if (!this.#ports.isInCall()) return;
    try {
      await this.#ports.exchange(kind);
    } catch (error) {
      this.#choice = before;
      throw error;
    }
  }

  /** Android moves the sound with the microphone; elsewhere the output is chosen by itself. */
  #route(speaker: boolean): MediaDeviceInfo | undefined {
    const isWanted = speaker ? isSpeaker : isEarpiece;
    const microphone = this.#microphones.find(({ label }) => isWanted(label));
    if (this.voiceSpeakerIndex !== -1 && microphone !== undefined) return microphone;
    return this.#list.find(({ kind, label }) => kind === 'audiooutput' && isWanted(label));
  }

  get #microphones(): MediaDeviceInfo[] {
    return this.#list.filter(({ kind }) => kind === 'audioinput');
  }

  get #cameras(): MediaDeviceInfo[] {
    return this.#list.filter(({ kind }) => kind === 'videoinput');
  }

  get #mediaDevices(): MediaDevices | undefined {
    return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  }
}

function signature(devices: readonly MediaDeviceInfo[]): string {
  return devices.map(({ kind, deviceId, label }) => `${kind} ${deviceId} ${label}`).join('\n');
}
