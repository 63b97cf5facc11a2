import { MediaError } from '@soft-handset/media';
import type {
  KeyframeSides,
  LineStats,
  MediaEnd,
  MediaEngine,
  MediaErrorCode,
  MediaSession,
  MediaSessionHandler,
  PeerSrtp,
  PlainSdp,
  RecordingParts,
  RecordingWish,
  ToPeerOptions,
} from '@soft-handset/media';
import type { Candidate, Jsep } from '@soft-handset/protocol';

/**
 * A media engine without media. What crosses it is marked, so that a test sees the way it took: `browser(…)` towards the handset,
 * `plain(…)` towards the peer. An SDP that contains the name of an error (`sdp-refused`, `no-common-codec`, ...) gets that error.
 */
export class FakeEngine implements MediaEngine {
  readonly name = 'fake';
  isUp = true;
  readonly sessions: FakeMediaSession[] = [];
  #opening: 'at once' | 'never' | MediaErrorCode = 'at once';

  get sessionCount(): number {
    return this.sessions.filter((session) => session.isOpen).length;
  }

  get session(): FakeMediaSession {
    return this.sessions.at(-1)!;
  }

  /** What happens to those who open a session from now on. */
  opens(how: 'at once' | 'never' | MediaErrorCode): void {
    this.#opening = how;
  }

  open(handler: MediaSessionHandler = {}): Promise<MediaSession> {
    if (!this.isUp) return Promise.reject(new MediaError('engine-down', 'no engine'));
    if (this.#opening === 'never') return new Promise(() => undefined);
    if (this.#opening !== 'at once') return Promise.reject(new MediaError(this.#opening, 'not today'));
    const session = new FakeMediaSession(handler);
    this.sessions.push(session);
    return Promise.resolve(session);
  }

  counters(): Readonly<Record<string, number>> {
    return { srtpForged: 2 };
  }

  lose(): void {
    this.isUp = false;
    for (const session of this.sessions) session.finish('engine-lost');
  }

  close(): Promise<void> {
    for (const session of this.sessions) session.close();
    return Promise.resolve();
  }
}

export class FakeMediaSession implements MediaSession {
  readonly handler: MediaSessionHandler;
  readonly ended: Promise<MediaEnd>;
  readonly candidates: Candidate[] = [];
  /** What crossed, in its order: `toHandset offer v=0...` */
  readonly crossed: string[] = [];
  readonly srtpWanted: PeerSrtp[] = [];
  /** Who was asked for a key frame. */
  readonly keyframes: KeyframeSides[] = [];
  hasPictures = true;
  readonly srtpProfiles: string[] = [];
  readonly familiesWanted: ToPeerOptions['family'][] = [];
  /** Else what must have SRTP is refused. */
  peerHasSrtp = true;
  /** What is told of its packets at the end. */
  counts: readonly LineStats[] = [];
  readonly finalStats: Promise<readonly LineStats[]>;
  /** What comes of a recording. */
  recordsAs: readonly string[] | MediaError = new MediaError('unsupported', 'no recording here');
  /** What was asked to be recorded, in its order. */
  readonly recorded: (RecordingWish | { readonly stop: RecordingParts })[] = [];
  isOpen = true;
  #finish: (how: MediaEnd) => void = () => undefined;
  #gate: Promise<void> = Promise.resolve();
  #openGate: () => void = () => undefined;

  constructor(handler: MediaSessionHandler) {
    this.handler = handler;
    this.ended = new Promise((resolve) => (this.#finish = resolve));
    this.finalStats = this.ended.then(() => this.counts);
  }

  /** SDPs stay where they are until `goesOn`. */
  halts(): void {
    this.#gate = new Promise((resolve) => (this.#openGate = resolve));
  }

  goesOn(): void {
    this.#openGate();
  }

  toHandset({ type, sdp }: PlainSdp): Promise<Jsep> {
    return this.#cross('toHandset', type, sdp, `browser(${sdp})`);
  }

  toPeer({ type, sdp }: Jsep, options: ToPeerOptions = {}): Promise<PlainSdp> {
    if (options.srtp) this.srtpWanted.push(options.srtp);
    this.familiesWanted.push(options.family);
    if (options.srtpProfile) this.srtpProfiles.push(options.srtpProfile);
    return this.#cross('toPeer', type, sdp, `plain(${sdp})`);
  }

  rollback(): Promise<void> {
    this.crossed.push('rollback');
    return Promise.resolve();
  }

  addCandidate(candidate: Candidate): void {
    this.candidates.push(candidate);
  }

  record(wish: RecordingWish): Promise<readonly string[]> {
    this.recorded.push(wish);
    return this.recordsAs instanceof MediaError
      ? Promise.reject(this.recordsAs)
      : Promise.resolve(this.recordsAs);
  }

  stats(): Promise<readonly LineStats[]> {
    return Promise.resolve(this.counts);
  }

  askForKeyframe(of: KeyframeSides): Promise<void> {
    if (!this.hasPictures) return Promise.reject(new MediaError('unsupported', 'The call has no pictures'));
    this.keyframes.push(of);
    return Promise.resolve();
  }

  stopRecording(stop: RecordingParts): Promise<void> {
    this.recorded.push({ stop });
    return Promise.resolve();
  }

  finish(how: MediaEnd): void {
    this.isOpen = false;
    this.#finish(how);
  }

  close(): void {
    this.finish('closed');
  }

  async #cross(
    way: string,
    type: 'offer' | 'answer',
    sdp: string,
    out: string,
  ): Promise<{ type: 'offer' | 'answer'; sdp: string }> {
    this.crossed.push(`${way} ${type} ${sdp}`);
    await this.#gate;
    if (type === 'answer' && this.srtpWanted.at(-1) === 'mandatory' && !this.peerHasSrtp)
      throw new MediaError('sdp-refused', 'The peer has no SRTP');
    if (!this.isOpen) throw new MediaError('closed', 'the session is closed');
    const code = (['engine-down', 'timeout', 'closed', 'sdp-refused', 'no-common-codec'] as const).find(
      (name) => sdp.includes(name),
    );
    if (code) throw new MediaError(code, `this SDP is ${code}`);
    return { type, sdp: out };
  }
}
