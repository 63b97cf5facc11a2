import { capture, withoutDevice, type Captured, type CaptureRequest } from './capture.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { Directions, LocalTracks } from './media.ts';

type Kind = 'audio' | 'video';

export interface LocalMediaPorts {
  readonly handler: JanusHandler;
  /** The devices that are chosen now. */
  readonly constraints: Readonly<Record<Kind, () => MediaTrackConstraints>>;
  /** A fault that the call survives. */
  readonly fault: (error: HandsetError) => void;
  /** Permission was given: labels can be read now. */
  readonly captured: () => void;
  /** The same device's track in another call: opened once, it is shared, for some systems give it to one only. */
  readonly shared?: (kind: Kind) => MediaStreamTrack | undefined;
  /** A device of ours has taken the place of another. */
  readonly exchanged?: (kind: Kind, track: MediaStreamTrack, because: 'chosen' | 'lost') => void;
}

/** What is sent in place of the microphone, made of it: the sound of a conference. */
export type SoundMix = (microphone: MediaStreamTrack) => MediaStreamTrack;

/** Our microphone and camera during one call: taken once, exchanged without a word to the peer, muted, stopped. */
export class LocalMedia {
  readonly #ports: LocalMediaPorts;
  #tracks: { audio?: MediaStreamTrack | undefined; video?: MediaStreamTrack | undefined } = {};
  #isMuted = false;
  #isHeld = false;
  #mix: SoundMix | undefined;
  /** What is shown in place of the camera. */
  #screen: MediaStreamTrack | undefined;
  /** Counts the calls: what was asked for in an earlier one comes too late. */
  #turn = 0;

  constructor(ports: LocalMediaPorts) {
    this.#ports = ports;
  }

  get tracks(): LocalTracks {
    return this.#tracks;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  set isMuted(isMuted: boolean) {
    this.#isMuted = isMuted;
    this.#enableSound();
  }

