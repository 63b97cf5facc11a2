import { preferConstrainedBaseline, preferredCodecs } from './h264.ts';
import type { JanusJsep } from './janus-api.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { LocalMedia } from './local-media.ts';
import type { Directions } from './media.ts';

export { acceptableProfile, answeredProfile, normaliseProfile } from './h264.ts';

/** Codec preferences where the browser has them, the description's text where not. */
export const baselineFirst = { prepare: preferVideoCodecs, customizeSdp: preferConstrainedBaseline };

function preferVideoCodecs(peerConnection: RTCPeerConnection): void {
  for (const transceiver of peerConnection.getTransceivers()) {
    if (transceiver.receiver.track.kind === 'video') preferCodecs(transceiver);
  }
}

/** Browsers without it get the same by their description's text. */
export function preferCodecs(transceiver: RTCRtpTransceiver): void {
  const { setCodecPreferences } = transceiver as Partial<RTCRtpTransceiver>;
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs;
  if (setCodecPreferences === undefined || codecs === undefined) return;
  setCodecPreferences.call(transceiver, preferredCodecs(codecs));
}

/** A new offer, and the way back to what was before it. */
export interface PictureOffer {
  readonly offer: JanusJsep;
  readonly undo: () => Promise<void>;
}

export interface PicturePorts {
  readonly handler: JanusHandler;
  readonly media: LocalMedia;
  /** That of the pictures; undefined: the call has none yet. */
  readonly transceiver: RTCRtpTransceiver | undefined;
  readonly offer: (directions: Directions) => Promise<JanusJsep>;
}

const nothing: Directions = { audioSend: false, audioRecv: false, videoSend: false, videoRecv: false };

/** Undefined where nothing changes. */
export async function offerPictures(
  { handler, media, transceiver, offer }: PicturePorts,
  { send, receive }: { readonly send: boolean; readonly receive: boolean },
): Promise<PictureOffer | undefined> {
  const direction = directionOf(send, receive);
  const hadVideo = media.tracks.video !== undefined;
  if (transceiver?.direction === direction && hadVideo === send) return undefined;
  if (transceiver === undefined && direction === 'inactive') return undefined;
  const before = transceiver?.direction;
  const undo = async () => {
    await handler.rollback();
    if (!hadVideo) await media.dropVideo();
    if (transceiver !== undefined && before !== undefined) transceiver.direction = before;
  };
  try {
    if (send) await media.take({ ...nothing, videoSend: true });
    if (transceiver === undefined)
      return { offer: await offer({ ...nothing, videoSend: send, videoRecv: receive }), undo };
    await sendVideo(handler, media, transceiver, send);
    transceiver.direction = direction;
    return { offer: await offer(nothing), undo };
  } catch (error) {
    await undo();
    throw error;
  }
}

async function sendVideo(
  handler: JanusHandler,
  media: LocalMedia,
  transceiver: RTCRtpTransceiver,
  send: boolean,
): Promise<void> {
  const { video } = media.tracks;
  if (!send || video === undefined) return media.dropVideo();
  await transceiver.sender.replaceTrack(video);
  preferCodecs(transceiver);
  handler.streams.showLocal(video, true);
}

function directionOf(send: boolean, receive: boolean): RTCRtpTransceiverDirection {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}
