import type { Jsep } from '@soft-handset/protocol';
import type { JanusJsep, JanusTrack } from './janus-api.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { PictureOffer } from './pictures.ts';
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
  async offerVideo(send: boolean, receive: boolean): Promise<PictureOffer | undefined> {
    const { offerPictures } = await pictures();
    const transceiver = this.#videoTransceiver();
    return offerPictures(
      { handler: this.#handler, media: this.#media, transceiver, offer: (wanted) => this.offer(wanted) },
      { send, receive },
    );
  }

  async #offer(tracks: JanusTrack[]): Promise<JanusJsep> {
    const hasPictures = tracks.some(({ type }) => type === 'video') || this.#videoTransceiver() !== undefined;
    if (!hasPictures) return this.#handler.createOffer({ tracks });
    const { baselineFirst, normaliseProfile } = await pictures();
    const offer = await this.#handler.createOffer({ tracks, ...baselineFirst });
    return { ...offer, sdp: normaliseProfile(offer.sdp) };
  }

  async #answer(offer: Jsep, tracks: JanusTrack[]): Promise<JanusJsep> {
    if (!this.#isPhone || !hasVideo(offer.sdp)) return this.#handler.createAnswer(offer, { tracks });
    const { acceptableProfile, answeredProfile, baselineFirst } = await pictures();
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

/** Most calls have no pictures: what is to be known of their codecs is loaded with the first. */
const pictures = () => import('./pictures.ts');

/** Decoders in hardware, and little of them. */
export function isPhone(userAgent: string): boolean {
  return /Android|iPhone|iPad|iPod|Mobile|MicroMessenger|DingTalk/i.test(userAgent);
}
