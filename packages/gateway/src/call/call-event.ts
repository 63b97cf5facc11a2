import type { MediaErrorCode, PeerSrtp, ToPeerOptions } from '@soft-handset/media';
import type { Jsep } from '@soft-handset/protocol';
import type { Headers } from '@soft-handset/sip';
import type { SipHeaders } from './call-effect.ts';
import type { HoldDirection } from './held-sdp.ts';
import type { OwnAnswer } from './own-answer.ts';

/** What a handset asks for of SRTP towards the peer. */
export interface SrtpWish extends Pick<ToPeerOptions, 'srtpProfile'> {
  readonly srtp: PeerSrtp;
}

/** How a call begins. */
export type CallStart =
  | {
      readonly by: 'new_call';
      readonly transaction: string;
      readonly video: boolean;
      /** The peer is known to take no INVITE without offer. */
      readonly offerFirst: boolean;
      readonly srtp?: SrtpWish;
    }
  | { readonly by: 'call'; readonly transaction: string; readonly jsep: Jsep; readonly srtp?: SrtpWish }
  | { readonly by: 'peer'; readonly offer?: string };

export type CallEvent =
  | {
      readonly type: 'newAccept';
      readonly transaction: string;
      readonly jsep: Jsep;
      readonly srtp?: SrtpWish;
    }
  | {
      readonly type: 'accept';
      readonly transaction: string;
      readonly jsep: Jsep;
      readonly srtp?: SrtpWish;
      readonly headers?: SipHeaders;
      /** `autoaccept_reinvites`, as the handset or its dialect has it. */
      readonly autoAccept: boolean;
    }
  | {
      readonly type: 'decline';
      readonly transaction: string;
      readonly status: number;
      readonly headers?: SipHeaders;
    }
  | { readonly type: 'hangup'; readonly transaction?: string; readonly headers?: SipHeaders }
  | {
      readonly type: 'update';
      readonly transaction: string;
      readonly jsep: Jsep;
      readonly headers?: SipHeaders;
    }
  | { readonly type: 'hold'; readonly transaction: string; readonly direction: HoldDirection }
  | { readonly type: 'unhold'; readonly transaction: string }
  | ({ readonly type: 'peerRang'; readonly status: number } & FromPeer)
  | ({ readonly type: 'peerAnsweredEarly'; readonly status: number; readonly sdp: string } & FromPeer)
  /** `narrows`: an answer without the codec that our side would send. */
  | ({ readonly type: 'peerAnswered'; readonly sdp?: string; readonly narrows?: boolean } & FromPeer)
  | { readonly type: 'peerConfirmed'; readonly sdp?: string }
  | ({
      readonly type: 'peerEnded';
      readonly status: number;
      readonly reason: string;
      readonly reasonHeader?: string;
    } & FromPeer)
  /** `again`: what we said last fits once more, no browser need be asked (a session refresh). */
  | {
      readonly type: 'peerReoffered';
      readonly sdp?: string;
      readonly again?: string;
      /** What the server may say to it by itself, where the handset has left that to it. */
      readonly ownAnswer?: OwnAnswer;
      /** Not the peer says so, but who takes its place. */
      readonly isAnother?: boolean;
    }
  /** The ACK to a 200 in which we made the offer. */
  | { readonly type: 'reofferConfirmed'; readonly sdp?: string }
  | { readonly type: 'reofferCancelled' }
  | {
      readonly type: 'reinviteAnswered';
      readonly status: number;
      readonly reason: string;
      readonly sdp?: string;
    }
  | { readonly type: 'handsetSdpMade'; readonly jsep: Jsep }
  | { readonly type: 'peerSdpMade'; readonly sdp: string }
  | { readonly type: 'mediaFailed'; readonly code: MediaFailure; readonly text: string }
  | { readonly type: 'mediaEnded'; readonly how: 'closed' | 'engine-lost' | 'ice-failed' }
  /** The peer should send sound, and nothing of it has come for long. */
  | { readonly type: 'peerSilent' }
  /** The peer has called whom it was asked to call. */
  | { readonly type: 'transferred' }
  | { readonly type: 'timedOut' }
  /** The handset that drives the call, or the last one it rings at, has gone. */
  | { readonly type: 'handsetLeft' }
  /** The line closes. */
  | { readonly type: 'lineClosed' }
  /** An effect failed where it must not: an error of ours. */
  | { readonly type: 'broken'; readonly error: unknown };

interface FromPeer {
  /** The headers of the message that says so. They decide nothing. */
  readonly said?: Headers;
}

/** What a handset asks of a call. */
export type CallRequest = Extract<
  CallEvent,
  { type: 'newAccept' | 'accept' | 'decline' | 'hangup' | 'update' | 'hold' | 'unhold' }
>;

/** What the engine may answer instead of an SDP. */
export type MediaFailure = Exclude<MediaErrorCode, 'recording-failed'>;