  /** The peer is held: whoever plays music to it, it hears nothing of what is said here. */
  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    this.#enableSound();
  }

  get isSharingScreen(): boolean {
    return this.#screen !== undefined;
  }

  /** What the directions ask for and is not there yet. */
  async take(directions: Directions): Promise<void> {
    const turn = this.#turn;
    const wanted: CaptureRequest = {
      audio: this.#wanted('audio', directions.audioSend),
      video: this.#wanted('video', directions.videoSend),
    };
    const { cameraFault, ...tracks } = await this.#capture(wanted);
    if (turn !== this.#turn) {
      stopAll(tracks);
      throw HandsetError.of(487);
    }
    if (tracks.audio !== undefined) this.#keep('audio', tracks.audio);
    if (tracks.video !== undefined) this.#keep('video', tracks.video);
    if (cameraFault !== undefined) this.#ports.fault(cameraFault);
    this.#ports.captured();
  }

  /** Another device under the running call: the peer sees the same stream go on. */
  async exchange(kind: Kind, because: 'chosen' | 'lost' = 'chosen'): Promise<void> {
    const before = this.#tracks[kind];
    const turn = this.#turn;
    const fresh = await this.#captureAgain(kind, before);
    if (turn !== this.#turn) return fresh.stop();
    await this.#senderOf(kind)?.replaceTrack(this.#sent(kind, fresh));
    fresh.enabled = before?.enabled ?? true;
    this.#keep(kind, fresh);
    before?.stop();
    if (before !== undefined) this.#ports.handler.streams.showLocal(before, false);
    this.#ports.handler.streams.showLocal(fresh, true);
    this.#ports.captured();
    this.#ports.exchanged?.(kind, fresh, because);
  }

  /** From now on the peer hears the mix; undefined: the microphone again. */
  async mixIn(mix: SoundMix | undefined): Promise<void> {
    this.#mix = mix;
    const { audio } = this.#tracks;
    if (audio !== undefined) await this.#senderOf('audio')?.replaceTrack(this.#sent('audio', audio));
  }

  /** The screen in place of the camera; `ended`: the browser's own button was pressed. */
  async showScreen(screen: MediaStreamTrack, ended: () => void): Promise<void> {
    const { video } = this.#tracks;
    this.#screen = this.#tracks.video = screen;
    screen.addEventListener('ended', () => this.#screen === screen && ended(), { once: true });
    if (video === undefined) return;
    await this.#senderOf('video')?.replaceTrack(screen);
    video.stop();
    this.#ports.handler.streams.showLocal(video, false);
    this.#ports.handler.streams.showLocal(screen, true);
  }

  /** The screen is not shown any more: the camera takes its place, or nothing does. */
  async hideScreen(hasCamera: boolean): Promise<void> {
    this.#screen = undefined;
    if (hasCamera) await this.exchange('video');
  }

  /** Whether the browser does to the microphone's sound what is asked now, under way. */
  async isProcessed(): Promise<boolean> {
    const { audio } = this.#tracks;
    if (audio === undefined) return true;
    const wanted = withoutDevice(this.#ports.constraints.audio());
    await audio.applyConstraints(wanted).catch(() => undefined);
    const settings: MediaTrackSettings & Record<string, unknown> = { ...audio.getSettings() };
    return Object.entries(wanted).every(([name, value]) => settings[name] === value);
  }

  /** Nothing is captured until it is exchanged: a device that stays open stays as it was opened. */
  releaseMicrophone(): void {
    this.#tracks.audio?.stop();
  }

  /** A device has come: what the call has lost is taken again. */
  async revive(): Promise<void> {
    for (const kind of ['audio', 'video'] as const) {
      if (this.#tracks[kind]?.readyState !== 'ended') continue;
      await this.exchange(kind, 'lost').catch((error: unknown) =>
        this.#ports.handler.debug('still lost', error),
      );
    }
  }

  /** The camera is not needed: nobody asked for the picture. */
  async dropVideo(): Promise<void> {
    const { video } = this.#tracks;
    this.#tracks.video = undefined;
    await this.#senderOf('video')?.replaceTrack(null);
    if (video === undefined) return;
    video.stop();
    this.#ports.handler.streams.showLocal(video, false);
  }

  /** The call is over. */
  stop(): void {
    this.#turn += 1;
    stopAll(this.#tracks);
    this.#tracks = {};
    this.#isMuted = this.#isHeld = false;
    this.#mix = this.#screen = undefined;
  }

  #enableSound(): void {
    const { audio } = this.#tracks;
    if (audio !== undefined) audio.enabled = !this.#isMuted && !this.#isHeld;
  }

  #sent(kind: Kind, track: MediaStreamTrack): MediaStreamTrack {
    return kind === 'audio' && this.#mix !== undefined ? this.#mix(track) : track;
  }

  async #capture({ audio, video }: CaptureRequest): Promise<Captured> {
    const shared = {
      audio: audio && this.#ports.shared?.('audio')?.clone(),
      video: video && this.#ports.shared?.('video')?.clone(),
    };
    const fresh = await capture({
      audio: shared.audio ? undefined : audio,
      video: shared.video ? undefined : video,
    });
    return { ...fresh, audio: shared.audio ?? fresh.audio, video: shared.video ?? fresh.video };
  }

  #wanted(kind: Kind, isSent: boolean): MediaTrackConstraints | undefined {
    return isSent && this.#tracks[kind] === undefined ? this.#ports.constraints[kind]() : undefined;
  }

  /** A phone opens one camera, some Androids one microphone at a time: then the old one goes first. */
  async #captureAgain(kind: Kind, before: MediaStreamTrack | undefined): Promise<MediaStreamTrack> {
    try {
      return await this.#captureOne(kind);
    } catch (fault) {
      if (!(fault instanceof HandsetError) || fault.code !== 'device-busy' || before === undefined)
        throw fault;
      before.stop();
      return this.#captureOne(kind);
    }
  }

  async #captureOne(kind: Kind): Promise<MediaStreamTrack> {
    const track = (await capture({ [kind]: this.#ports.constraints[kind]() }))[kind];
    if (track === undefined) throw HandsetError.of(kind === 'audio' ? 'no-microphone' : 'no-camera');
    return track;
  }

  #keep(kind: Kind, track: MediaStreamTrack): void {
    this.#tracks[kind] = track;
    if (kind === 'audio') this.#enableSound();
    // Only an end that is not ours is told: the device was unplugged or taken away.
    track.addEventListener('ended', () => void this.#ended(kind, track), { once: true });
  }

  async #ended(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks[kind] !== track) return;
    try {
      await this.exchange(kind, 'lost');
    } catch (error) {
      this.#ports.fault(HandsetError.from(error, kind === 'audio' ? 'no-microphone' : 'no-camera'));
    }
  }

  #senderOf(kind: Kind): RTCRtpSender | undefined {
    const transceivers = this.#ports.handler.peerConnection?.getTransceivers() ?? [];
    return transceivers.find((transceiver) => transceiver.receiver.track.kind === kind)?.sender;
  }
}

function stopAll(tracks: LocalTracks): void {
  tracks.audio?.stop();
  tracks.video?.stop();
}
