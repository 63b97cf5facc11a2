import type { Jsep, SipserverRequestBody } from '@soft-handset/protocol';
import { HandsetError } from './handset-error.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { LocalMedia } from './local-media.ts';
import type { Negotiation } from './negotiation.ts';

export interface CallChangesPorts {
  readonly handler: JanusHandler;
  readonly media: LocalMedia;
  readonly negotiation: Negotiation;
  readonly isActive: () => boolean;
  /** The call's name in a request. */
  readonly named: () => { call_id?: string };
}

/** New offers in a running call, ours and the peer's: one after the other, and a refused one leaves the call as it was. */
export class CallChanges {
  readonly #ports: CallChangesPorts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: CallChangesPorts) {
    this.#ports = ports;
  }

  /** Picture on or off. Off keeps the stream and sends black: no word to the peer. */
  async setCamera(isOn: boolean): Promise<void> {
    const { video } = this.#ports.media.tracks;
    if (video !== undefined) video.enabled = isOn;
    else if (isOn) await this.setVideo(true, true);
  }

  /** Adds or takes away video. */
  setVideo(send: boolean, receive: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const change = await this.#ports.negotiation.offerVideo(send, receive);
      if (change === undefined) return;
      try {
        const { jsep } = await this.#ports.handler.send(this.#request(), change.offer);
        if (jsep !== undefined) await this.#ports.handler.acceptAnswer(jsep);
      } catch (error) {
        if (this.#ports.isActive()) await change.undo();
        throw error;
      }
    });
  }

  /** The peer has changed the call. */
  answer(offer: Jsep): Promise<void> {
    return this.#inTurn(async () => {
      const answer = await this.#ports.negotiation.answerUpdate(offer);
      await this.#ports.handler.send(this.#request(), answer);
    });
  }

  #request(): SipserverRequestBody {
    return { request: 'update', ...this.#ports.named() };
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(() => {
      if (!this.#ports.isActive()) throw HandsetError.of('wrong-state');
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
