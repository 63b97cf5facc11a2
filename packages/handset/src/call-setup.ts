import { sipserverErrors, type Jsep, type SipserverRequestBody } from '@soft-handset/protocol';
import type { CallCore } from './call-core.ts';
import { isSettingUp, isTalking, isUp, type CallState } from './call-state.ts';
import type { CallEnd } from './call-types.ts';
import { HandsetError } from './handset-error.ts';
import type { SipEventHandlers } from './sip-events.ts';
import type { Directions } from './media.ts';

/** How a call begins and ends; events of the server move it at once, in their order. */
export class CallSetup {
  readonly core: CallCore;
  readonly #quieten: () => void;
  #directions: Directions | undefined;
  /** Why it ends, where that was decided here. */
  #verdict: { readonly by: CallEnd['by']; readonly cause: number } | undefined;

  /** What the server says of how it begins and ends. */
  readonly handlers: SipEventHandlers = {
    calling: (_, { callId = '' }) => this.#called(callId),
    ringing: () => this.#rang(),
    progress: (_, { jsep }) => {
      this.core.ports.sound(this.core, undefined);
      this.#takeAnswer(jsep);
    },
    new_accepted: (_, { jsep }) => void this.#answerServer(jsep),
    accepted: (_, { jsep }) => this.#confirmed(jsep),
    accept_reply: (_, { jsep }) => this.#confirmed(jsep),
    hangup: ({ code, reason, reason_header: header }) => this.#ended(code, reason, header),
    hangingup: () => this.#endedElsewhere(),
    haningup: () => this.#endedElsewhere(),
  };

  /** `quieten`: nothing is heard, seen or played any more. */
  constructor(core: CallCore, quieten: () => void) {
    this.core = core;
    this.#quieten = quieten;
  }

  /** Takes the microphone, then asks the server to call. Settles at `calling`. */
  async place(directions: Directions): Promise<void> {
    const { core } = this;
    core.need('placed');
    this.#directions = directions;
    const { kind, remote, referId } = core.party;
    try {
      await core.ports.media.take(directions);
      const classic = kind === 'classic' ? await core.negotiation.offer(directions) : undefined;
      core.need('sent');
      await core.send(
        {
          request: classic === undefined ? 'new_call' : 'call',
          uri: remote.uri ?? remote.number,
          video: directions.videoSend || directions.videoRecv,
          ...(referId !== undefined && { refer_id: referId }),
        },
        classic,
      );
    } catch (error) {
      // Hung up meanwhile, it ends when the server has confirmed that.
      if (core.state !== 'ending') this.#over('failure', error);
      throw error;
    }
  }

  /** It rings here; silently where the handset answers by itself. */
  ring({ isSilent }: { isSilent: boolean }): void {
    if (this.core.move('rang') && !isSilent) this.core.ports.sound(this.core, 'ring');
  }

  /** Settles at `accept_reply`. Without a microphone it rings on and may be answered again. */
  async answer(directions: Directions): Promise<void> {
    const { core } = this;
    core.need('answered');
    core.ports.sound(core, undefined);
    this.#directions = directions;
    await this.#takeOrRingOn(directions);
    try {
      const { offer } = core.party;
      const jsep =
        offer === undefined
          ? await core.negotiation.offer(directions)
          : await core.negotiation.answer(offer, directions);
      if (core.state !== 'connecting') throw HandsetError.of(487);
      await core.send({ request: 'accept', ...core.named() }, jsep);
    } catch (error) {
      await this.#giveUp(error, 488);
      throw error;
    }
  }

  /**
   * Silent here at once; settles when the server has confirmed. Only then the peer connection closes: Janus tells the
   * server of that by another way, and it would look like a failure if it came first.
   */
  async hangup(limitMs?: number, body: EndRequest = { request: 'hangup' }): Promise<void> {
    const { core } = this;
    const wasSent = core.state !== 'preparing';
    core.need('hungUp');
    this.#verdict = { by: 'us', cause: 200 };
    this.#quieten();
    try {
      if (wasSent) await core.send({ ...body, ...core.named() }, undefined, limitMs);
    } catch (error) {
      this.#forgive(error);
    } finally {
      this.#over('us', 200);
    }
  }

  /** The server has forgotten the call. */
  lost(): void {
    this.#ended(503, '');
  }

  /** Our side cannot go on. */
  readonly failed = (error: unknown): void => {
    if (!isTalking(this.core.state)) return;
    this.core.report(error);
    this.hangup().catch(this.core.report);
  };

