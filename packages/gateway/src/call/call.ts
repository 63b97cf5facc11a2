import { MediaError } from '@soft-handset/media';
import type { LineStats, MediaEngine } from '@soft-handset/media';
import type { Candidate } from '@soft-handset/protocol';
import type {
  Clock,
  IncomingInvite,
  IncomingReferral,
  InviteSession,
  Log,
  ServerTransaction,
} from '@soft-handset/sip';
import { CallDialog } from './call-dialog.ts';
import type { SendInvite } from './call-dialog.ts';
import { CallMedia } from './call-media.ts';
import { CallTransfer } from './call-transfer.ts';
import { begin, isUp, next } from './call-state.ts';
import type { CallNews, CallTimer, Effect } from './call-effect.ts';
import type { CallEvent, CallRequest, CallStart } from './call-event.ts';
import type { CallState, EndCause, Step } from './call-state.ts';
import type { CallFacts, Handset, NewsOfCall } from './handset.ts';
import { mediaRefusal } from './media-request.ts';
import type { MediaRequest } from './media-request.ts';
import { mediaSummary } from './media-summary.ts';
import { takeNote, type Note } from './note.ts';
import { NoteQueue } from './note-queue.ts';
import { narrows, ownOffer, type SinkAddress } from './own-offer.ts';
import { ownAnswer } from './own-answer.ts';
import { SaidHeaders } from './said-headers.ts';
import { answerAgain } from './sdp-lines.ts';
import { shortAddress } from './short-address.ts';

/** What calls need of the world. */
export interface CallWorld {
  readonly engine: MediaEngine;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears what went through the media of each call that is over. */
  readonly onMediaStats?: (lines: readonly LineStats[]) => void;
  /** How long a handset may take to answer an SDP: well below the 32 s after which the peer gives up its 2xx (RFC 3261 §13.3.1.4). */
  readonly answerTimeoutMs: number;
  /** How long either side may ring. */
  readonly ringTimeoutMs: number;
  /** How long a peer may say nothing at all to an INVITE without offer before it is called with one. */
  readonly silenceTimeoutMs: number;
  /** Where media goes while no peer has said where it wants it. */
  readonly sink: () => Promise<SinkAddress>;
}

export interface CallOptions {
  readonly id: string;
  readonly facts: CallFacts;
  /** Who dials, or where it rings. */
  readonly handsets: Iterable<Handset>;
  readonly dialog: SendInvite | IncomingInvite;
  /** The IP that the peer is likely to have, where that can be told before he has said it. */
  readonly family?: 4 | 6 | undefined;
  /** Who asked for the call hears what becomes of it. */
  readonly referral?: Pick<IncomingReferral, 'progress'>;
  /** The peer asks for another call: the number under which a handset finds that. Undefined: it is refused. */
  readonly onReferred: (referral: IncomingReferral) => number | undefined;
  readonly onEnd: (call: Call) => void;
  /** Changes of the peer are answered without the handset where that can be; `accept` may say it anew. */
  readonly autoAccepts?: boolean | undefined;
  /** The peer takes no INVITE without offer. */
  readonly onOfferMissed?: () => void;
}

/** One call: takes events one after the other to the table of `call-state.ts` and does what that says. */
export class Call {
  readonly id: string;
  readonly #world: CallWorld;
  readonly #onEnd: (call: Call) => void;
  readonly #onOfferMissed: (() => void) | undefined;
  readonly #onReferred: CallOptions['onReferred'];
  readonly #referral: CallOptions['referral'];
  readonly #handsets: Set<Handset>;
  readonly #dialog: CallDialog;
  readonly #media: CallMedia;
  readonly #notes: NoteQueue;
  readonly #transfer: CallTransfer;
  readonly #queue: { readonly event: CallEvent; readonly asker: Handset | undefined }[] = [];
  readonly #said: SaidHeaders;
  readonly #startedAt: number;
  #facts: CallFacts;
  #state: CallState;
  #isWorking = false;
  /** The handset whose browser has the media: who dialled, or who answered. */
  #driver: Handset | undefined;
  #autoAccepts: boolean;
  #stopTimer: (() => void) | undefined;

