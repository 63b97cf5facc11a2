import type { IncomingCall } from '@soft-handset/handset';
import { callKind, peerOf } from './call-record.ts';
import type { CallKind, CallRecord, Code, Peer } from './call-record.ts';

/*
 * The call in front as plain data, and what each event makes of it.
 *
 *   none ──callPlaced──▶ calling ──callAnswered──▶ talking
 *   none ──callArrived─▶ ringing ──callAnswered──▶ talking
 *   any of them ──callEnded──▶ ended ──plateClosed──▶ none
 */

export type Call = { name: 'none' } | Ringing | Calling | Talking | Ended;

export interface Ringing {
  name: 'ringing';
  callId: string;
  peer: Peer;
  kind: CallKind;
  video: boolean;
  since: number;
  /** Answer was pressed, or the call answers by itself, and the server has not confirmed yet. */
  answering: boolean;
  ending: boolean;
  /** Why the last press on Answer came to nothing. */
  problem: Code | undefined;
}

export interface Calling {
  name: 'calling';
  peer: Peer;
  video: boolean;
  since: number;
  peerRings: boolean;
  muted: boolean;
  ending: boolean;
  /** A fault that the call survives: the camera was refused. */
  problem: Code | undefined;
}

export interface Talking {
  name: 'talking';
  peer: Peer;
  kind: CallKind;
  direction: 'in' | 'out';
  since: number;
  answeredAt: number;
  muted: boolean;
  camera: 'none' | 'on' | 'off';
  /** They send a picture, or have said that they will. */
  remoteVideo: boolean;
  loudspeaker: boolean;
  /** Tones sent so far. */
  tones: string;
  ending: boolean;
  /** Why the last change of the media came to nothing, or what device was lost. */
  problem: Code | undefined;
}

export interface Ended {
  name: 'ended';
  record: CallRecord;
  /** Somebody has touched the plate: it stays. */
  touched: boolean;
}

export type CallEvent =
  | { type: 'callArrived'; call: IncomingCall; answersItself: boolean; at: number }
  | { type: 'answerPressed' }
  | { type: 'answerFailed'; code: Code }
  | { type: 'callPlaced'; number: string; name: string; video: boolean; at: number }
  | { type: 'peerRings' }
  | { type: 'callAnswered'; at: number }
  | { type: 'endPressed' }
  /** `callId` where it is known: the end of an earlier call may come late. */
  | { type: 'callEnded'; by: 'us' | 'peer'; code: Code; reason: string; at: number; callId?: string }
  | { type: 'muteChanged'; muted: boolean }
  /** A device was refused or lost, or a change of the media came to nothing. */
  | { type: 'mediaFailed'; code: Code }
  | { type: 'problemRead' }
  | { type: 'plateTouched' }
  | { type: 'plateClosed' }
  | TalkingEvent;

type CallEnd = Extract<CallEvent, { type: 'callEnded' }>;

/** What can only happen while two people talk. */
type TalkingEvent =
  | { type: 'cameraChanged'; camera: 'on' | 'off' }
  /** Whether our own stream has a picture now. */
  | { type: 'localPictureSeen'; has: boolean }
  /** Our own stream has a live microphone. */
  | { type: 'microphoneSeen' }
  | { type: 'remoteVideoChanged'; remoteVideo: boolean }
  | { type: 'loudspeakerChanged'; loudspeaker: boolean }
  | { type: 'toneSent'; tone: string };

/** What `event` makes of `call`. An event that makes no sense there changes nothing. */
export function nextCall(call: Call, event: CallEvent): Call {
  switch (event.type) {
    case 'callArrived':
      return isFree(call) ? arrived(event) : call;
    case 'callPlaced':
      return isFree(call) ? placed(event) : call;
    case 'answerPressed':
      return call.name === 'ringing' ? { ...call, answering: true, problem: undefined } : call;
    case 'answerFailed':
      return call.name === 'ringing' ? { ...call, answering: false, problem: event.code } : call;
    case 'peerRings':
      return call.name === 'calling' ? { ...call, peerRings: true } : call;
    case 'callAnswered':
      return call.name === 'ringing' || call.name === 'calling' ? talking(call, event.at) : call;
    case 'endPressed':
      return isFree(call) ? call : { ...call, ending: true };
    case 'callEnded':
      return isFree(call) || isOther(call, event) ? call : ended(call, event);
    case 'plateTouched':
      return call.name === 'ended' ? { ...call, touched: true } : call;
    case 'plateClosed':
      return call.name === 'ended' ? { name: 'none' } : call;
    case 'mediaFailed':
      return isFree(call) ? call : { ...call, problem: event.code };
    case 'problemRead':
      return isFree(call) ? call : { ...call, problem: undefined };
    case 'muteChanged':
      return call.name === 'talking' || call.name === 'calling' ? { ...call, muted: event.muted } : call;
    case 'cameraChanged':
    case 'localPictureSeen':
    case 'microphoneSeen':
    case 'remoteVideoChanged':
    case 'loudspeakerChanged':
    case 'toneSent':
      return call.name === 'talking' ? nextTalking(call, event) : call;
  }
}

