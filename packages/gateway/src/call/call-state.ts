import type { Jsep } from '@soft-handset/protocol';
import { changeRows } from './call-change.ts';
import { offerFirst, offerFirstRows } from './call-offer-first.ts';
import type { Effect, SipHeaders } from './call-effect.ts';
import {
  causeOfFailure,
  causeOfMediaEnd,
  endByGateway,
  endByHandset,
  endByPeer,
  untold,
} from './call-end.ts';
import type { CallEvent, CallRequest, CallStart } from './call-event.ts';
import { setupRows } from './call-setup.ts';
import type { HoldDirection } from './held-sdp.ts';

/**
 * One call as the gateway sees it: what state follows on an event, and what is to be done, as data. No socket, no clock, no SDP parser.
 * `▷` is the media engine at work; who is waited for stands in the state's name.
 *
 *   return call     inviting ──2xx, offer──▶ presenting ▷ new_accepted ──▶ answering ──new_accept──▶ accepting ▷ ACK ──▶ established
 *     peer wants an offer   offering ▷ new_accepted ──▶ enlisting ──new_accept──▶ composing ▷ INVITE ──▶ dialling ──2xx──▶ established
 *   classic call    preparing ▷ INVITE ──▶ calling ──(183 ▷ progress)── 2xx, answer──▶ connecting ▷ accepted ──▶ established
 *   incoming        presenting ▷ 180, incomingcall ──▶ ringing ──accept──▶ accepting ▷ 200 ──▶ confirming ──ACK──▶ established
 *     without offer ringing ──accept, offer──▶ accepting ▷ 200 ──▶ confirming ──ACK, answer──▶ connecting ▷ accept_reply ──▶ established
 *
 *   we change       established ──update──▶ updating ▷ re-INVITE ──▶ reinviting ──2xx──▶ applying ▷ updated ──▶ established
 *   we hold         established ──hold, unhold ▷ re-INVITE──▶ holding ──2xx──▶ established
 *   the peer does   established ──re-INVITE, UPDATE──▶ reoffered ▷ updatingcall ──▶ reanswering ──update──▶ conceding ▷ 200 ──▶ established
 *
 *   all of them     ──hangup, decline, CANCEL, BYE, media or handset lost, time-out──▶ terminated
 *
 * The rules of SIP's own timing (no CANCEL before a provisional, no BYE before the ACK, ACK a late 2xx) are the dialog's: it is told `end`.
 */
export type CallState =
  | {
      readonly name: 'inviting';
      readonly transaction: string;
      readonly video: boolean;
      readonly rang: boolean;
    }
  | {
      readonly name: 'presenting';
      readonly to: 'caller';
      readonly transaction: string;
      readonly video: boolean;
      readonly remote: string;
    }
  | { readonly name: 'presenting'; readonly to: 'callees'; readonly remote: string }
  | { readonly name: 'answering'; readonly remote: string }
  | { readonly name: 'ringing'; readonly offer?: PeerOffer }
  | {
      readonly name: 'accepting';
      readonly by: 'new_accept';
      readonly transaction: string;
      readonly remote: string;
    }
  | {
      readonly name: 'accepting';
      readonly by: 'accept';
      readonly transaction: string;
      readonly offer?: PeerOffer;
      readonly headers?: SipHeaders;
    }
  | {
      readonly name: 'confirming';
      readonly transaction: string;
      readonly local: string;
      /** Absent when our 200 made the offer. */
      readonly remote?: string;
    }
  | { readonly name: 'offering'; readonly transaction: string }
  | { readonly name: 'enlisting' }
  | { readonly name: 'composing'; readonly transaction: string }
  | {
      readonly name: 'dialling';
      readonly transaction: string;
      readonly local: string;
      readonly rang: boolean;
      /** The answer in a 18x. */
      readonly early?: string;
    }
  | { readonly name: 'preparing'; readonly transaction: string }
  | {
      readonly name: 'calling';
      readonly transaction: string;
      readonly local: string;
      readonly rang: boolean;
      readonly early?: EarlyAnswer;
    }
  | {
      readonly name: 'connecting';
      readonly by: 'call' | 'accept';
      readonly transaction: string;
      readonly local: string;
      readonly remote: string;
    }
  | ({ readonly name: 'established' } & Agreed)
  | {
      readonly name: 'holding';
      readonly transaction: string;
      readonly agreed: Agreed;
      /** What the peer is asked for; absent: it is resumed. */
      readonly held?: HoldDirection;
      /** What the handset wants after that: it need not wait for the answer. */
      readonly then?: { readonly transaction: string; readonly held?: HoldDirection };
    }
  | {
      readonly name: 'updating';
      readonly transaction: string;
      readonly agreed: Agreed;
      readonly headers?: SipHeaders;
    }
  | {
      readonly name: 'reinviting';
      readonly transaction: string;
      readonly local: string;
      readonly agreed: Agreed;
    }
  | ({ readonly name: 'applying'; readonly transaction: string } & Agreed)
  | { readonly name: 'reoffered'; readonly remote: string; readonly agreed: Agreed }
  | { readonly name: 'reanswering'; readonly remote: string; readonly agreed: Agreed }
  | {
      readonly name: 'conceding';
      readonly transaction: string;
      readonly remote: string;
      readonly agreed: Agreed;
    }
  | { readonly name: 'terminated'; readonly cause: EndCause };

