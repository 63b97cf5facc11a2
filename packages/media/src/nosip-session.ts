import { type Candidate, Jsep, NosipData, type NosipRequest } from '@soft-handset/protocol';
import * as v from 'valibot';
import type { Counters } from './counters.ts';
import {
  MediaError,
  type MediaEnd,
  type MediaSession,
  type MediaSessionHandler,
  type PlainSdp,
  type ToPeerOptions,
} from './engine.ts';
import { type JanusEvent, type JanusPluginEvent, JanusRefusal } from './janus-link.ts';
import type { NosipHandle } from './janus-session.ts';
import type { MediaLog } from './media-log.ts';
import { recordingFailed, type RecordingParts, type RecordingWish } from './media-recording.ts';
import type { LineStats } from './media-stats.ts';
import { NosipRecording } from './nosip-recording.ts';
import { NosipStats } from './nosip-stats.ts';
import type { SdpAdapter } from './plain-sdp.ts';
import type { Side } from './recording/recording.ts';
import { type AgreedLine, agreedLines } from './sdp-agreed.ts';
import { gone, SessionTurns } from './session-turns.ts';

export interface NosipSessionOptions {
  readonly handle: NosipHandle;
  readonly adapter: SdpAdapter;
  readonly handler: MediaSessionHandler;
  readonly log: MediaLog;
  /** Folder for recordings on the machine of Janus. */
  readonly recordingDir: string | undefined;
  readonly counters: Counters;
  /** Called once. */
  readonly onEnded: (session: NosipSession) => void;
}

type Expected = 'processed' | 'generated' | 'recordingupdated';

interface Done {
  readonly sdp: string | undefined;
  readonly jsep: unknown;
}

const maxHeldCandidates = 256;
/** Janus core: no such session, no such handle. */
const goneCodes = [458, 459];

/** One call on one NoSIP handle. The handle goes back to Janus whatever ends the call. */
export class NosipSession implements MediaSession {
  readonly #options: NosipSessionOptions;
  /** The plugin mixes up an offer and an answer that overlap. */
  readonly #turns: SessionTurns;
  /** Candidates wait until Janus has the SDP they belong to. */
  #held: Candidate[] = [];
  #knowsHandset = false;
  /** SDP of the peer as it came: its last offer, and what holds. */
  #offerOfPeer: string | undefined;
  #agreedSdp: string | undefined;
  readonly #recording: NosipRecording;
  readonly finalStats: Promise<readonly LineStats[]>;
  readonly #stats = new NosipStats();
  #countedAll: (stats: readonly LineStats[]) => void = () => undefined;
  #peerOffer = '';
  /** By the last answer. */
  #agreed: readonly AgreedLine[] = [];

  constructor(options: NosipSessionOptions) {
    this.#options = options;
    this.finalStats = new Promise((resolve) => (this.#countedAll = resolve));
    this.#recording = new NosipRecording({
      ask: (request) => this.#askRecording(request),
      folder: options.recordingDir,
      now: () => new Date(),
    });
    this.#turns = new SessionTurns({ ...options, translate: (error) => this.#translate(error) });
    options.handle.onEvent = (event) => this.#hear(event);
    options.handle.onLost = () => this.#finish('engine-lost');
    if (!options.handle.isAttached) this.#finish('engine-lost');
  }

  get ended(): Promise<MediaEnd> {
    return this.#turns.ended;
  }

