import { sipserverErrors, type Jsep, type SipserverRequestBody } from '@soft-handset/protocol';
import { CallChanges } from './call-changes.ts';
import { isTalking, nextCallState, type CallEvent, type CallState } from './call-state.ts';
import { DtmfQueue } from './dtmf.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusJsep } from './janus-api.ts';
import type { JanusHandler, SipEvent } from './janus-handler.ts';
import type { LocalMedia } from './local-media.ts';
import type { Directions } from './media.ts';
import { Negotiation } from './negotiation.ts';
import type { Ring } from './ring.ts';
import type { SoftHandlerEventName, SoftHandlerEvents } from './soft-handler-types.ts';

export interface CallPorts {
  readonly handler: JanusHandler;
  readonly media: LocalMedia;
  readonly ring: Ring;
  readonly isPhone: boolean;
  readonly emit: <N extends SoftHandlerEventName>(event: N, payload: SoftHandlerEvents[N]) => void;
  readonly fault: (error: HandsetError) => void;
  /** The code in words, in the language of the page. */
  readonly reason: (code: number, detail: string) => string;
  /** The user hung up while the server could not be told. */
  readonly oweHangup: (callId: string) => void;
  readonly over: (call: Call) => void;
}

export interface CallParty {
  readonly kind: 'return' | 'classic' | 'incoming';
  readonly number: string;
  readonly callId?: string | undefined;
  /** The caller's offer; an INVITE can come without. */
  readonly offer?: Jsep | undefined;
  /** The caller wishes pictures. */
  readonly video?: boolean;
}

/** Janus has closed the media: the server says what that means, or nothing comes any more. */
const mediaLostLimitMs = 3_000;

/** One call, from the first ring to the end. Its states are call-state.ts's; events move it at once, in their order. */
export class Call {
  readonly party: CallParty;
  /** Settles when it is over; never rejects. */
  readonly isOver: Promise<void>;
  /** New offers while it runs. */
  readonly changes: CallChanges;
  readonly #ports: CallPorts;
  readonly #negotiation: Negotiation;
  readonly #dtmf: DtmfQueue;
  #tellOver: () => void = () => undefined;
  #state: CallState = 'idle';
  #callId: string | undefined;
  #directions: Directions | undefined;
  #media = { webrtcUp: false, receivingAudio: false, receivingVideo: false };
  #mediaLostTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(party: CallParty, ports: CallPorts) {
    this.party = party;
    this.#ports = ports;
    this.#callId = party.callId;
    this.isOver = new Promise((resolve) => (this.#tellOver = resolve));
    this.#negotiation = new Negotiation(ports.handler, ports.media, ports.isPhone);
    this.changes = new CallChanges({
      handler: ports.handler,
      media: ports.media,
      negotiation: this.#negotiation,
      isActive: () => this.#state === 'active',
      named: () => this.#named(),
    });
    this.#dtmf = new DtmfQueue((tones, durationMs, gapMs) =>
      ports.handler.sendTones(tones, durationMs, gapMs),
    );
  }

  get state(): CallState {
    return this.#state;
  }

  get callId(): string | undefined {
    return this.#callId;
  }

