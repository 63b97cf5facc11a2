import type { PeerSrtp } from '@soft-handset/media';
import type { Candidate, Jsep } from '@soft-handset/protocol';
import type { Headers } from '@soft-handset/sip';
import type { CallNews, RefusalCode } from './call-effect.ts';
import type { NoteNews } from './note.ts';
import type { SubscriptionNews } from './subscriptions.ts';

/** A handset as its line and its calls see it: who is told. A view, never the owner; all of it is safe when the handset has gone. */
export interface Handset {
  /** What the handset calls itself; the account's own display name comes first. */
  readonly displayName: string | undefined;
  hears(news: CallNews, about: NewsOfCall): void;
  hearsLine(news: LineNews, transaction?: string): void;
  /** What somebody says beside a call, what becomes of what it says itself, and what it has subscribed to. */
  hearsNote(
    news: NoteNews | SubscriptionNews,
    about: { readonly callId?: string; readonly transaction?: string; readonly said?: Headers },
  ): void;
  /** Its request is refused, its call goes on. */
  isRefused(refusal: Refusal): void;
  /** The candidates that came before the SDP they belong to. They are handed out once. */
  takeCandidates(sdp: string): readonly Candidate[];
  webrtcUp(): void;
  media(facts: { readonly type: 'audio' | 'video'; readonly mid: string; readonly receiving: boolean }): void;
  slowLink(facts: {
    readonly media: 'audio' | 'video';
    readonly mid: string;
    readonly uplink: boolean;
    readonly lost: number;
  }): void;
  /** The server's end of the PeerConnection is gone. */
  mediaClosed(reason: string): void;
  /** It was a helper, and its master has gone: its handle is taken away. */
  isDismissed(): void;
}

/** The call that some news are about. */
export interface NewsOfCall {
  readonly callId: string;
  readonly facts: CallFacts;
  readonly jsep?: Jsep;
  readonly transaction?: string;
  /** The headers of the peer's message that has brought the news. */
  readonly said?: Headers;
}

/** Somebody as a handset shows him. */
export interface Party {
  /** The SIP URI. */
  readonly peer: string;
  readonly displayName?: string;
}

/** Who has passed the call on, and why: `user-busy`, `no-answer` (RFC 5806 §4) or a SIP status. */
export interface Diverter extends Party {
  readonly reason?: string;
}

/** What does not change about a call. */
export interface CallFacts extends Party {
  readonly direction: 'in' | 'out';
  /** The number that was called. */
  readonly callee?: string;
  readonly audio: boolean;
  readonly video: boolean;
  /** What the caller offers beside plain RTP, or instead of it. */
  readonly srtp?: PeerSrtp;
  /** Whose call it was before, the last one first. */
  readonly divertedBy?: readonly Diverter[];
  /** Who has transferred the caller to us (RFC 3892). */
  readonly referredBy?: string;
  /** The id of the call whose place it takes (RFC 3891). */
  readonly replaces?: string;
  /** Why the call comes: `incomingcall.type`. */
  readonly type: string;
}

export interface Refusal {
  readonly code: RefusalCode;
  readonly text: string;
  readonly transaction: string;
  readonly callId: string;
}

/** What happens to the line itself; the names are those of the wire. */
export type LineNews =
  | { readonly event: 'registering' | 'unregistering' }
  /** `registerSent`: the registration was taken back. */
  | { readonly event: 'unregistered'; readonly registerSent: boolean }
  | {
      readonly event: 'registered';
      readonly registerSent: boolean;
      /** By it helpers name the master; a helper hears that of its own. */
      readonly masterId: number;
      readonly isHelper?: true;
      readonly displayName?: string;
    }
  | { readonly event: 'registration_failed'; readonly code: number; readonly reason: string }
  | {
      readonly event: 'missed_call';
      readonly caller: string;
      readonly displayName?: string;
      /** The number that was called. */
      readonly callee?: string;
      readonly reason: string;
    };
