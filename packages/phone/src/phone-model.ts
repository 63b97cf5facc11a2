import type { ExchangeOffer, SoftHandlerEvents } from '@soft-handset/handset';
import { isFree, nextCall } from './call-model.ts';
import type { Call, CallEvent } from './call-model.ts';
import { isMissed } from './call-record.ts';
import type { CallRecord, Code } from './call-record.ts';
import { mostRecords } from './history/call-history.ts';

/*
 * One phone as plain data: line, microphone, the call in front, what is open on the screen; and what each
 * event makes of it. No socket, clock or element in here.
 *
 *   out ──signInStarted──▶ signing-in ──signedIn──▶ up ◀──▶ lost
 *    ▲                         │                     │
 *    └──── signInRefused ──────┴─────▶ failed ◀──────┘
 */

export type Line =
  /** Nobody is signed in; `refused` says why the last attempt came to nothing. */
  | { name: 'out'; refused: Code | undefined }
  /** `again`: signed in before and working on it, so the phone stays on the screen. */
  | { name: 'signing-in'; again: boolean }
  | { name: 'up' }
  /** The socket is gone and is being restored. */
  | { name: 'lost' }
  /** Signed in, but calls cannot come: somebody has to do something. */
  | { name: 'failed'; code: Code };

export type Microphone = 'unknown' | 'granted' | 'refused' | 'missing' | 'busy';
export type Tab = 'dial' | 'calls' | 'settings';
export type Drawer = 'none' | 'keypad' | 'device' | 'ready';

/** What of the list of calls is shown. */
export interface Recents {
  missedOnly: boolean;
  search: string;
  /** All of it is about to be deleted. */
  isClearing: boolean;
}

export interface PhoneState {
  /** The page is in a secure context: without it browsers give no microphone. */
  secure: boolean;
  account: string;
  line: Line;
  microphone: Microphone;
  /** A gesture has been seen, so that the ring tone may sound. */
  audioUnlocked: boolean;
  call: Call;
  dialled: string;
  tab: Tab;
  devicesOpen: boolean;
  /** The page about the microphone was put aside. */
  noticeClosed: boolean;
  drawer: Drawer;
  /** The calls of the account that are known, newest first. */
  records: readonly CallRecord[];
  /** Missed calls that ended later have not been looked at. */
  seenUntil: number;
  /** Calls are remembered after the page has been closed. */
  isKept: boolean;
  recents: Recents;
  /** What one can try on this server. */
  exchange: ExchangeOffer | undefined;
}

export type PhoneEvent =
  | CallEvent
  | { type: 'signInStarted'; account: string }
  | { type: 'signedIn'; exchange?: ExchangeOffer | undefined }
  | { type: 'signInRefused'; code: Code }
  | { type: 'signedOut' }
  | { type: 'connectionChanged'; connection: SoftHandlerEvents['connection']['state'] }
  | { type: 'microphoneChanged'; microphone: Microphone }
  | { type: 'audioUnlocked' }
  /** The browser refused to play something. */
  | { type: 'audioLocked' }
  | { type: 'noticeClosed' }
  | { type: 'numberChanged'; number: string }
  | { type: 'tabChosen'; tab: Tab }
  | { type: 'devicesToggled'; open: boolean }
  | { type: 'drawerToggled'; drawer: Drawer }
  | { type: 'recordsLoaded'; records: readonly CallRecord[] }
  | { type: 'missedSeen'; until: number }
  | { type: 'historyNotKept' }
  | { type: 'recentsChanged'; recents: Partial<Recents> };

export const initialState: PhoneState = {
  secure: true,
  account: '',
  line: { name: 'out', refused: undefined },
  microphone: 'unknown',
  audioUnlocked: false,
  call: { name: 'none' },
  dialled: '',
  tab: 'dial',
  devicesOpen: false,
  noticeClosed: false,
  drawer: 'none',
  records: [],
  seenUntil: 0,
  isKept: true,
  recents: { missedOnly: false, search: '', isClearing: false },
  exchange: undefined,
};

