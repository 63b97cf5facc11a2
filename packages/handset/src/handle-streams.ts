import { Emitter } from './emitter.ts';

export interface HandleStreamsEvents {
  localstream: MediaStream | null;
  remotestream: MediaStream | null;
}

/** What one handle sends and receives, as streams that live as long as there is something in them. */
export class HandleStreams extends Emitter<HandleStreamsEvents> {
  #local: MediaStream | null = null;
  #remote: MediaStream | null = null;

  get local(): MediaStream | null {
    return this.#local;
  }

  get remote(): MediaStream | null {
    return this.#remote;
  }

  /** A track in the stream of ours that the page sees. */
  showLocal(track: MediaStreamTrack, isOn: boolean): void {
    this.#local = changed(this.#local, track, isOn);
    this.emit('localstream', this.#local);
  }

  /** janus.js reports a muted track as gone; sound that pauses (hold) must not lose its place, a frozen picture should. */
  showRemote(track: MediaStreamTrack, isOn: boolean, reason: string | undefined): void {
    if (!isOn && reason === 'mute' && track.kind === 'audio') return;
    if (this.#remote === null && !isOn) return;
    this.#remote = changed(this.#remote, track, isOn);
    this.emit('remotestream', this.#remote);
  }

  /** janus.js shows a picture as soon as it is offered, and says nothing when the answer leaves it out. */
  hideUnreceived(peerConnection: RTCPeerConnection | undefined): void {
    for (const { receiver, currentDirection } of peerConnection?.getTransceivers() ?? []) {
      const isUnreceived = currentDirection === 'inactive' || currentDirection === 'sendonly';
      if (!isUnreceived || this.#remote?.getVideoTracks().includes(receiver.track) !== true) continue;
      this.#remote = changed(this.#remote, receiver.track, false);
      this.emit('remotestream', this.#remote);
    }
  }

  /** Nothing is seen or heard any more, while the peer connection may still stand. */
  hide(): void {
    if (this.#local !== null) {
      this.#local = null;
      this.emit('localstream', null);
    }
    if (this.#remote !== null) {
      this.#remote = null;
      this.emit('remotestream', null);
    }
  }
}

function changed(stream: MediaStream | null, track: MediaStreamTrack, isOn: boolean): MediaStream | null {
  if (stream === null && !isOn) return null;
  const fresh = stream ?? new MediaStream();
  if (isOn) fresh.addTrack(track);
  else fresh.removeTrack(track);
  return fresh;
}