  async #takeOrRingOn(directions: Directions): Promise<void> {
    const { core } = this;
    try {
      await core.ports.media.take(directions);
    } catch (error) {
      if (core.move('answerFailed')) core.ports.sound(core, 'ring');
      throw error;
    }
    if (core.state !== 'connecting') throw HandsetError.of(487);
  }

  /** Return call: the server brings the peer's offer, or one of its own when the peer still rings. */
  async #answerServer(offer: Jsep | undefined): Promise<void> {
    const { core } = this;
    if (!core.move('peerAnswered')) return;
    try {
      if (offer === undefined || this.#directions === undefined) throw HandsetError.of('media-failed');
      const answer = await core.negotiation.answer(offer, this.#directions);
      if (!isSettingUp(core.state)) return;
      await core.send({ request: 'new_accept', ...core.named() }, answer);
    } catch (error) {
      if (!isSettingUp(core.state)) return;
      core.report(error);
      await this.#giveUp(error);
    }
  }

  #called(callId: string): void {
    const { core } = this;
    core.callId = callId;
    if (isSettingUp(core.state)) core.emit('calling', { callId });
  }

  #rang(): void {
    const { core } = this;
    core.move('peerRang');
    if (isSettingUp(core.state)) core.ports.sound(core, 'ringback');
    core.emit('ringing', undefined);
  }

  #confirmed(jsep: Jsep | undefined): void {
    const { core } = this;
    this.#takeAnswer(jsep);
    if (!core.move('confirmed')) return;
    core.ports.sound(core, undefined);
    core.emit('answered', undefined);
  }

  #takeAnswer(jsep: Jsep | undefined): void {
    if (jsep?.type === 'answer') this.core.ports.handler.acceptAnswer(jsep).catch(this.failed);
  }

  /** Without a `hangup` of ours: this account ended it in another tab. */
  #endedElsewhere(): void {
    if (this.core.state !== 'ending') this.#over('us', 200);
  }

  #ended(code: number, detail: string, reasonHeader?: string): void {
    // RFC 3326 §3.1: the PBX takes its INVITE back because another phone of ours has answered.
    const isCompleted = /^\s*SIP\b[^,]*;\s*cause\s*=\s*200\b/i.test(reasonHeader ?? '');
    const wasUp = isUp(this.core.state);
    const isElsewhere = isCompleted || (!wasUp && /\belsewhere$/i.test(detail));
    this.#over(isElsewhere ? 'elsewhere' : 'peer', isCompleted ? 200 : code, detail);
  }

  /** Our side cannot go on: a call whose media cannot be is declined with 488, another is hung up. */
  async #giveUp(error: unknown, declineCode?: number): Promise<void> {
    const { core } = this;
    if (!core.move('hungUp')) return;
    this.#quieten();
    const code = error instanceof HandsetError ? error.code : 'media-failed';
    const isMediaFault = code === 'media-failed';
    this.#verdict = { by: 'failure', cause: typeof code === 'number' ? code : isMediaFault ? 488 : 408 };
    const body: SipserverRequestBody =
      isMediaFault && declineCode !== undefined
        ? { request: 'decline', code: declineCode, ...core.named() }
        : { request: 'hangup', ...core.named() };
    await core.send(body).catch((refusal: unknown) => {
      if (!this.#owes(refusal)) core.ports.handler.debug('giving up', refusal);
    });
    this.#over('failure', 408);
  }

  /** A hang-up that the server cannot do because the call is gone has been done; one it has not heard is owed. */
  #forgive(error: unknown): void {
    const code = error instanceof HandsetError ? error.code : undefined;
    if (code === 'wrong-state' || code === sipserverErrors.noSuchCallId || this.#owes(error)) return;
    throw error;
  }

  #owes(error: unknown): boolean {
    if (!(error instanceof HandsetError) || error.code !== 'signalling-lost') return false;
    if (this.core.callId !== undefined) this.core.ports.oweHangup(this.core.callId);
    return true;
  }

  /** Once. Hung up from here it is what it was hung up for, whatever the server says then. */
  #over(by: CallEnd['by'], cause: unknown, detail = ''): void {
    const { core } = this;
    const before = core.state;
    const verdict = this.#verdict ?? { by, cause };
    const error =
      typeof verdict.cause === 'number'
        ? HandsetError.of(verdict.cause)
        : HandsetError.from(verdict.cause, 'media-failed');
    const reason = this.#words(error, before, detail);
    if (!core.finish({ by: verdict.by, code: error.code, reason })) return;
    // Ending, it is silent already, and another call may ring.
    if (before !== 'ending') this.#quieten();
    core.ports.handler.closeMedia();
    core.ports.over(core);
    core.tellEnd();
  }

  /** What a code says of a call that is set up (nobody answered, busy) is not true of one that ran. */
  #words(error: HandsetError, before: CallState, detail: string): string {
    if (isUp(before) && detail !== '') return detail;
    const { code } = error;
    return typeof code === 'number' ? this.core.ports.reason(code, detail) : this.core.ports.words(error);
  }
}

type EndRequest = { readonly request: 'hangup' } | { readonly request: 'decline'; readonly code: number };