/** The SDPs as they were last exchanged with the peer. */
export interface Agreed {
  /** As the engine made it; the peer hears it restricted while it is held. */
  readonly local: string;
  readonly remote: string;
  /** We hold the peer. */
  readonly held?: HoldDirection;
}

/** The peer's offer, and what the browsers get of it. */
export interface PeerOffer {
  readonly remote: string;
  readonly jsep: Jsep;
}

/** An answer in a 18x, and whether the browser has it. */
export interface EarlyAnswer {
  readonly sdp: string;
  readonly shown: boolean;
}

/** Why a call is over; `status` is a SIP status, 200 for a plain hang-up. */
export interface EndCause {
  readonly by: 'handset' | 'peer' | 'gateway';
  readonly status: number;
  readonly reason: string;
  readonly reasonHeader?: string;
}

export interface Step {
  readonly state: CallState;
  readonly effects: readonly Effect[];
}

/** A step; or the handset's request makes no sense now, or carries the wrong JSEP; or the event comes too late to matter. */
export type Outcome = Step | 'wrong-state' | 'wrong-jsep' | 'ignored';

type StateOf<S extends CallState['name']> = Extract<CallState, { name: S }>;
type EventOf<E extends CallEvent['type']> = Extract<CallEvent, { type: E }>;

/** What some states do on the events that mean something to them. */
export type Rows<S extends CallState['name']> = {
  readonly [N in S]: {
    readonly [E in CallEvent['type']]?: (state: StateOf<N>, event: EventOf<E>) => Outcome;
  };
};

const rows: Rows<Exclude<CallState['name'], 'terminated'>> = {
  ...setupRows,
  ...offerFirstRows,
  ...changeRows,
};

/** Both sides have confirmed it. */
export function isUp({ name }: CallState): boolean {
  return name in changeRows;
}

/** The first step of a call. Without an engine a handset hears at once that it cannot be (no INVITE has gone out). */
export function begin(start: CallStart, engineIsUp: boolean): Step {
  if (!engineIsUp && start.by !== 'peer') return beginWithoutEngine(start.transaction);
  switch (start.by) {
    case 'new_call':
      return start.offerFirst ? beginWithOffer(start) : beginWithoutOffer(start);
    case 'call':
      return go(
        { name: 'preparing', transaction: start.transaction },
        { do: 'openMedia' },
        { do: 'toPeer', jsep: start.jsep },
      );
    case 'peer':
      if (start.offer === undefined) {
        return go(
          { name: 'ringing' },
          { do: 'ring' },
          { do: 'openMedia' },
          { do: 'tell', to: 'all', news: { event: 'incomingcall' } },
          { do: 'startTimer', timer: 'ring' },
        );
      }
      return go(
        { name: 'presenting', to: 'callees', remote: start.offer },
        { do: 'openMedia' },
        { do: 'toHandset', sdp: { type: 'offer', sdp: start.offer } },
      );
  }
}

