import { MediaError } from '@soft-handset/media';
import type {
  LineStats,
  MediaEnd,
  MediaEngine,
  MediaSession,
  MediaSessionHandler,
  ToPeerOptions,
} from '@soft-handset/media';
import type { Candidate } from '@soft-handset/protocol';
import type { Clock } from '@soft-handset/sip';
import type { CallNews, CrossingSdp, Effect } from './call-effect.ts';
import type { CallEvent, SrtpWish } from './call-event.ts';
import type { Handset } from './handset.ts';
import { type MediaRequest, serveMediaRequest } from './media-request.ts';

/** How long the media may be closed by the browser before the hang-up that belongs to it. */
const hangupWaitMs = 1_000;

/** The engine's side of one call: opens a session while SIP is under way, crosses SDPs, and reports as events of the call. */
export class CallMedia {
  readonly #engine: MediaEngine;
  readonly #report: (event: CallEvent) => void;
  readonly #driver: () => Handset | undefined;
  readonly #clock: Clock;
  readonly #onCounted: (lines: readonly LineStats[]) => void;
  readonly #family: ToPeerOptions['family'];
  #srtp: SrtpWish | undefined;
  #stopWaiting: (() => void) | undefined;
  #isClosed = false;
  #opening: Promise<MediaSession> | undefined;
  #session: MediaSession | undefined;
  #handsetIsIn = false;

  constructor(
    engine: MediaEngine,
    report: (event: CallEvent) => void,
    /** The handset that hears what the media does. */
    driver: () => Handset | undefined,
    clock: Clock,
    /** Hears, after the end, what went through. */
    onCounted: (lines: readonly LineStats[]) => void,
    /** As the call was begun; a later wish replaces it. */
    srtp: SrtpWish | undefined,
    /** The IP of the peer, as far as his server tells it. */
    family: ToPeerOptions['family'],
  ) {
    this.#engine = engine;
    this.#report = report;
    this.#driver = driver;
    this.#clock = clock;
    this.#onCounted = onCounted;
    this.#srtp = srtp;
    this.#family = family;
  }

  /** Whether a browser has given its SDP: it has a PeerConnection with the engine then. */
  get handsetIsIn(): boolean {
    return this.#handsetIsIn;
  }

  open(): void {
    const handler: MediaSessionHandler = {
      webrtcUp: () => this.#driver()?.webrtcUp(),
      media: (facts) => this.#driver()?.media(facts),
      slowLink: (facts) => this.#driver()?.slowLink(facts),
      silence: ({ type, isSilent }) => {
        if (type === 'audio' && isSilent) this.#report({ type: 'peerSilent' });
      },
    };
    const ready = this.#engine.openNow?.(handler);
    if (ready) return this.#use(ready);
    this.#opening = this.#engine.open(handler);
    this.#opening.then(
      (session) => this.#use(session),
      (error: unknown) => this.#fail(error),
    );
  }

  toHandset(sdp: CrossingSdp): void {
    this.#withSession((session) => session.toHandset(sdp)).then(
      (jsep) => this.#report({ type: 'handsetSdpMade', jsep }),
      (error: unknown) => this.#fail(error),
    );
  }

  /** An offer of our own for the browser, where the peer makes none. */
  offerToHandset(offer: Promise<string>): void {
    offer.then(
      (sdp) => this.toHandset({ type: 'offer', sdp }),
      (error: unknown) => this.#report({ type: 'broken', error }),
    );
  }

  toPeer({ jsep, srtp }: Extract<Effect, { do: 'toPeer' }>, earlyCandidates: readonly Candidate[]): void {
    const wasIn = this.#handsetIsIn;
    this.#handsetIsIn = true;
    this.addCandidates(earlyCandidates);
    this.#srtp = srtp ?? this.#srtp;
    this.#withSession((session) => session.toPeer(jsep, this.#toPeerOptions())).then(
      ({ sdp }) => this.#report({ type: 'peerSdpMade', sdp }),
      (error: unknown) => {
        this.#handsetIsIn = wasIn;
        this.#fail(error);
      },
    );
  }

  /** The peer's SDP for the engine alone. If the engine is lost `ended` says so; if it refuses, what holds goes on. */
  adopt(sdp: CrossingSdp, refused: (error: unknown) => void): void {
    this.#withSession((session) => session.toHandset(sdp)).catch(refused);
  }

  /** An offer that crossed is refused. If the engine is lost `ended` says so. */
  rollBack(failed: (error: unknown) => void): void {
    this.#withSession((session) => session.rollback()).catch(failed);
  }

  /** @throws MediaError */
  serve(request: MediaRequest): Promise<CallNews> {
    return this.#withSession((session) => serveMediaRequest(session, request));
  }

  addCandidates(candidates: readonly Candidate[]): void {
    if (this.#session) for (const candidate of candidates) this.#session.addCandidate(candidate);
    else
      this.#opening?.then(
        (session) => candidates.forEach((candidate) => session.addCandidate(candidate)),
        () => undefined, // `open` has reported it.
      );
  }

  close(): void {
    this.#isClosed = true;
    this.#stopWaiting?.();
    this.#handsetIsIn = false;
    if (this.#session) this.#session.close();
    else
      this.#opening?.then(
        (session) => session.close(),
        () => undefined, // Nothing was opened.
      );
  }

  /** janus.js closes its PeerConnection and asks for the hang-up at once, and the first may be here before the second. */
  #ended(how: MediaEnd): void {
    const report = (): void => this.#report({ type: 'mediaEnded', how });
    if (this.#isClosed) return;
    if (how === 'closed') this.#stopWaiting = this.#clock.setTimeout(report, hangupWaitMs);
    else report();
  }

  #toPeerOptions(): ToPeerOptions {
    return { ...this.#srtp, ...(this.#family && { family: this.#family }) };
  }

  #use(session: MediaSession): void {
    this.#session = session;
    void session.ended.then((how) => this.#ended(how));
    void session.finalStats.then(this.#onCounted);
  }

  #withSession<T>(work: (session: MediaSession) => Promise<T>): Promise<T> {
    if (this.#session) return work(this.#session);
    if (this.#opening) return this.#opening.then(work);
    return Promise.reject(new MediaError('closed', 'no media session has been opened'));
  }

  #fail(error: unknown): void {
    if (error instanceof MediaError && error.code !== 'recording-failed')
      this.#report({ type: 'mediaFailed', code: error.code, text: error.message });
    else this.#report({ type: 'broken', error });
  }
}
