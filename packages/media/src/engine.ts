import type { Candidate, Jsep, SrtpProfile } from '@soft-handset/protocol';
import type { RecordedMedia } from './media-recording.ts';
import type { CountedMedia } from './media-stats.ts';

/**
 * What a call needs of the thing that moves its media: SDP of a SIP peer to JSEP of a browser and back.
 * Each engine passes the suite in `test/engine-contract.ts`.
 */
export interface MediaEngine {
  readonly name: string;
  /** False while the engine cannot open sessions (Janus away). */
  readonly isUp: boolean;
  /** Called at each change of `isUp`. */
  onUpChange?: (isUp: boolean) => void;
  /**
   * A fresh session for one call.
   * @throws MediaError `engine-down` if there is no engine, `timeout` if it does not answer
   */
  open(handler?: MediaSessionHandler): Promise<MediaSession>;
  /** The same without any waiting, where a session stands ready; else undefined, and `open` is to be asked. */
  openNow?(handler?: MediaSessionHandler): MediaSession | undefined;
  /** Open sessions, for tests that count and for /metrics. */
  readonly sessionCount: number;
  /** What the engine has put up with since its start (packets refused, sessions lost), by name; for /metrics. */
  counters(): Readonly<Record<string, number>>;
  /** Ends all sessions as `closed`, then the engine. May be called twice. */
  close(): Promise<void>;
}

/** What the media does by itself; names as in the Janus API. */
export interface MediaSessionHandler {
  /** ICE and DTLS are up. */
  webrtcUp?(): void;
  media?(facts: {
    readonly type: 'audio' | 'video';
    readonly mid: string;
    readonly receiving: boolean;
  }): void;
  slowLink?(facts: {
    readonly media: 'audio' | 'video';
    readonly mid: string;
    readonly uplink: boolean;
    readonly lost: number;
  }): void;
  /**
   * The peer should send on that m-line, and neither RTP nor RTCP of it has come for a while; and when it is there again. Only engines
   * that see the peer's packets can tell.
   */
  silence?(facts: {
    readonly type: 'audio' | 'video';
    readonly mid: string;
    readonly isSilent: boolean;
  }): void;
  /** A recording has ended before its time: the disk is full, the machine is too slow. The call goes on. */
  recordingFailed?(facts: { readonly file: string; readonly reason: string }): void;
}

export type MediaEnd = 'closed' | 'engine-lost' | 'ice-failed';

/** An SDP as it stands in a SIP message, with the part it plays (RFC 3264). */
export interface PlainSdp {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** SRTP towards the peer with its keys in the SDP (RFC 4568): offered beside plain RTP, or nothing else will do. */
export type PeerSrtp = 'optional' | 'mandatory';

/** What the peer's SDP shall be like, where the handset's does not say. */
export interface ToPeerOptions {
  /** Holds for the rest of the call. SRTP that the peer offers is taken up unasked. */
  readonly srtp?: PeerSrtp;
  /** The one crypto suite that `srtp` may be of, as long as that holds; any that the engine has unless given. */
  readonly srtpProfile?: SrtpProfile;
  /** What an offer is made for while the peer has not said where it is; 4 unless given. An engine that has no such address offers what it has. */
  readonly family?: 4 | 6;
}

/** Who is to send a key frame. */
export interface KeyframeSides {
  readonly handset: boolean;
  readonly peer: boolean;
}

/**
 * Offer or answer, first or renegotiated: an SDP keeps its type as it crosses.
 * Calls on one session are served one after the other, in their order.
 */
export interface MediaSession extends RecordedMedia, CountedMedia {
  /**
   * The peer's SDP for the browser, candidates inline; audio is mid 0, video mid 1.
   * @throws MediaError `sdp-refused` (nothing usable in it), `timeout`, `closed`
   */
  toHandset(fromPeer: PlainSdp): Promise<Jsep>;
  /**
   * The browser's SDP for the peer, fit for a SIP message.
   * @throws MediaError `no-common-codec` when the browser's answer leaves no live m-line, `sdp-refused`, `timeout`, `closed`
   */
  toPeer(fromHandset: Jsep, options?: ToPeerOptions): Promise<PlainSdp>;
  /**
   * The offer that was made last, by either side, is refused: media goes on as agreed before (RFC 3264 §8). Does nothing
   * when no offer is open.
   * @throws MediaError `timeout`, `closed`
   */
  rollback(): Promise<void>;
  /**
   * Asks those sides for a whole picture now (RFC 4585 §6.3.1); a side that sends none is passed over.
   * @throws MediaError `unsupported` if the engine cannot, or the call has no pictures; `timeout`, `closed`
   */
  askForKeyframe(of: KeyframeSides): Promise<void>;
  /** May come before the SDP it belongs to. */
  addCandidate(candidate: Candidate): void;
  /** Resolves once, when the media is gone for any reason; never rejects. */
  readonly ended: Promise<MediaEnd>;
  /** Gives everything back. May be called twice. */
  close(): void;
}

export type MediaErrorCode =
  | 'engine-down'
  | 'timeout'
  | 'closed'
  | 'sdp-refused'
  | 'no-common-codec'
  | 'unsupported'
  | 'recording-failed';

export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
