import type { Jsep } from '@soft-handset/protocol';
import {
  acceptableProfile,
  answeredProfile,
  normaliseProfile,
  preferConstrainedBaseline,
  preferredCodecs,
} from './h264.ts';
import type { JanusJsep, JanusTrack } from './janus-api.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { LocalMedia } from './local-media.ts';
import { hasVideo, tracksForAnswer, tracksForOffer, type Directions } from './media.ts';

/** The descriptions of one call: which tracks they carry, which codecs they name. */
export class Negotiation {
  readonly #handler: JanusHandler;
  readonly #media: LocalMedia;
  readonly #isPhone: boolean;

  constructor(handler: JanusHandler, media: LocalMedia, isPhone: boolean) {
    this.#handler = handler;
    this.#media = media;
    this.#isPhone = isPhone;
  }

  offer(directions: Directions): Promise<JanusJsep> {
    return this.#offer(tracksForOffer(directions, this.#media.tracks));
  }

  async answer(offer: Jsep, directions: Directions): Promise<JanusJsep> {
    if (!hasVideo(offer.sdp)) await this.#media.dropVideo();
    return this.#answer(offer, tracksForAnswer(directions, this.#media.tracks));
  }

  /** An offer of the peer in the call: what we send stays as it is. */
  answerUpdate(offer: Jsep): Promise<JanusJsep> {
    return this.#answer(offer, []);
  }

  /**
   * Our picture on or off, theirs wanted or not, as a new offer; undefined where nothing changes.
   * `undo` goes back to what was, when the peer refuses.
   */
  async offerVideo(
    send: boolean,
    receive: boolean,
  ): Promise<{ offer: JanusJsep; undo: () => Promise<void> } | undefined> {
    const transceiver = this.#videoTransceiver();
    const direction = directionOf(send, receive);
    const hadVideo = this.#media.tracks.video !== undefined;
    if (transceiver?.direction === direction && hadVideo === send) return undefined;
    if (transceiver === undefined && direction === 'inactive') return undefined;
    const before = transceiver?.direction;
    const undo = async () => {
      await this.#handler.rollback();
      if (!hadVideo) await this.#media.dropVideo();
      if (transceiver !== undefined && before !== undefined) transceiver.direction = before;
    };
    try {
      if (send) await this.#media.take({ ...nothing, videoSend: true });
      if (transceiver === undefined) {
        return { offer: await this.offer({ ...nothing, videoSend: send, videoRecv: receive }), undo };
      }
      await this.#sendVideo(transceiver, send);
      transceiver.direction = direction;
      return { offer: await this.#offer([]), undo };
    } catch (error) {
      await undo();
      throw error;
    }
  }

  async #sendVideo(transceiver: RTCRtpTransceiver, send: boolean): Promise<void> {
    const { video } = this.#media.tracks;
    if (!send || video === undefined) return this.#media.dropVideo();
    await transceiver.sender.replaceTrack(video);
    preferCodecs(transceiver);
    this.#handler.streams.showLocal(video, true);
  }

  async #offer(tracks: JanusTrack[]): Promise<JanusJsep> {
    const offer = await this.#handler.createOffer({ tracks, ...baselineFirst });
    return { ...offer, sdp: normaliseProfile(offer.sdp) };
  }

  async #answer(offer: Jsep, tracks: JanusTrack[]): Promise<JanusJsep> {
    if (!this.#isPhone) return this.#handler.createAnswer(offer, { tracks });
    const acceptable = { ...offer, sdp: acceptableProfile(offer.sdp) };
    const answer = await this.#handler.createAnswer(acceptable, { tracks, ...baselineFirst });
    return { ...answer, sdp: answeredProfile(answer.sdp, offer.sdp) };
  }

  #videoTransceiver(): RTCRtpTransceiver | undefined {
    return this.#handler.peerConnection
      ?.getTransceivers()
      .find(({ receiver, direction }) => receiver.track.kind === 'video' && direction !== 'stopped');
  }
}

const nothing: Directions = { audioSend: false, audioRecv: false, videoSend: false, videoRecv: false };

/** Codec preferences where the browser has them, the description's text where not. */
const baselineFirst = { prepare: preferVideoCodecs, customizeSdp: preferConstrainedBaseline };

/** Decoders in hardware, and little of them. */
export function isPhone(userAgent: string): boolean {
  return /Android|iPhone|iPad|iPod|Mobile|MicroMessenger|DingTalk/i.test(userAgent);
}

function preferVideoCodecs(peerConnection: RTCPeerConnection): void {
  for (const transceiver of peerConnection.getTransceivers()) {
    if (transceiver.receiver.track.kind === 'video') preferCodecs(transceiver);
  }
}

/** Browsers without it get the same by their description's text. */
function preferCodecs(transceiver: RTCRtpTransceiver): void {
  const { setCodecPreferences } = transceiver as Partial<RTCRtpTransceiver>;
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs;
  if (setCodecPreferences === undefined || codecs === undefined) return;
  setCodecPreferences.call(transceiver, preferredCodecs(codecs));
}

function directionOf(send: boolean, receive: boolean): RTCRtpTransceiverDirection {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}
