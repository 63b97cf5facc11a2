import type { Candidate } from '@soft-handset/protocol';
import type { EmbeddedMediaOptions } from './embedded-media.ts';
import type { EmbeddedWish } from './embedded-recording.ts';
import type { OddityNews } from './embedded-oddities.ts';
import type {
  KeyframeSides,
  MediaEnd,
  MediaErrorCode,
  MediaSessionHandler,
  PlainSdp,
  ToPeerOptions,
} from './engine.ts';
import type { LineStats } from './media-stats.ts';
import type { Side } from './recording/recording.ts';

/*
 * What the engine and its child process say to each other over Node's IPC channel. Both are of one build, so nothing is
 * checked. Calls are numbered by the engine, and so are its questions.
 */

export type ToChild =
  | { readonly do: 'start'; readonly options: EmbeddedMediaOptions }
  | { readonly do: 'open'; readonly call: number }
  | Question
  | { readonly do: 'addCandidate'; readonly call: number; readonly candidate: Candidate };

/** What a call is asked: what goes with it, and what the answer is. */
export interface Questions {
  readonly toHandset: { readonly asks: { readonly sdp: PlainSdp }; readonly gets: string };
  readonly toPeer: {
    readonly asks: { readonly sdp: PlainSdp; readonly options: ToPeerOptions };
    readonly gets: string;
  };
  readonly rollback: { readonly asks: object; readonly gets: undefined };
  readonly record: { readonly asks: { readonly wish: EmbeddedWish }; readonly gets: readonly string[] };
  readonly keyframe: { readonly asks: { readonly of: KeyframeSides }; readonly gets: undefined };
  readonly stats: { readonly asks: object; readonly gets: readonly LineStats[] };
  /** The answer is what was counted until then. */
  readonly close: { readonly asks: object; readonly gets: readonly LineStats[] };
  readonly stopRecording: { readonly asks: { readonly sides: readonly Side[] }; readonly gets: undefined };
}
export type Verb = keyof Questions;

/** Answered with `made` or `refused`. */
export type Question = {
  [V in Verb]: { readonly do: V; readonly call: number; readonly question: number } & Questions[V]['asks'];
}[Verb];

export type FromChild =
  | { readonly says: 'up' }
  | { readonly says: 'made'; readonly question: number; readonly made: Questions[Verb]['gets'] }
  | {
      readonly says: 'refused';
      readonly question: number;
      readonly code: MediaErrorCode;
      readonly message: string;
    }
  /** All that the child has counted in its life. */
  | { readonly says: 'counted'; readonly counts: Readonly<Record<string, number>> }
  | ({ readonly says: 'odd' } & OddityNews)
  | CallNews;

export type CallNews =
  | { readonly says: 'webrtcUp'; readonly call: number }
  | { readonly says: 'media'; readonly call: number; readonly facts: Facts<'media'> }
  | { readonly says: 'slowLink'; readonly call: number; readonly facts: Facts<'slowLink'> }
  | { readonly says: 'silence'; readonly call: number; readonly facts: Facts<'silence'> }
  | { readonly says: 'recordingFailed'; readonly call: number; readonly facts: Facts<'recordingFailed'> }
  | {
      readonly says: 'ended';
      readonly call: number;
      readonly end: MediaEnd;
      readonly stats: readonly LineStats[];
    };

type Facts<Event extends 'media' | 'slowLink' | 'silence' | 'recordingFailed'> = Parameters<
  NonNullable<MediaSessionHandler[Event]>
>[0];