/** What `event` makes of `state`. An event that makes no sense there changes nothing. */
export function next(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case 'signInStarted':
      return {
        ...state,
        account: event.account,
        line: { name: 'signing-in', again: isSignedIn(state.line) },
      };
    case 'signedIn':
      return { ...state, line: { name: 'up' }, exchange: event.exchange ?? state.exchange };
    case 'signInRefused':
      return { ...state, line: refused(state.line, event.code) };
    case 'signedOut':
      return {
        ...initialState,
        secure: state.secure,
        account: state.account,
        microphone: state.microphone,
        audioUnlocked: state.audioUnlocked,
        isKept: state.isKept,
      };
    case 'connectionChanged':
      return { ...state, line: connected(state.line, event.connection) };
    case 'microphoneChanged':
      return state.microphone === event.microphone ? state : { ...state, microphone: event.microphone };
    case 'audioUnlocked':
      return state.audioUnlocked ? state : { ...state, audioUnlocked: true };
    case 'audioLocked':
      return { ...state, audioUnlocked: false };
    case 'noticeClosed':
      return { ...state, noticeClosed: true };
    case 'numberChanged':
      return { ...state, dialled: event.number };
    case 'tabChosen':
      return { ...looked(state, event.tab), tab: event.tab, devicesOpen: false };
    case 'devicesToggled':
      return { ...state, devicesOpen: event.open, drawer: 'none' };
    case 'drawerToggled':
      return { ...state, drawer: event.drawer === state.drawer ? 'none' : event.drawer };
    case 'recordsLoaded':
      return { ...state, records: event.records };
    case 'missedSeen':
      return { ...state, seenUntil: Math.max(state.seenUntil, event.until) };
    case 'historyNotKept':
      return { ...state, isKept: false };
    case 'recentsChanged':
      return { ...state, recents: { ...state.recents, ...event.recents } };
    case 'callArrived': {
      const room = makeRoom(state, event.at);
      return withCall(room, nextCall(room.call, event));
    }
    case 'answerPressed':
    case 'answerFailed':
    case 'callPlaced':
    case 'peerRings':
    case 'callAnswered':
    case 'endPressed':
    case 'callEnded':
    case 'muteChanged':
    case 'plateTouched':
    case 'plateClosed':
    case 'cameraChanged':
    case 'localPictureSeen':
    case 'remoteVideoChanged':
    case 'loudspeakerChanged':
    case 'microphoneSeen':
    case 'toneSent':
    case 'mediaFailed':
    case 'problemRead':
      return withCall(state, nextCall(state.call, event));
  }
}

/** Missed calls that nobody has looked at yet. */
export function unseenCount({ records, seenUntil }: PhoneState): number {
  return records.filter((record) => record.endedAt > seenUntil && isMissed(record)).length;
}

/** Registration codes that no second try of the same words can mend: they get a page, not a line in the form. */
export function needsNotice(code: Code): boolean {
  return code === 1002 || code === 9001 || code === 1004;
}

/** The phone is on the screen, whatever the line does; else the log-in form is. */
export function isSignedIn(line: Line): boolean {
  return line.name === 'signing-in' ? line.again : line.name !== 'out';
}

/** Who opens the list of calls has seen those that he missed. */
function looked(state: PhoneState, tab: Tab): PhoneState {
  const newest = state.records[0]?.endedAt ?? 0;
  return tab === 'calls' ? { ...state, seenUntil: Math.max(state.seenUntil, newest) } : state;
}

function refused(line: Line, code: Code): Line {
  return isSignedIn(line) || needsNotice(code) ? { name: 'failed', code } : { name: 'out', refused: code };
}

function connected(line: Line, connection: SoftHandlerEvents['connection']['state']): Line {
  switch (connection) {
    case 'connecting':
      return line;
    case 'up':
      return line.name === 'lost' ? { name: 'up' } : line;
    case 'lost':
      return line.name === 'up' ? { name: 'lost' } : line;
    case 'closed':
      return line.name === 'up' || line.name === 'lost' ? { name: 'failed', code: 'closed' } : line;
  }
}

/** A call that was hung up is over for the person, though the server has not confirmed it: the next one may ring. */
function makeRoom(state: PhoneState, at: number): PhoneState {
  if (isFree(state.call) || !state.call.ending) return state;
  return next(state, { type: 'callEnded', by: 'us', code: 0, reason: '', at });
}

/** A call that comes or is placed takes the stage: what was open there makes room. */
function withCall(state: PhoneState, call: Call): PhoneState {
  if (call === state.call) return state;
  if (call.name === state.call.name) return { ...state, call };
  const records =
    call.name === 'ended' ? [call.record, ...state.records].slice(0, mostRecords) : state.records;
  const begins = isFree(state.call) && !isFree(call);
  const room = begins ? { tab: 'dial' as const, devicesOpen: false } : {};
  const dialled = call.name === 'calling' ? '' : state.dialled;
  return { ...state, call, records, dialled, drawer: 'none', ...room };
}