  constructor(world: CallWorld, options: CallOptions, start: CallStart) {
    this.id = options.id;
    this.#facts = options.facts;
    this.#world = world;
    this.#onEnd = options.onEnd;
    this.#onOfferMissed = options.onOfferMissed;
    this.#onReferred = options.onReferred;
    this.#referral = options.referral;
    this.#handsets = new Set(options.handsets);
    this.#autoAccepts = options.autoAccepts ?? false;
    if (start.by !== 'peer') [this.#driver] = this.#handsets;
    const { dialog } = options;
    this.#said = new SaidHeaders(typeof dialog === 'function' ? undefined : dialog.request.headers);
    const report = (event: CallEvent): void => this.#take(event);
    this.#dialog = new CallDialog(dialog, {
      report,
      requested: (transaction) => this.#noted(transaction),
      referred: (referral) => this.#referred(referral),
    });
    this.#notes = new NoteQueue(world.log);
    this.#transfer = new CallTransfer({
      callId: this.id,
      refer: (target, handler) => this.#dialog.refer(target, handler),
      tell: (asker, transaction) => this.#tell(asker, { event: 'transferring' }, { transaction }),
      has: (handset) => this.has(handset),
      done: () => report({ type: 'transferred' }),
    });
    this.#media = new CallMedia(
      world.engine,
      report,
      () => this.#driver,
      world.clock,
      (lines) => this.#counted(lines),
      start.by === 'peer' ? undefined : start.srtp,
      options.family,
    );
    this.#startedAt = world.clock.now();
    world.log.info({ callId: this.id, by: start.by, peer: shortAddress(this.#facts.peer) }, 'call begins');
    const first = begin(start, world.engine.isUp);
    this.#state = first.state;
    this.#isWorking = true;
    this.#do(first, undefined);
    this.#isWorking = false;
    this.#work();
  }

  get state(): CallState['name'] {
    return this.#state.name;
  }

  get hasTimer(): boolean {
    return this.#stopTimer !== undefined;
  }

  /** Whether it has that dialog with its peer. */
  hasDialog(session: InviteSession): boolean {
    return this.#dialog.is(session);
  }

  /** Whether the handset rings with this call or drives it. */
  has(handset: Handset): boolean {
    return this.#handsets.has(handset);
  }

  /** Whether it ends when the handset leaves. */
  endsWith(handset: Handset): boolean {
    return handset === this.#driver || (this.has(handset) && this.#handsets.size === 1);
  }

  /** A request of one of its handsets. What cannot be is refused through the handset. */
  ask(asker: Handset, request: CallRequest): void {
    if ('autoAccept' in request) this.#autoAccepts = request.autoAccept;
    this.#take(request, asker);
  }

  /** The same of its media. */
  askMedia(asker: Handset, request: MediaRequest, transaction: string): void {
    const about = { transaction, callId: this.id };
    if (asker !== this.#driver || !this.#media.handsetIsIn)
      return asker.isRefused({ code: 'wrong-state', text: 'There is no media of the handset yet', ...about });
    this.#media.serve(request).then(
      (news) => this.has(asker) && this.#tell(asker, news, { transaction }),
      (error: unknown) => {
        if (!this.has(asker)) return;
        if (error instanceof MediaError)
          return asker.isRefused({ code: mediaRefusal(error), text: error.message, ...about });
        this.#take({ type: 'broken', error });
      },
    );
  }

  /** A request to the peer that changes nothing about the call; one after the other. */
  sendNote(asker: Handset, note: Note, transaction: string): void {
    const about = { transaction, callId: this.id };
    const refuse = (text: string): void => asker.isRefused({ code: 'wrong-state', text, ...about });
    if (asker !== this.#driver || !isUp(this.#state)) return refuse('The call is not up');
    const { contentType, content: body, headers } = note;
    const isTaken = this.#notes.add({
      note,
      send: () =>
        this.#dialog.request(note.told === 'messagesent' ? 'MESSAGE' : 'INFO', {
          body,
          contentType,
          ...(headers && { headers }),
        }),
      tell: (news) => asker.hearsNote(news, about),
      refuse: () => refuse('The call is over'),
    });
    if (!isTaken) refuse('The peer has not answered the ones before');
  }

  /** The peer is sent to somebody else, or to the peer of another call. */
  transfer(asker: Handset, target: string | Call, transaction: string): void {
    const to = typeof target === 'string' ? target : target.#dialog.session;
    if (asker === this.#driver && isUp(this.#state) && to !== undefined)
      return this.#transfer.ask(asker, to, transaction);
    asker.isRefused({ code: 'wrong-state', text: 'The call is not up', transaction, callId: this.id });
  }

  /** Somebody else takes the peer's place (RFC 3891). False: the call is not one in which that can be. */
  replacePeer(invite: IncomingInvite, facts: CallFacts): boolean {
    if (!isUp(this.#state)) return false;
    const before = this.#facts;
    this.#facts = { ...facts, direction: before.direction };
    this.#dialog.replaceBy(invite, (isReplaced) => {
      if (!isReplaced) this.#facts = before;
      else this.#world.log.info({ callId: this.id, peer: shortAddress(facts.peer) }, 'peer replaced');
    });
    return true;
  }

  /** A second tab that comes while the call rings may answer it too. */
  alsoRingAt(handset: Handset): void {
    const state = this.#state;
    if (state.name === 'ringing') {
      this.#handsets.add(handset);
      this.#tell(handset, { event: 'incomingcall' }, state.offer && { jsep: state.offer.jsep });
    } else if (state.name === 'presenting' && state.to === 'callees') this.#handsets.add(handset);
  }

  /** The handset goes. The call ends unless it still rings elsewhere, or `mayReturn`: then it rings on for whoever comes. */
  leave(handset: Handset, mayReturn = false): void {
    if (!this.#handsets.has(handset)) return;
    const ringsOn = mayReturn && this.#driver === undefined;
    if (!ringsOn && this.endsWith(handset)) this.#take({ type: 'handsetLeft' });
    this.#handsets.delete(handset);
  }

  close(): void {
    this.#take({ type: this.#handsets.size === 0 ? 'handsetLeft' : 'lineClosed' });
  }

  /** Says whether they were taken: a browser's candidates belong to the call once it has given its SDP. */
  addCandidates(handset: Handset, candidates: readonly Candidate[]): boolean {
    if (handset !== this.#driver || !this.#media.handsetIsIn) return false;
    this.#media.addCandidates(candidates);
    return true;
  }

  #take(event: CallEvent, asker?: Handset): void {
    this.#queue.push({ event, asker });
    this.#work();
  }

  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let entry = this.#queue.shift(); entry; entry = this.#queue.shift()) {
      const { asker } = entry;
      const event = this.#withAgreement(entry.event);
      if (event.type === 'peerRang') this.#referral?.progress(event.status);
      this.#said.keep(event);
      const outcome = this.#mayAsk(asker) ? next(this.#state, event) : 'wrong-state';
      this.#world.log.debug({ callId: this.id, state: this.#state.name, event: event.type }, 'call event');
      if (event.type === 'broken')
        this.#world.log.error({ callId: this.id, err: event.error }, 'call broken');
      if (typeof outcome !== 'string') this.#do(outcome, asker);
      else if (outcome !== 'ignored') this.#refuse(outcome, event, asker);
    }
    this.#isWorking = false;
  }

  /** Who has answered drives the call; those where it rang a moment ago have no say any more. */
  #mayAsk(asker: Handset | undefined): boolean {
    return asker === undefined || this.#driver === undefined || asker === this.#driver;
  }

  #do({ state, effects }: Step, asker: Handset | undefined): void {
    const wasUp = isUp(this.#state);
    this.#state = state;
    for (const effect of effects) {
      try {
        this.#run(effect, asker);
      } catch (error) {
        this.#queue.push({ event: { type: 'broken', error }, asker: undefined });
      }
    }
    if (state.name === 'terminated') this.#end(state.cause);
    else if (!wasUp && isUp(state)) {
      const setUpMs = Math.round(this.#world.clock.now() - this.#startedAt);
      this.#world.log.info({ callId: this.id, setUpMs }, 'call established');
      this.#referral?.progress(200);
    }
  }

  #run(effect: Effect, asker: Handset | undefined): void {
    const one = asker ?? this.#driver;
    switch (effect.do) {
      case 'openMedia':
        return this.#media.open();
      case 'toHandset':
        return this.#media.toHandset(effect.sdp);
      case 'offerToHandset':
        return this.#media.offerToHandset(this.#world.sink().then((sink) => ownOffer(sink, effect.video)));
      case 'toPeer':
        return this.#media.toPeer(effect, one?.takeCandidates(effect.jsep.sdp) ?? []);
      case 'adopt':
        return this.#media.adopt(effect.sdp, (err) =>
          this.#world.log.warn({ callId: this.id, err }, 'engine refused an answer of the peer'),
        );
      case 'rollBack':
        return this.#media.rollBack((err) =>
          this.#world.log.warn({ callId: this.id, err }, 'engine did not go back to what was agreed'),
        );
      case 'invite':
        return this.#dialog.invite(effect.sdp);
      case 'abandonDialog':
        return this.#dialog.abandon();
      case 'rememberOffer':
        return this.#onOfferMissed?.();
      case 'ring':
        return this.#dialog.ring();
      case 'answerInvite':
        return this.#dialog.answer(effect.sdp, effect.headers);
      case 'acknowledge':
        return this.#dialog.acknowledge(effect.sdp);
      case 'reinvite':
        return this.#dialog.reinvite(effect.sdp, effect.held, effect.headers);
      case 'turn':
        return this.#dialog.turn(effect.sdp, effect.held);
      case 'acceptReoffer':
        return this.#dialog.acceptReoffer(effect);
      case 'rejectReoffer':
        return this.#dialog.rejectReoffer(effect.status);
      case 'endDialog':
        return this.#dialog.end(effect);
      case 'closeMedia':
        return this.#closeMedia(effect.reason);
      case 'startTimer':
        return this.#startTimer(effect.timer);
      case 'stopTimer':
        return this.#clearTimer();
      case 'claim':
        this.#driver = asker;
        return;
      case 'unclaim':
        this.#driver = undefined;
        return;
      case 'tell':
        for (const handset of effect.to === 'all' ? this.#handsets : one ? [one] : [])
          this.#tell(handset, effect.news, effect);
        return;
      case 'dismissOthers':
        return this.#dismissOthers(one, { event: 'hangup', code: effect.code, reason: effect.reason });
      case 'refuse':
        return one?.isRefused({ ...effect, callId: this.id });
    }
  }

  #tell(handset: Handset, news: CallNews, more?: Pick<NewsOfCall, 'jsep' | 'transaction' | 'said'>): void {
    const { jsep, transaction, said = this.#said.of(news.event) } = more ?? {};
    handset.hears(news, {
      callId: this.id,
      facts: this.#facts,
      ...(jsep && { jsep }),
      ...(transaction !== undefined && { transaction }),
      ...(said && { said }),
    });
  }

  #noted(transaction: ServerTransaction): void {
    const news = takeNote(transaction);
    if (!news) return;
    for (const handset of this.#driver ? [this.#driver] : this.#handsets)
      handset.hearsNote(news, { callId: this.id, said: transaction.request.headers });
  }

  /** RFC 3515 §2.4.2: whether it is done is for a person to say; unanswered the stack refuses it with 603. */
  #referred(referral: IncomingReferral): void {
    const driver = isUp(this.#state) ? this.#driver : undefined;
    const referId = driver && this.#onReferred(referral);
    if (!driver || referId === undefined) return referral.reject(480);
    const { target: referTo, referredBy, replaces } = referral;
    this.#tell(
      driver,
      {
        event: 'transfer',
        referId,
        referTo,
        ...(referredBy !== undefined && { referredBy }),
        ...(replaces && { replaces: replaces.callId }),
      },
      { said: referral.request.headers },
    );
  }

  #dismissOthers(one: Handset | undefined, news: CallNews): void {
    for (const handset of this.#handsets) {
      if (handset === one) continue;
      this.#handsets.delete(handset);
      this.#tell(handset, news);
    }
  }

  #refuse(code: 'wrong-state' | 'wrong-jsep', event: CallEvent, asker: Handset | undefined): void {
    if (!('transaction' in event)) return;
    const text =
      code === 'wrong-state'
        ? `The request makes no sense while the call is ${this.#state.name}`
        : 'The JSEP has the wrong type here';
    asker?.isRefused({ code, text, transaction: event.transaction, callId: this.id });
  }

  /** The table parses no SDP: what it must know of one is found out here. */
  #withAgreement(event: CallEvent): CallEvent {
    const state = this.#state;
    if (
      event.type === 'peerReoffered' &&
      event.sdp !== undefined &&
      !event.isAnother &&
      state.name === 'established'
    ) {
      const again = answerAgain(event.sdp, state);
      if (again !== undefined) return { ...event, again };
      const own = this.#autoAccepts ? ownAnswer(event.sdp, state.local) : undefined;
      return own === undefined ? event : { ...event, ownAnswer: own };
    }
    if (event.type === 'peerAnswered' && event.sdp !== undefined && state.name === 'dialling')
      return { ...event, narrows: narrows(event.sdp, state.local) };
    return event;
  }

  #startTimer(timer: CallTimer): void {
    this.#clearTimer();
    const { clock, ringTimeoutMs, answerTimeoutMs, silenceTimeoutMs } = this.#world;
    const limits = { ring: ringTimeoutMs, answer: answerTimeoutMs, silence: silenceTimeoutMs };
    this.#stopTimer = clock.setTimeout(() => {
      this.#stopTimer = undefined;
      this.#take({ type: 'timedOut' });
    }, limits[timer]);
  }

  #clearTimer(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #closeMedia(reason: string): void {
    const driver = this.#media.handsetIsIn ? this.#driver : undefined;
    this.#media.close();
    driver?.mediaClosed(reason);
  }

  /** Comes a moment after the end. */
  #counted(lines: readonly LineStats[]): void {
    if (lines.length === 0) return;
    this.#world.log.info({ callId: this.id, lines: mediaSummary(lines) }, 'media of the call');
    this.#world.onMediaStats?.(lines);
  }

  #end({ by, status, reason }: EndCause): void {
    const seconds = Math.round((this.#world.clock.now() - this.#startedAt) / 1000);
    this.#world.log.info({ callId: this.id, by, status, reason, seconds }, 'call ended');
    this.#handsets.clear();
    this.#driver = undefined;
    // After a 200 nothing more is said.
    this.#referral?.progress(status < 300 ? 487 : status);
    this.#onEnd(this);
  }
}
