import { onNextGesture } from './gesture.ts';

export interface MediaElementsPorts {
  /** Janus.attachMediaStream. */
  readonly attach: (element: HTMLMediaElement, stream: MediaStream | null) => void;
  /** The browser refuses to play before the first gesture. */
  readonly blocked: () => void;
  /** Where the sound comes out at first; empty: where the system says. */
  readonly speaker: () => string;
}

export interface Containers {
  localVideo?: HTMLElement | null;
  remoteVideo?: HTMLElement | null;
}

type Side = 'local' | 'remote';

/** The elements that play a call: one for the sound, always; one for each picture, where the page has a place for it. */
export class MediaElements {
  readonly #ports: MediaElementsPorts;
  readonly #containers: Record<Side, HTMLElement | null>;
  readonly #streams: Record<Side, MediaStream | null> = { local: null, remote: null };
  readonly #videos: Record<Side, HTMLVideoElement | undefined> = { local: undefined, remote: undefined };
  #audio: HTMLAudioElement | undefined;
  #isMuted = false;
  #callOff: (() => void) | undefined;

  constructor(containers: Containers, ports: MediaElementsPorts) {
    this.#ports = ports;
    this.#containers = { local: containers.localVideo ?? null, remote: containers.remoteVideo ?? null };
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  set isMuted(isMuted: boolean) {
    this.#isMuted = isMuted;
    if (this.#audio !== undefined) this.#audio.muted = isMuted;
  }

  showLocal(stream: MediaStream | null): void {
    this.#streams.local = stream;
    this.#showVideo('local');
  }

  showRemote(stream: MediaStream | null): void {
    this.#streams.remote = stream;
    this.#showVideo('remote');
    if (stream === null) this.#removeAudio();
    else this.#play(stream);
  }

  /** Moves what plays now. A side that is not named stays. */
  setContainers(containers: Containers): void {
    if (containers.localVideo !== undefined) this.#containers.local = containers.localVideo;
    if (containers.remoteVideo !== undefined) this.#containers.remote = containers.remoteVideo;
    this.#showVideo('local');
    this.#showVideo('remote');
  }

  /** Where the sound of the running call comes out. */
  async setSpeaker(deviceId: string): Promise<void> {
    await this.#audio?.setSinkId(deviceId);
  }

  close(): void {
    this.showLocal(null);
    this.showRemote(null);
  }

  #showVideo(side: Side): void {
    const stream = this.#streams[side];
    const container = this.#containers[side];
    if (stream === null || container === null || stream.getVideoTracks().length === 0) {
      this.#removeVideo(side);
      return;
    }
    const video = this.#videos[side] ?? createVideo();
    this.#videos[side] = video;
    if (video.parentNode !== container) container.append(video);
    this.#ports.attach(video, stream);
    this.#start(video);
  }

  #removeVideo(side: Side): void {
    const video = this.#videos[side];
    this.#videos[side] = undefined;
    if (video !== undefined) remove(video);
  }

  #play(stream: MediaStream): void {
    const audio = this.#audio ?? this.#createAudio();
    this.#audio = audio;
    this.#ports.attach(audio, stream);
    this.#start(audio);
  }

  #createAudio(): HTMLAudioElement {
    const audio = document.createElement('audio');
    audio.autoplay = true;
    audio.setAttribute('playsinline', '');
    audio.hidden = true;
    audio.muted = this.#isMuted;
    (this.#containers.remote ?? document.body).append(audio);
    const speaker = this.#ports.speaker();
    // The chosen speaker may be unplugged: then the default one plays.
    if (speaker !== '' && 'setSinkId' in audio) audio.setSinkId(speaker).catch(() => undefined);
    return audio;
  }

  #removeAudio(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    if (this.#audio !== undefined) remove(this.#audio);
    this.#audio = undefined;
  }

  #start(element: HTMLMediaElement): void {
    element.play().catch((error: unknown) => {
      if (element !== this.#audio || !(error instanceof Error) || error.name !== 'NotAllowedError') return;
      this.#callOff?.();
      this.#callOff = onNextGesture(() => this.#start(element));
      this.#ports.blocked();
    });
  }
}

/** Muted: the audio element plays the sound. `playsinline` and the X5 engine's own word keep it in the page. */
function createVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  for (const name of ['playsinline', 'webkit-playsinline', 'x5-playsinline']) video.setAttribute(name, '');
  video.setAttribute('x5-video-player-type', 'h5-page');
  return video;
}

function remove(element: HTMLMediaElement): void {
  element.pause();
  element.srcObject = null;
  element.remove();
}
