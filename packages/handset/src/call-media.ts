import type { Jsep } from '@soft-handset/protocol';
import type { CallCore } from './call-core.ts';
import { isHeldHere, isSettingUp, isTalking, isUp } from './call-state.ts';
import { CallChanges } from './call-changes.ts';
import { DtmfQueue } from './dtmf.ts';
import { HandsetError } from './handset-error.ts';
import { soundDirection } from './media.ts';
import type { SipEventHandlers } from './sip-events.ts';

/** Janus has closed the media: the server says what that means, or nothing comes any more. */
const mediaLostLimitMs = 3_000;

/** What a call sends and receives while it runs. */
export class CallMedia {
  /** New offers while it runs. */
  readonly changes: CallChanges;
  readonly handlers: SipEventHandlers = {
    updatingcall: (_, { jsep }) => {
      if (jsep !== undefined) this.#peerOffers(jsep);
    },
  };
  readonly #core: CallCore;
  readonly #dtmf: DtmfQueue;
  readonly #failed: (error: unknown) => void;
  #state = { webrtcUp: false, receivingAudio: false, receivingVideo: false };
  #lostTimer: ReturnType<typeof setTimeout> | undefined;

  /** `failed`: the call cannot go on. */
  constructor(core: CallCore, failed: (error: unknown) => void) {
    this.#core = core;
    this.#failed = failed;
    const { handler, media } = core.ports;
    this.changes = new CallChanges({
      handler,
      media,
      negotiation: core.negotiation,
      isActive: () => isUp(core.state),
      named: () => core.named(),
    });
    this.#dtmf = new DtmfQueue((tones, durationMs, gapMs) => handler.sendTones(tones, durationMs, gapMs));
  }

  get isUp(): boolean {
    return this.#state.webrtcUp;
  }

  get isMuted(): boolean {
    return this.#core.ports.media.isMuted;
  }

  mute(isMuted: boolean): void {
    if (isMuted === this.isMuted) return;
    this.#core.ports.media.isMuted = isMuted;
    this.#core.emit('muted', { isMuted });
    this.#core.ports.changed(this.#core);
  }

  /** `work` holds or resumes on the server; meanwhile and while it is held, the peer hears nothing of ours. */
  async hold(isHeld: boolean, work: () => Promise<void>): Promise<void> {
    const { media } = this.#core.ports;
    media.isHeld = true;
    try {
      await work();
      media.isHeld = isHeld;
    } catch (error) {
      media.isHeld = isHeldHere(this.#core.state);
      throw error;
    }
  }

  tones(digits: string): Promise<void> {
    const canSound = isUp(this.#core.state) || isSettingUp(this.#core.state);
    return canSound ? this.#dtmf.send(digits) : Promise.reject(HandsetError.of('wrong-state'));
  }

  /** The peer changes the call: pictures, a hold (RFC 3264 §8.4), somebody else in its place. */
  #peerOffers(offer: Jsep): void {
    const core = this.#core;
    const sends = soundDirection(offer.sdp);
    const isHold = sends === 'sendonly' || sends === 'inactive';
    this.changes.answer(offer).then(
      () => core.move(isHold ? 'heldByPeer' : 'resumedByPeer'),
      (error: unknown) => core.report(error),
    );
  }

  webrtcChanged(isUp: boolean): void {
    this.#changed({ webrtcUp: isUp });
    clearTimeout(this.#lostTimer);
    if (isUp || !isTalking(this.#core.state)) return;
    this.#lostTimer = setTimeout(() => this.#failed(HandsetError.of('media-failed')), mediaLostLimitMs);
  }

  receivingChanged(kind: 'audio' | 'video', isReceiving: boolean): void {
    // Early media: what the far end sends is the ringback.
    if (kind === 'audio' && isReceiving) this.#core.ports.sound(this.#core, undefined);
    this.#changed(kind === 'audio' ? { receivingAudio: isReceiving } : { receivingVideo: isReceiving });
  }

  /** Nothing is heard, seen or played any more, while the peer connection may still stand. */
  readonly quieten = (): void => {
    const { sound, media, handler } = this.#core.ports;
    clearTimeout(this.#lostTimer);
    sound(this.#core, undefined);
    this.#dtmf.close();
    media.stop();
    handler.streams.hide();
  };

  #changed(change: Partial<{ webrtcUp: boolean; receivingAudio: boolean; receivingVideo: boolean }>): void {
    this.#state = { ...this.#state, ...change };
    this.#core.emit('media', this.#state);
  }
}
