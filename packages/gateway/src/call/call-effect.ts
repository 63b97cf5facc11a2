import type { Jsep } from '@soft-handset/protocol';
import type { SrtpWish } from './call-event.ts';
import type { HoldDirection } from './held-sdp.ts';

/** What the handsets of a call are told; the names are those of the wire. */
export type CallNews =
  | {
      readonly event:
        | 'incomingcall'
        | 'calling'
        | 'progress'
        | 'new_accepted'
        | 'accepted'
        | 'accepting'
        | 'accept_reply'
        | 'hangingup'
        | 'updatingcall'
        | 'updating'
        | 'updated'
        | 'holding'
        | 'resuming'
        | 'transferring'
        | 'keyframesent';
    }
  | { readonly event: 'ringing' | 'declining'; readonly code: number }
  | {
      readonly event: 'transfer';
      readonly referId: number;
      readonly referTo: string;
      readonly referredBy?: string;
      readonly replaces?: string;
    }
  | { readonly event: 'recordingupdated'; readonly files?: readonly string[] }
  | {
      readonly event: 'hangup';
      readonly code: number;
      readonly reason: string;
      readonly reasonHeader?: string;
    };

/** Why a request of a handset was refused while its call goes on. */
export type RefusalCode =
  'wrong-state' | 'wrong-jsep' | 'bad-sdp' | 'change-refused' | 'engine' | 'recording';

/** What is to be done. Effects of one step are started in their order; what takes time reports by an event. */
export type Effect =
  | { readonly do: 'openMedia' }
  /** `handsetSdpMade` or `mediaFailed` follows. */
  | { readonly do: 'toHandset'; readonly sdp: CrossingSdp }
  /** As `toHandset`, with an offer of our own instead of the peer's. */
  | { readonly do: 'offerToHandset'; readonly video: boolean }
  /** As `toHandset`, but no browser waits for the outcome: nothing follows. */
  | { readonly do: 'adopt'; readonly sdp: CrossingSdp }
  /** The offer that crossed last is refused: the engine goes back to what is agreed. Nothing follows. */
  | { readonly do: 'rollBack' }
  /** `peerSdpMade` or `mediaFailed` follows. */
  | { readonly do: 'toPeer'; readonly jsep: Jsep; readonly srtp?: SrtpWish }
  | { readonly do: 'invite'; readonly sdp?: string }
  /** What there is of a dialog is ended; nothing more is heard of it. */
  | { readonly do: 'abandonDialog' }
  /** The peer takes no INVITE without offer: the next return call begins with one. */
  | { readonly do: 'rememberOffer' }
  | { readonly do: 'ring' }
  | { readonly do: 'answerInvite'; readonly sdp: string; readonly headers?: SipHeaders }
  | { readonly do: 'acknowledge'; readonly sdp: string }
  /** `reinviteAnswered` follows. */
  | {
      readonly do: 'reinvite';
      readonly sdp: string;
      readonly held?: HoldDirection;
      readonly headers?: SipHeaders;
    }
  /** What was said last, in another direction; `reinviteAnswered` follows. */
  | { readonly do: 'turn'; readonly sdp: string; readonly held?: HoldDirection }
  /** With `offers`, `reofferConfirmed` follows. */
  | {
      readonly do: 'acceptReoffer';
      readonly sdp: string;
      readonly held?: HoldDirection;
      readonly offers: boolean;
      /** It is not what the engine has made: the next edition counts one more. */
      readonly isOwn?: true;
    }
  | { readonly do: 'rejectReoffer'; readonly status: number }
  /** CANCEL, BYE, or as a final response `status`: the dialog knows which. */
  | {
      readonly do: 'endDialog';
      readonly status: number;
      readonly reason: string;
      readonly headers?: SipHeaders;
    }
  | { readonly do: 'closeMedia'; readonly reason: string }
  | { readonly do: 'startTimer'; readonly timer: CallTimer }
  | { readonly do: 'stopTimer' }
  /** The handset whose request this is drives the call from now on. */
  | { readonly do: 'claim' }
  | { readonly do: 'unclaim' }
  /** `one`: who asked or, without a request, who drives the call. */
  | {
      readonly do: 'tell';
      readonly to: 'one' | 'all';
      readonly news: CallNews;
      readonly jsep?: Jsep;
      readonly transaction?: string;
    }
  /** All but that one hear `hangup` and are free again. */
  | { readonly do: 'dismissOthers'; readonly code: number; readonly reason: string }
  | {
      readonly do: 'refuse';
      readonly code: RefusalCode;
      readonly text: string;
      readonly transaction: string;
    };

/** One timer a call: how long a peer may say nothing to an offerless INVITE, how long it may ring, how long a browser may take to answer. */
export type CallTimer = 'silence' | 'ring' | 'answer';

/** An SDP as it crosses the engine. */
export interface CrossingSdp {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

export type SipHeaders = readonly (readonly [name: string, value: string])[];