/** The one gate for all that happens to a call. */
export function next(state: CallState, event: CallEvent): Outcome {
  if (state.name === 'terminated') return isRequest(event) ? 'wrong-state' : 'ignored';
  const outcome = cell(state, event) ?? ofAnyState(state, event);
  const isUnheard = state.name === 'presenting' && state.to === 'callees';
  return isUnheard && typeof outcome === 'object' && outcome.state.name === 'terminated'
    ? untold(outcome)
    : outcome;
}

function cell(state: Exclude<CallState, { name: 'terminated' }>, event: CallEvent): Outcome | undefined {
  // The row of a state takes that state, the cell of an event that event: the compiler cannot follow both at once.
  const row = rows[state.name] as Partial<
    Record<CallEvent['type'], (state: CallState, event: CallEvent) => Outcome>
  >;
  return row[event.type]?.(state, event);
}

/** What an event does in a state whose row does not name it. */
function ofAnyState(state: CallState, event: CallEvent): Outcome {
  switch (event.type) {
    case 'newAccept':
    case 'accept':
    case 'decline':
    case 'update':
    case 'hold':
    case 'unhold':
      return 'wrong-state';
    case 'hangup':
      return endByHandset({ event: 'hangingup' }, 486, event);
    case 'peerEnded':
      return endByPeer(event);
    case 'mediaFailed':
      return endByGateway(causeOfFailure(event.code));
    case 'mediaEnded':
      return endByGateway(causeOfMediaEnd(event.how));
    case 'transferred':
      return endByGateway({ by: 'gateway', status: 200, reason: 'Transferred' });
    case 'handsetLeft':
      return endByGateway({ by: 'handset', status: 480, reason: 'Handset gone' });
    case 'lineClosed':
      return endByGateway({ by: 'gateway', status: 503, reason: 'Line closed' });
    case 'broken':
      return endByGateway({ by: 'gateway', status: 500, reason: 'Server Internal Error' });
    case 'peerReoffered':
      // RFC 3261 §14.2, RFC 3311 §5.2: an exchange of offer and answer is under way; the peer tries again.
      return go(state, { do: 'rejectReoffer', status: 491 });
    case 'timedOut':
    case 'peerSilent':
    case 'peerRang':
    case 'peerAnsweredEarly':
    case 'peerAnswered':
    case 'peerConfirmed':
    case 'reofferConfirmed':
    case 'reofferCancelled':
    case 'reinviteAnswered':
    case 'handsetSdpMade':
    case 'peerSdpMade':
      return 'ignored';
  }
}

function isRequest(event: CallEvent): boolean {
  return requests.has(event.type);
}

const requests: ReadonlySet<string> = new Set<CallRequest['type']>([
  'newAccept',
  'accept',
  'decline',
  'hangup',
  'update',
  'hold',
  'unhold',
]);

function beginWithoutOffer({ transaction, video }: Extract<CallStart, { by: 'new_call' }>): Step {
  return go(
    { name: 'inviting', transaction, video, rang: false },
    { do: 'invite' },
    { do: 'openMedia' },
    { do: 'tell', to: 'one', news: { event: 'calling' }, transaction },
    { do: 'startTimer', timer: 'silence' },
  );
}

function beginWithOffer({ transaction, video }: Extract<CallStart, { by: 'new_call' }>): Step {
  const { state, effects } = offerFirst(transaction, video);
  return go(
    state,
    { do: 'openMedia' },
    { do: 'tell', to: 'one', news: { event: 'calling' }, transaction },
    ...effects,
  );
}

function beginWithoutEngine(transaction: string): Step {
  const calling: Effect = { do: 'tell', to: 'one', news: { event: 'calling' }, transaction };
  const { state, effects } = endByGateway(causeOfFailure('engine-down'));
  return { state, effects: [calling, ...effects] };
}

function go(state: CallState, ...effects: Effect[]): Step {
  return { state, effects };
}