  get isTalking(): boolean {
    return isTalking(this.#state);
  }

  /** Takes the microphone, then asks the server to call. Settles at `calling`. */
  async place(directions: Directions): Promise<{ callId: string }> {
    this.#move('placed');
    this.#directions = directions;
    try {
      await this.#ports.media.take(directions);
      const classic = this.party.kind === 'classic' ? await this.#negotiation.offer(directions) : undefined;
      this.#need('sent');
      const video = directions.videoSend || directions.videoRecv;
      const request = classic === undefined ? 'new_call' : 'call';
      const { callId } = await this.#send({ request, uri: this.party.number, video }, classic);
      return { callId: callId ?? '' };
    } catch (error) {
      // Hung up meanwhile, it ends when the server has confirmed that.
      if (this.#state !== 'ending') this.#over();
      throw error;
    }
  }

  /** It rings here; silently where the handset answers by itself. */
  ring({ isSilent }: { isSilent: boolean }): void {
    if (this.#move('rang') && !isSilent) this.#ports.ring.startRing();
  }

  /** Settles at `accept_reply`. Without a microphone it rings on and may be answered again. */
  async answer(directions: Directions): Promise<void> {
    this.#need('answered');
    this.#ports.ring.stop();
    this.#directions = directions;
    await this.#takeOrRingOn(directions);
    try {
      const { offer } = this.party;
      const jsep =
        offer === undefined
          ? await this.#negotiation.offer(directions)
          : await this.#negotiation.answer(offer, directions);
      if (this.#state !== 'answering') throw HandsetError.of(487);
      await this.#send({ request: 'accept', ...this.#named() }, jsep);
    } catch (error) {
      await this.#giveUp(error, 488);
      throw error;
    }
  }

  /**
   * Silent here at once; settles when the server has confirmed. Only then the peer connection closes: Janus tells the
   * server of that by another way, and it would look like a failure if it came first.
   */
  async hangup(limitMs?: number): Promise<void> {
    const wasSent = this.#state !== 'preparing';
    this.#need('hungUp');
    this.#quieten();
    try {
      if (wasSent) await this.#send({ request: 'hangup', ...this.#named() }, undefined, limitMs);
    } catch (error) {
      this.#forgive(error);
    } finally {
      this.#ports.emit('hangupResult', { callId: this.#callId ?? '' });
      this.#over();
    }
  }

  /** What the server says of this call. */
  handle({ event, callId, jsep }: SipEvent): void {
    switch (event.event) {
      case 'calling':
        this.#callId = callId ?? '';
        if (this.#state === 'calling') this.#ports.emit('callingResult', { callId: this.#callId });
        return;
      case 'ringing':
        if (this.#isSettingUp()) this.#ports.ring.startRingback();
        this.#ports.emit('ringing', { callId: this.#callId ?? '' });
        return;
      case 'progress':
        this.#ports.ring.stop();
        this.#takeAnswer(jsep);
        return;
      case 'new_accepted':
        void this.#answerServer(jsep);
        return;
      case 'accepted':
      case 'accept_reply':
        this.#takeAnswer(jsep);
        this.#confirmed();
        return;
      case 'hangup':
        this.#ended(isCompletedElsewhere(event.reason_header) ? 200 : event.code, event.reason);
        return;
      case 'hangingup':
      case 'haningup':
        this.#endedElsewhere();
        return;
      case 'updatingcall':
        if (jsep !== undefined) this.changes.answer(jsep).catch(this.#report);
        return;
      case 'accepting':
      case 'transferring':
      case 'transfer':
      case 'declining':
      case 'updating':
      case 'updated':
      case 'holding':
      case 'resuming':
      case 'recordingupdated':
      case 'keyframesent':
      case 'dtmfsent':
      case 'infosent':
      case 'messagesent':
      case 'messagedelivery':
      case 'info':
      case 'message':
      case 'subscribing':
      case 'subscribe_succeeded':
      case 'subscribe_failed':
      case 'unsubscribing':
      case 'notify':
      case 'second_handset':
      case 'extensions':
      case 'incomingcall':
      case 'missed_call':
      case 'registering':
      case 'registered':
      case 'registration_failed':
      case 'unregistering':
      case 'unregistered':
        return;
    }
  }

  /** The server has forgotten the call. */
  lost(): void {
    this.#ended(503, '');
  }

  webrtcChanged(isUp: boolean): void {
    this.#mediaChanged({ webrtcUp: isUp });
    clearTimeout(this.#mediaLostTimer);
    if (isUp || !this.isTalking) return;
    this.#mediaLostTimer = setTimeout(() => void this.#mediaLost(), mediaLostLimitMs);
  }

  receivingChanged(kind: 'audio' | 'video', isReceiving: boolean): void {
    // Early media: what the far end sends is the ringback.
    if (kind === 'audio' && isReceiving) this.#ports.ring.stop();
    this.#mediaChanged(kind === 'audio' ? { receivingAudio: isReceiving } : { receivingVideo: isReceiving });
  }

  dtmf(digits: string): Promise<void> {
    return this.#dtmf.send(digits);
  }

  async #takeOrRingOn(directions: Directions): Promise<void> {
    try {
      await this.#ports.media.take(directions);
    } catch (error) {
      if (this.#move('answerFailed')) this.#ports.ring.startRing();
      throw error;
    }
    if (this.#state !== 'answering') throw HandsetError.of(487);
  }

  /** Return call: the server brings the peer's offer, or one of its own when the peer still rings. */
  async #answerServer(offer: Jsep | undefined): Promise<void> {
    if (!this.#move('peerAnswered')) return;
    try {
      if (offer === undefined || this.#directions === undefined) throw HandsetError.of('media-failed');
      const answer = await this.#negotiation.answer(offer, this.#directions);
      if (!this.#isSettingUp()) return;
      await this.#send({ request: 'new_accept', ...this.#named() }, answer);
    } catch (error) {
      if (!this.#isSettingUp()) return;
      this.#report(error);
      await this.#giveUp(error);
    }
  }

  #confirmed(): void {
    if (!this.#move('confirmed')) return;
    this.#ports.ring.stop();
    const callId = this.#callId ?? '';
    if (this.party.kind === 'incoming') this.#ports.emit('answerResult', { callId });
    else this.#ports.emit('accepted', { callId, telNumber: this.party.number });
  }

  #takeAnswer(jsep: Jsep | undefined): void {
    if (jsep?.type === 'answer') void this.#ports.handler.acceptAnswer(jsep).catch(this.#failed);
  }

  #ended(code: number, detail: string): void {
    const wasKnown = this.#callId !== undefined;
    const state = this.#state;
    if (!this.#over() || !wasKnown || state === 'ending') return;
    // What a code says of a call that is set up (nobody answered, busy) is not true of one that ran.
    const reason = state === 'active' && detail !== '' ? detail : this.#ports.reason(code, detail);
    this.#ports.emit('hangup', { callId: this.#callId ?? '', code, reason });
  }

  /** `hangingup` without a `hangup` of ours: this account ended it in another tab. */
  #endedElsewhere(): void {
    if (this.#state === 'ending') return;
    if (this.#over()) this.#ports.emit('hangupResult', { callId: this.#callId ?? '' });
  }

  async #mediaLost(): Promise<void> {
    if (!this.isTalking) return;
    this.#report(HandsetError.of('media-failed'));
    await this.hangup().catch(this.#report);
  }

  readonly #failed = (error: unknown): void => {
    if (!this.isTalking) return;
    this.#report(error);
    void this.hangup().catch(this.#report);
  };

  readonly #report = (error: unknown): void => this.#ports.fault(HandsetError.from(error, 'media-failed'));

  /** Our side cannot go on: a call whose media cannot be is declined with 488, another is hung up. */
  async #giveUp(error: unknown, declineCode?: number): Promise<void> {
    if (!this.#move('hungUp')) return;
    this.#quieten();
    const code = error instanceof HandsetError ? error.code : 'media-failed';
    const isMediaFault = code === 'media-failed';
    const body: SipserverRequestBody =
      isMediaFault && declineCode !== undefined
        ? { request: 'decline', code: declineCode, ...this.#named() }
        : { request: 'hangup', ...this.#named() };
    await this.#send(body).catch((refusal: unknown) => {
      if (!this.#owes(refusal)) this.#ports.handler.debug('giving up', refusal);
    });
    this.#over();
    const status = typeof code === 'number' ? code : isMediaFault ? 488 : 408;
    this.#ports.emit('hangup', {
      callId: this.#callId ?? '',
      code: status,
      reason: this.#ports.reason(status, ''),
    });
  }

  /** A hang-up that the server cannot do because the call is gone has been done; one it has not heard is owed. */
  #forgive(error: unknown): void {
    const code = error instanceof HandsetError ? error.code : undefined;
    if (code === 'wrong-state' || code === sipserverErrors.noSuchCallId || this.#owes(error)) return;
    throw error;
  }

  #owes(error: unknown): boolean {
    if (!(error instanceof HandsetError) || error.code !== 'signalling-lost') return false;
    if (this.#callId !== undefined) this.#ports.oweHangup(this.#callId);
    return true;
  }

  #send(body: SipserverRequestBody, jsep?: JanusJsep, limitMs?: number): Promise<SipEvent> {
    return this.#ports.handler.send(body, jsep, limitMs);
  }

  #named(): { call_id?: string } {
    return this.#callId === undefined ? {} : { call_id: this.#callId };
  }

  #isSettingUp(): boolean {
    return this.#state === 'calling' || this.#state === 'answering';
  }

  #mediaChanged(
    change: Partial<{ webrtcUp: boolean; receivingAudio: boolean; receivingVideo: boolean }>,
  ): void {
    this.#media = { ...this.#media, ...change };
    this.#ports.emit('mediaState', { callId: this.#callId ?? '', ...this.#media });
  }

  #quieten(): void {
    clearTimeout(this.#mediaLostTimer);
    this.#ports.ring.stop();
    this.#dtmf.close();
    this.#ports.media.stop();
    this.#ports.handler.hideStreams();
  }

  /** Once. False when it was over before. */
  #over(): boolean {
    const wasEnding = this.#state === 'ending';
    if (!this.#move('ended')) return false;
    // Ending, it is silent already, and another call may ring.
    if (!wasEnding) this.#quieten();
    this.#ports.handler.closeMedia();
    this.#ports.over(this);
    this.#tellOver();
    return true;
  }

  #need(event: CallEvent): void {
    if (!this.#move(event)) throw HandsetError.of(this.#state === 'idle' ? 487 : 'wrong-state');
  }

  #move(event: CallEvent): boolean {
    const state = nextCallState(this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}

/** RFC 3326 §3.1: the PBX takes its INVITE back because another phone of ours has answered. */
function isCompletedElsewhere(reasonHeader: string | undefined): boolean {
  return /^\s*SIP\b[^,]*;\s*cause\s*=\s*200\b/i.test(reasonHeader ?? '');
}
