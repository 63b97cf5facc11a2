import type { CallState } from './call-state.ts';
import type { CallStats } from './stats-types.ts';
import type { HandsetErrorCode, MediaConfig } from './soft-handler-types.ts';
import type { Recording } from './service-types.ts';

/** Who is at the other end. */
export interface Remote {
  /** What people call them: the user part of their address. */
  readonly number: string;
  readonly displayName: string;
  /** The SIP URI, where it is known; of a call of ours, what was dialled. */
  readonly uri?: string;
  /** Why an incoming call comes: `user_call_user`, `call_dispatch`, `call_dispatch_out`, `other_call_handle`, `self_call_handle`. */
  readonly type: string;
  /** Whose call it was before, the last one first. */
  readonly divertedBy?: readonly { number: string; displayName: string; reason?: string }[];
}

/** Why a call is over. */
export interface CallEnd {
  /** `elsewhere`: answered or declined at another phone of the account; `failure`: neither wanted it. */
  readonly by: 'us' | 'peer' | 'elsewhere' | 'failure';
  /** A SIP status (200: a plain end), or what failed here. */
  readonly code: number | HandsetErrorCode;
  /** For people, in the language of the page. */
  readonly reason: string;
}

export interface CallOptions {
  /** `return` (返呼, the default): the server brings the offer; `classic`: our offer goes in the INVITE. */
  readonly kind?: 'return' | 'classic';
  /** Default: sound both ways, pictures where the handset has `video`. */
  readonly media?: MediaConfig;
  /** Follows a transfer that the peer of another call has asked for. */
  readonly referId?: number;
}

export interface CallEvents {
  state: { readonly state: CallState; readonly before: CallState };
  /** The server calls; `callId` is known from now on. */
  calling: { readonly callId: string };
  /** It rings at the far end. */
  ringing: undefined;
  /** Both have answered. */
  answered: undefined;
  ended: CallEnd;
  localstream: { readonly stream: MediaStream | null };
  remotestream: { readonly stream: MediaStream | null };
  /** What arrives, as the server sees it; `webrtcUp`: ICE and DTLS are up. */
  media: { readonly webrtcUp: boolean; readonly receivingAudio: boolean; readonly receivingVideo: boolean };
  muted: { readonly isMuted: boolean };
  /** A device of ours has taken the place of another: it was chosen, or the one before was `lost`. */
  device: {
    readonly kind: 'microphone' | 'camera' | 'speaker';
    readonly label: string;
    readonly because: 'chosen' | 'lost';
  };
  screen: { readonly isShared: boolean };
  /** Somebody else is at the other end: the peer has been transferred (RFC 3891). */
  remote: Remote;
  /** The peer asks us to call `to` instead (RFC 3515). Unanswered it is refused after half a minute. */
  transferRequest: TransferRequest;
  /** How far a transfer of ours has come: the status of the call that the peer makes. A final 2xx ends our call. */
  transferProgress: { readonly code: number; readonly reason: string };
  info: { readonly type: string; readonly content: string };
  message: { readonly sender: string; readonly contentType: string; readonly content: string };
  recording: { readonly isOn: boolean; readonly files: readonly string[] };
  /** Every two seconds of a call that is up, as long as somebody listens. */
  stats: CallStats;
  /** What goes wrong by itself and the call survives. */
  error: { readonly code: HandsetErrorCode | number; readonly message: string };
}

export interface TransferRequest {
  readonly to: string;
  readonly referredBy?: string;
  readonly replaces?: string;
  /** Calls `to`; the call that comes of it. */
  accept(options?: CallOptions): Promise<Call>;
  /** Default 603. */
  decline(code?: number): Promise<void>;
}

/**
 * One call, from the first ring to the end. Everything rejects with a HandsetError: `wrong-state` where the call is not in a state for it
 * (`call-state.ts` has the table), else what the server or the peer said.
 */
export interface Call {
  /** Ours, from the beginning. */
  readonly id: string;
  /** The SIP Call-ID; undefined until the server calls. */
  readonly callId: string | undefined;
  readonly direction: 'in' | 'out';
  readonly state: CallState;
  readonly remote: Remote;
  /** What an incoming call wishes for. */
  readonly offered: { readonly audio: boolean; readonly video: boolean };
  /** When both had answered, in milliseconds as of `Date.now()`. */
  readonly startedAt: number | undefined;
  /** Once it is `ended`. */
  readonly end: CallEnd | undefined;
  readonly localStream: MediaStream | null;
  readonly remoteStream: MediaStream | null;
  /** ICE and DTLS are up. */
  readonly mediaUp: boolean;
  readonly isMuted: boolean;
  readonly isSharingScreen: boolean;
  readonly isRecording: boolean;
  readonly peerConnection: RTCPeerConnection | undefined;
  /** Answers the ringing call; another that runs is held first. Without a microphone it rings on and may be answered again. */
  answer(media?: MediaConfig): Promise<void>;
  /** Ends it whatever its state. Silent at once; settles when the server has confirmed. */
  hangup(): Promise<void>;
  /** Refuses the ringing call with a SIP status. Default 486, busy. */
  decline(code?: number): Promise<void>;
  /** The PBX plays its music to the peer. Settles when it is so; a peer that refuses leaves the call as it was. */
  hold(): Promise<void>;
  /** Another call that runs is held first. */
  resume(): Promise<void>;
  mute(): void;
  unmute(): void;
  /** `0-9*#A-D`. Settles when the tones have been played or the INFO has gone out. Default RFC 4733. */
  dtmf(digits: string, options?: { readonly by?: 'rfc4733' | 'info' }): Promise<void>;
  /**
   * Blind, to a number or address (RFC 3515), or attended, to the peer of another call of this handset (RFC 3891).
   * Settles when the peer has been asked; `transferProgress` follows, and `ended` where it has worked.
   */
  transfer(to: string | Call): Promise<void>;
  /** Under the running call, without a word to the peer; other calls and those to come use it too. */
  switchDevice(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void>;
  /** Our picture, and theirs. A peer that refuses leaves the call as it was. */
  addVideo(): Promise<void>;
  removeVideo(): Promise<void>;
  /** The browser asks its user what to show. Ends with `stopSharing`, or by the browser's own button. */
  shareScreen(): Promise<void>;
  stopSharing(): Promise<void>;
  sendInfo(type: string, content: string): Promise<void>;
  sendMessage(content: string, contentType?: string): Promise<void>;
  /** Settles with the names of the files. Rejects with 451 where the server records nothing. */
  record(recording?: Recording): Promise<readonly string[]>;
  stopRecording(): Promise<void>;
  stats(): Promise<CallStats>;
  /** The returned function takes the listener off again. */
  on<N extends keyof CallEvents>(event: N, listener: (payload: CallEvents[N]) => void): () => void;
  off<N extends keyof CallEvents>(event: N, listener: (payload: CallEvents[N]) => void): void;
}
