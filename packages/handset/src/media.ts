import type { JanusTrack } from './janus-api.ts';
import type { MediaConfig } from './soft-handler-types.ts';

/** What goes each way. */
export interface Directions {
  readonly audioSend: boolean;
  readonly audioRecv: boolean;
  readonly videoSend: boolean;
  readonly videoRecv: boolean;
}

/** The tracks that we send. */
export interface LocalTracks {
  readonly audio?: MediaStreamTrack | undefined;
  readonly video?: MediaStreamTrack | undefined;
}

/** A MediaConfig with its defaults: `audio` and `video` set both directions, the four others one each. */
export function directionsOf(config: MediaConfig | undefined, defaults: { video: boolean }): Directions {
  const audio = config?.audio ?? true;
  const video = config?.video ?? defaults.video;
  return {
    audioSend: config?.audioSend ?? audio,
    audioRecv: config?.audioRecv ?? audio,
    videoSend: config?.videoSend ?? video,
    videoRecv: config?.videoRecv ?? video,
  };
}

/** For an offer: one entry for each kind that goes at least one way. */
export function tracksForOffer(directions: Directions, local: LocalTracks): JanusTrack[] {
  return bothTracks(directions, local).filter((track) => track.capture !== false || track.recv);
}

/** For an answer: an entry that goes neither way makes what is offered inactive. */
export function tracksForAnswer(directions: Directions, local: LocalTracks): JanusTrack[] {
  return bothTracks(directions, local);
}

function bothTracks(directions: Directions, local: LocalTracks): JanusTrack[] {
  return [
    {
      type: 'audio',
      capture: (directions.audioSend && local.audio) || false,
      recv: directions.audioRecv,
      dontStop: true,
    },
    {
      type: 'video',
      capture: (directions.videoSend && local.video) || false,
      recv: directions.videoRecv,
      dontStop: true,
    },
  ];
}

/** Whether the description has video that is not refused (RFC 8866 §5.14, RFC 3264 §6: port 0). */
export function hasVideo(sdp: string): boolean {
  return /^m=video [1-9]/m.test(sdp);
}

/** What goes on with the sound as the other side describes it (RFC 8866 §6.7): the section's own word, else the session's. */
export function soundDirection(sdp: string): RTCRtpTransceiverDirection {
  const [session = '', ...sections] = sdp.split(/^m=/m);
  const sound = sections.find((section) => section.startsWith('audio')) ?? '';
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m;
  const [, word = 'sendrecv'] = direction.exec(sound) ?? direction.exec(session) ?? [];
  return word === 'sendonly' || word === 'recvonly' || word === 'inactive' ? word : 'sendrecv';
}
