import { capture, type CaptureRequest } from './capture.ts';
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
}

/** Our microphone and camera during one call: taken once, exchanged without a word to the peer, muted, stopped. */
export class LocalMedia {
  readonly #ports: LocalMediaPorts;
  #tracks: { audio?: MediaStreamTrack | undefined; video?: MediaStreamTrack | undefined } = {};
  #isMuted = false;
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
    if (this.#tracks.audio !== undefined) this.#tracks.audio.enabled = !isMuted;
  }

  /** What the directions ask for and is not there yet. */
  async take(directions: Directions): Promise<void> {
    const turn = this.#turn;
    const wanted: CaptureRequest = {
      audio: this.#wanted('audio', directions.audioSend),
      video: this.#wanted('video', directions.videoSend),
    };
    const { cameraFault, ...tracks } = await capture(wanted);
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
  async exchange(kind: Kind): Promise<void> {
    const before = this.#tracks[kind];
    const turn = this.#turn;
    const fresh = await this.#captureAgain(kind, before);
    if (turn !== this.#turn) return fresh.stop();
    await this.#senderOf(kind)?.replaceTrack(fresh);
    fresh.enabled = before?.enabled ?? true;
    this.#keep(kind, fresh);
    before?.stop();
    if (before !== undefined) this.#ports.handler.showLocalTrack(before, false);
    this.#ports.handler.showLocalTrack(fresh, true);
    this.#ports.captured();
  }

  /** A device has come: what the call has lost is taken again. */
  async revive(): Promise<void> {
    for (const kind of ['audio', 'video'] as const) {
      if (this.#tracks[kind]?.readyState !== 'ended') continue;
      await this.exchange(kind).catch((error: unknown) => this.#ports.handler.debug('still lost', error));
    }
  }

  /** The camera is not needed: nobody asked for the picture. */
  async dropVideo(): Promise<void> {
    const { video } = this.#tracks;
    this.#tracks.video = undefined;
    await this.#senderOf('video')?.replaceTrack(null);
    if (video === undefined) return;
    video.stop();
    this.#ports.handler.showLocalTrack(video, false);
  }

  /** The call is over. */
  stop(): void {
    this.#turn += 1;
    stopAll(this.#tracks);
    this.#tracks = {};
    this.#isMuted = false;
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
    if (kind === 'audio') track.enabled = !this.#isMuted;
    // Only an end that is not ours is told: the device was unplugged or taken away.
    track.addEventListener('ended', () => void this.#ended(kind, track), { once: true });
  }

  async #ended(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks[kind] !== track) return;
    try {
      await this.exchange(kind);
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
