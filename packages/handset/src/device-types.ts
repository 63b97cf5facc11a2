/* The microphones, cameras and loudspeakers of a handset: what a page may ask of them. */

export interface DeviceControl {
  readonly hasMultiVoiceDevice: boolean;
  readonly hasMultiVideoDevice: boolean;
  readonly currentVoiceIndex: number;
  readonly currentVoiceDevId: string;
  readonly currentFrontCamera: boolean;
  /** Index of the earpiece or headset among the microphones of a phone, -1 if unknown. */
  readonly voiceHeadphoneIndex: number;
  readonly voiceSpeakerIndex: number;
  /** Ours: whether `updateVoiceSpeaker` can do anything here; an iPhone gives no page that choice. */
  readonly hasSpeakerSwitch: boolean;
  /** The next microphone in turn. */
  toggleVoiceDevice(): Promise<[index: number, deviceId: string, label: string]>;
  /** Phones: true = loudspeaker, false = earpiece. */
  updateVoiceSpeaker(speaker: boolean): Promise<void>;
  updateFrontCamera(front: boolean): Promise<void>;
  enableCamera(enabled: boolean): Promise<void>;
  /** Ours: choose by id, before or in a call. `speaker` uses setSinkId where the browser has it. */
  selectDevice(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void>;
}

/** What browsers do to the microphone's sound; all on by default. */
export interface SoundProcessing {
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

export interface HandsetDevices extends DeviceControl {
  list(): Promise<MediaDeviceInfo[]>;
  /** Before a call for the next one, in a call at once. */
  setProcessing(processing: SoundProcessing): Promise<void>;
  /** Where it rings; empty: where the system says. */
  setRingDevice(deviceId: string): Promise<void>;
  /**
   * The level of the microphone, 0 to 1, some ten times a second: of the running call, or of a capture for the purpose.
   * The returned function ends it.
   */
  meter(listener: (level: number) => void): Promise<() => void>;
}
