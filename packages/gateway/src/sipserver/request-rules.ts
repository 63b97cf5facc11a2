import { requestJsep, sipserverErrors } from '@soft-handset/protocol';
import type { Jsep, SipserverRequest, Srtp, SrtpProfile } from '@soft-handset/protocol';
import type { CallRequest, SrtpWish } from '../call/call-event.ts';
import type { MediaRequest } from '../call/media-request.ts';
import { forbiddenContactParam, forbiddenHeader } from './handset-headers.ts';
import type { NoteRequest, SubscribeRequest, UnsubscribeRequest } from './notes.ts';

export type DialRequest = Extract<SipserverRequest, { request: 'new_call' | 'call' }>;
export type TransferRequest = Extract<SipserverRequest, { request: 'transfer' }>;
/** What is asked of the media of a call. */
export type CallMediaRequest = Extract<SipserverRequest, { request: 'recording' | 'keyframe' }>;
export type InCallRequest = Exclude<
  SipserverRequest,
  | DialRequest
  | CallMediaRequest
  | TransferRequest
  | NoteRequest
  | SubscribeRequest
  | UnsubscribeRequest
  | { request: 'register' | 'unregister' | 'second_handset' | 'extensions' }
>;

export interface RequestRefusal {
  readonly code: number;
  readonly text: string;
}

/** A JSEP that is missing, or comes where none belongs. */
export function jsepRefusal(
  { request }: SipserverRequest,
  jsep: Jsep | undefined,
): RequestRefusal | undefined {
  const wanted = requestJsep[request];
  if (wanted === 'none')
    return jsep && { code: sipserverErrors.invalidElement, text: `No JSEP belongs to ${request}` };
  if (!jsep) return { code: sipserverErrors.missingSdp, text: `${request} needs a JSEP` };
  if (wanted === 'either' || wanted === jsep.type) return undefined;
  return { code: sipserverErrors.invalidElement, text: `${request} needs a JSEP ${wanted}` };
}

/** A header or Contact parameter that a handset must not set. */
export function headerRefusal(request: SipserverRequest): RequestRefusal | undefined {
  const header = 'headers' in request ? forbiddenHeader(request.headers) : undefined;
  if (header !== undefined)
    return { code: sipserverErrors.invalidElement, text: `The header ${header} is not a handset's to set` };
  const param = request.request === 'register' ? forbiddenContactParam(request.contact_params) : undefined;
  if (param === undefined) return undefined;
  return { code: sipserverErrors.invalidElement, text: `The Contact parameter ${param} cannot be set so` };
}

/** RFC 3261 §25.1 `callid`, without the characters that only invite trouble. */
export function isCallId(text: string): boolean {
  return /^[\w.!%*+`'~-]+(@[\w.!%*+`'~-]+)?$/.test(text);
}

/** What a request says to the media of its call. */
export function mediaRequest(request: CallMediaRequest): MediaRequest {
  if (request.request === 'keyframe')
    return { do: 'keyframe', of: { handset: request.user ?? false, peer: request.peer ?? false } };
  const { action, audio, video, peer_audio: peerAudio, peer_video: peerVideo, filename } = request;
  const parts = {
    ...(audio !== undefined && { audio }),
    ...(video !== undefined && { video }),
    ...(peerAudio !== undefined && { peerAudio }),
    ...(peerVideo !== undefined && { peerVideo }),
  };
  if (action === 'stop') return { do: 'stopRecording', parts };
  return { do: 'record', wish: { ...parts, ...(filename !== undefined && { filename }) } };
}

/** What a request wants of SRTP towards the peer. */
export function srtpOf({ srtp, srtp_profile: srtpProfile }: SrtpWords): { srtp?: SrtpWish } {
  if (srtp === undefined) return {};
  return {
    srtp: {
      srtp: srtp === 'sdes_mandatory' ? 'mandatory' : 'optional',
      ...(srtpProfile && { srtpProfile }),
    },
  };
}

/** A profile for SRTP that was not asked for. */
export function srtpRefusal(request: SipserverRequest): RequestRefusal | undefined {
  if (!('srtp_profile' in request) || request.srtp_profile === undefined || request.srtp) return undefined;
  return { code: sipserverErrors.missingElement, text: 'srtp_profile needs srtp' };
}

interface SrtpWords {
  readonly srtp?: Srtp | undefined;
  readonly srtp_profile?: SrtpProfile | undefined;
}

interface CallRequestFacts {
  readonly transaction: string;
  readonly jsep: Jsep | undefined;
  /** `autoaccept_reinvites` where the request does not say. */
  readonly autoAccepts: boolean;
}

/** What a request says to its call. Undefined only where `jsepRefusal` has spoken before. */
export function callRequest(
  request: InCallRequest,
  { transaction, jsep, autoAccepts }: CallRequestFacts,
): CallRequest | undefined {
  const headers =
    'headers' in request && request.headers ? { headers: Object.entries(request.headers) } : undefined;
  switch (request.request) {
    case 'new_accept':
      return jsep && { type: 'newAccept', transaction, jsep, ...srtpOf(request) };
    case 'accept':
      return (
        jsep && {
          type: 'accept',
          transaction,
          jsep,
          ...headers,
          ...srtpOf(request),
          autoAccept: request.autoaccept_reinvites ?? autoAccepts,
        }
      );
    case 'update':
      return jsep && { type: 'update', transaction, jsep, ...headers };
    case 'decline':
      return { type: 'decline', transaction, status: request.code ?? 486, ...headers };
    case 'hangup':
      return { type: 'hangup', transaction, ...headers };
    case 'hold':
      return { type: 'hold', transaction, direction: request.direction ?? 'sendonly' };
    case 'unhold':
      return { type: 'unhold', transaction };
  }
}