  toHandset(fromPeer: PlainSdp): Promise<Jsep> {
    return this.#turns.take(async () => {
      const begun = this.#options.adapter.fromPeer(fromPeer);
      const crossing = begun instanceof Promise ? await begun : begun;
      const done = await this.#ask(
        { request: 'process', type: fromPeer.type, sdp: crossing.sdp },
        'processed',
      );
      const jsep = v.safeParse(Jsep, done.jsep);
      if (!jsep.success) throw new MediaError('sdp-refused', 'Janus made no JSEP of the SDP');
      const made = crossing.toHandset(jsep.output);
      if (made.type === 'offer') this.#offerOfPeer = fromPeer.sdp;
      else this.#agreedSdp = fromPeer.sdp;
      if (made.type === 'offer') this.#peerOffer = crossing.sdp;
      else this.#recording.peerAnswered();
      this.#note(made, 'peer');
      return made;
    });
  }

  toPeer(fromHandset: Jsep, options: ToPeerOptions = {}): Promise<PlainSdp> {
    return this.#turns.take(async () => {
      const { adapter } = this.#options;
      const crossing = adapter.fromHandset(fromHandset, options);
      const { srtp, srtpProfile } = adapter.srtp;
      const wanted = {
        ...(srtp && { srtp: `sdes_${srtp}` as const }),
        ...(srtpProfile && { srtp_profile: srtpProfile }),
      };
      const done = await this.#holdingCandidates(() =>
        this.#ask({ request: 'generate', ...wanted }, 'generated', crossing.jsep),
      );
      if (done.sdp === undefined) throw new MediaError('sdp-refused', 'Janus made no SDP of the JSEP');
      const made = crossing.toPeer({ type: fromHandset.type, sdp: done.sdp });
      if (made.type === 'answer') this.#agreedSdp = this.#offerOfPeer;
      if (made.type === 'answer') this.#recording.handsetAnswered(this.#peerOffer, crossing.jsep.sdp);
      this.#note(fromHandset, 'handset');
      return made;
    });
  }

  /** The plugin sends RTP by an offer from the moment that it has it; the SDP of before leads it back. */
  rollback(): Promise<void> {
    return this.#turns.take(async () => {
      const sdp = await this.#options.adapter.rollback(this.#agreedSdp);
      if (sdp !== undefined) await this.#ask({ request: 'process', type: 'answer', sdp }, 'processed');
    });
  }

  record(wish: RecordingWish): Promise<readonly string[]> {
    return this.#turns.take(async () => {
      const files = await this.#recording.start(
        wish,
        this.#agreed.map(({ kind }) => kind),
      );
      this.#options.log.info('recording begins', { files });
      return files;
    });
  }

  stats(): Promise<readonly LineStats[]> {
    return this.#turns.take(() => Promise.resolve(this.#stats.of(this.#agreed)));
  }

  stopRecording(parts: RecordingParts): Promise<void> {
    return this.#turns.take(() => this.#recording.stop(parts));
  }

  /** The plugin of Janus 1.1 has no request for it. */
  askForKeyframe(): Promise<void> {
    return Promise.reject(new MediaError('unsupported', 'This Janus cannot ask for key frames'));
  }

  addCandidate(candidate: Candidate): void {
    if (this.#turns.hasEnded) return;
    if (this.#knowsHandset) this.#options.handle.trickle([candidate]);
    else if (this.#held.length < maxHeldCandidates) this.#held.push(candidate);
  }

  close(): void {
    this.#finish('closed');
  }

  #note(jsep: Jsep, by: Side): void {
    if (jsep.type === 'answer') this.#agreed = agreedLines(jsep, by);
  }

  async #askRecording(request: NosipRequest): Promise<void> {
    try {
      await this.#ask(request, request.request === 'process' ? 'processed' : 'recordingupdated');
    } catch (error) {
      const isGone = error instanceof JanusRefusal && goneCodes.includes(error.code);
      if (isGone || (error instanceof MediaError && error.code !== 'sdp-refused')) throw error;
      throw recordingFailed(error instanceof Error ? error.message : String(error));
    }
  }

  async #holdingCandidates(generate: () => Promise<Done>): Promise<Done> {
    const didKnow = this.#knowsHandset;
    this.#knowsHandset = false;
    try {
      const done = await generate();
      this.#passCandidates();
      return done;
    } catch (error) {
      if (didKnow) this.#passCandidates();
      throw error;
    }
  }

  #passCandidates(): void {
    this.#knowsHandset = true;
    this.#options.handle.trickle(this.#held);
    this.#held = [];
  }

  async #ask(body: NosipRequest, expected: Expected, jsep?: Jsep): Promise<Done> {
    const reply = await this.#options.handle.ask(body, jsep);
    return readDone(reply, expected);
  }

  /** What Janus and the link to it refuse. */
  #translate(error: unknown): MediaError | undefined {
    if (error instanceof MediaError && error.code === 'engine-down') return gone('engine-lost');
    if (!(error instanceof JanusRefusal)) return undefined;
    if (!goneCodes.includes(error.code)) {
      return new MediaError('sdp-refused', `Janus ${error.code}: ${error.message}`, { cause: error });
    }
    this.#finish('engine-lost');
    return gone('engine-lost');
  }

  #hear(event: JanusEvent): void {
    const { handler, log } = this.#options;
    try {
      switch (event.janus) {
        case 'webrtcup':
          return handler.webrtcUp?.();
        case 'media': {
          const { type, receiving, mid = type === 'audio' ? '0' : '1' } = event;
          return handler.media?.({ type, mid, receiving });
        }
        case 'slowlink': {
          const { mid = '0', media = mid === '0' ? 'audio' : 'video', uplink, lost } = event;
          this.#stats.slowLink({ media, mid, uplink, lost });
          return handler.slowLink?.({ media, mid, uplink, lost });
        }
        case 'hangup':
          return this.#finish(endOf(event.reason));
        case 'detached':
        case 'event':
        case 'timeout':
        case 'trickle':
          return;
      }
    } catch (error) {
      log.warn('media session handler threw', { error });
    }
  }

  #finish(end: MediaEnd): void {
    if (!this.#turns.finish(end)) return;
    this.#held = [];
    this.#countedAll(end === 'engine-lost' ? [] : this.#stats.of(this.#agreed));
    this.#options.handle.detach();
    this.#options.onEnded(this);
  }
}

/**
 * Why the core gave the PeerConnection up. It says "DTLS alert" when the browser closes its own, "ICE failed" when no pair
 * works, and "Close PC" when the plugin gives up, as after an ICMP error from the peer's port. Ours is none of these:
 * after our close nobody listens.
 */
function endOf(reason: string): MediaEnd {
  return reason === 'DTLS alert' ? 'closed' : 'ice-failed';
}

function readDone({ plugindata, jsep }: JanusPluginEvent, expected: Expected): Done {
  const data = v.safeParse(NosipData, plugindata?.data);
  if (!data.success) throw new MediaError('sdp-refused', 'Janus answered with what is no NoSIP event');
  if ('error' in data.output) {
    const { error_code: code, error } = data.output;
    throw new MediaError('sdp-refused', `NoSIP ${code}: ${error}`);
  }
  const { event, sdp } = data.output.result;
  if (event !== expected) throw new MediaError('sdp-refused', `NoSIP answered ${event}, not ${expected}`);
  return { sdp, jsep };
}