/** No call, or only the plate of the last one: the next may come. */
export function isFree(call: Call): call is { name: 'none' } | Ended {
  return call.name === 'none' || call.name === 'ended';
}

/** What is wrong and can be forgotten once it was read: the call is as good as before. A lost microphone is not. */
export function passingProblem(call: Call): Code | undefined {
  if (call.name !== 'calling' && call.name !== 'talking') return undefined;
  return isMicrophoneFault(call.problem) ? undefined : call.problem;
}

/** A picture of either side: the call takes the video stage. */
export function hasPicture(call: Call): call is Talking {
  return call.name === 'talking' && (call.remoteVideo || call.camera !== 'none');
}

function nextTalking(call: Talking, event: TalkingEvent): Talking {
  switch (event.type) {
    case 'cameraChanged':
      return { ...call, camera: event.camera, problem: undefined };
    case 'localPictureSeen':
      // A camera that was put off may have left the stream: it is still the one to put on again.
      if (call.camera === 'off') return call;
      return event.has ? { ...call, camera: 'on', problem: undefined } : { ...call, camera: 'none' };
    case 'microphoneSeen':
      return isMicrophoneFault(call.problem) ? { ...call, problem: undefined } : call;
    case 'remoteVideoChanged':
      return { ...call, remoteVideo: event.remoteVideo };
    case 'loudspeakerChanged':
      return { ...call, loudspeaker: event.loudspeaker };
    case 'toneSent':
      return { ...call, tones: call.tones + event.tone };
  }
}

function arrived(event: Extract<CallEvent, { type: 'callArrived' }>): Ringing {
  return {
    name: 'ringing',
    callId: event.call.callId,
    peer: peerOf(event.call),
    kind: event.answersItself ? 'auto' : callKind(event.call.notifyType),
    video: event.call.video,
    since: event.at,
    answering: event.answersItself,
    ending: false,
    problem: undefined,
  };
}

function placed(event: Extract<CallEvent, { type: 'callPlaced' }>): Calling {
  return {
    name: 'calling',
    peer: { number: event.number, name: event.name },
    video: event.video,
    since: event.at,
    peerRings: false,
    muted: false,
    ending: false,
    problem: undefined,
  };
}

function talking(call: Ringing | Calling, at: number): Talking {
  return {
    name: 'talking',
    peer: call.peer,
    kind: call.name === 'ringing' ? call.kind : 'user',
    direction: call.name === 'ringing' ? 'in' : 'out',
    since: call.since,
    answeredAt: at,
    muted: call.name === 'calling' && call.muted,
    camera: 'none',
    remoteVideo: false,
    loudspeaker: false,
    tones: '',
    ending: false,
    problem: call.problem,
  };
}

/** The end of a call that was in front before: the one that rings now goes on. */
function isOther(call: Ringing | Calling | Talking, { callId }: CallEnd): boolean {
  return call.name === 'ringing' && callId !== undefined && callId !== call.callId;
}

function isMicrophoneFault(problem: Code | undefined): boolean {
  return problem === 'no-microphone' || problem === 'microphone-refused' || problem === 'device-busy';
}

function ended(call: Ringing | Calling | Talking, event: CallEnd): Ended {
  return { name: 'ended', record: recordOf(call, event), touched: false };
}

function recordOf(call: Ringing | Calling | Talking, event: CallEnd): CallRecord {
  return {
    peer: call.peer,
    kind: call.name === 'calling' ? 'user' : call.kind,
    direction: call.name === 'talking' ? call.direction : call.name === 'ringing' ? 'in' : 'out',
    video: call.name === 'talking' ? hasPicture(call) : call.video,
    startedAt: call.since,
    endedAt: event.at,
    answeredAt: call.name === 'talking' ? call.answeredAt : undefined,
    endedBy: event.by,
    code: event.code,
    reason: event.reason,
  };
}
