import type { HandsetErrorCode } from '@soft-handset/handset';
import { isAnsweredElsewhere, isMissed } from './call-record.ts';
import type { CallRecord, Code } from './call-record.ts';

/** What the plate of an ended call says, and the one thing it offers. */
export interface Ending {
  /** A key of the message table: what is the case. */
  why: EndingWords;
  tone: 'over' | 'bad';
  action: 'call-again' | 'edit' | 'audio-only';
  /** The plate waits to be read instead of closing by itself. */
  stays: boolean;
}

export type EndingWords =
  | 'over'
  | 'cancelled'
  | 'declinedByUs'
  | 'missed'
  | 'elsewhere'
  | 'cutOff'
  | 'noSuchNumber'
  | 'nobodyAnswered'
  | 'busy'
  | 'declined'
  | 'notAllowed'
  | 'unsupported'
  | 'microphone'
  | 'noMicrophone'
  | 'camera'
  | 'deviceBusy'
  | 'notSignedIn'
  | 'lineDown';

/** How a call ended, in words a person can use (docs: look.md, Words). */
export function endingOf(record: CallRecord): Ending {
  const again = { action: 'call-again', stays: false, tone: 'over' } as const;
  if (record.answeredAt !== undefined)
    return isFailure(record)
      ? { ...again, why: 'cutOff', tone: 'bad', stays: true }
      : { ...again, why: 'over' };
  if (isAnsweredElsewhere(record)) return { ...again, why: 'elsewhere' };
  if (isMissed(record)) return { ...again, why: 'missed', stays: true };
  if (record.direction === 'in') return { ...again, why: 'declinedByUs' };
  if (record.endedBy === 'us' && !isFailure(record)) return { ...again, why: 'cancelled' };
  const why = refusalWords(record.code);
  return { why, tone: 'bad', stays: true, action: actionFor(why, record.video) };
}

function actionFor(why: EndingWords, video: boolean): Ending['action'] {
  if (why === 'noSuchNumber' || why === 'notAllowed') return 'edit';
  return video && (why === 'unsupported' || why === 'camera') ? 'audio-only' : 'call-again';
}

/** Our own hang-up and the peer's carry no code, 200 or, before the answer, 487. */
function isFailure({ code }: CallRecord): boolean {
  return typeof code === 'string' || (code >= 400 && code !== 487);
}

/** Why a call did not come about. */
export function refusalWords(code: Code): EndingWords {
  return typeof code === 'string' ? faultWords(code) : statusWords(code);
}

/** RFC 3261 §21, and the codes of our own server. */
function statusWords(status: number): EndingWords {
  switch (status) {
    case 404:
    case 410:
    case 484:
    case 604:
      return 'noSuchNumber';
    case 408:
    case 480:
      return 'nobodyAnswered';
    case 486:
    case 600:
      return 'busy';
    case 487:
      return 'cancelled';
    case 603:
      return 'declined';
    case 401:
    case 403:
    case 407:
    case 1004:
      return 'notAllowed';
    case 415:
    case 488:
    case 606:
      return 'unsupported';
    default:
      return 'lineDown';
  }
}

function faultWords(fault: HandsetErrorCode): EndingWords {
  switch (fault) {
    case 'microphone-refused':
    case 'not-secure':
      return 'microphone';
    case 'no-microphone':
      return 'noMicrophone';
    case 'camera-refused':
    case 'no-camera':
      return 'camera';
    case 'device-busy':
      return 'deviceBusy';
    case 'not-registered':
      return 'notSignedIn';
    case 'signalling-lost':
    case 'not-connected':
    case 'wrong-state':
    case 'screen-refused':
    case 'media-failed':
    case 'sound-blocked':
    case 'timeout':
    case 'closed':
      return 'lineDown';
  }
}
