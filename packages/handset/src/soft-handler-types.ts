/*
 * The classic facade as data: names, defaults, event strings and payloads are a contract with pages that exist.
 */

import type { DeviceControl } from './device-types.ts';
import type { JanusPluginHandle } from './janus-api.ts';
import type { ServiceEvents, Services } from './service-types.ts';

export type { DeviceControl, JanusPluginHandle };

export interface SoftHandlerOptions {
  configs: {
    /** `wss://host:port/janus`, or `https://` for long-poll; several are tried in turn. */
    janusUrl: string | string[];
    /** Default true. */
    autoRegister?: boolean;
    /** URL of a ring tone; without one the built-in tone rings. `false`: silent. */
    ringFile?: string | false;
    videoEnable?: boolean | 'true' | 'false';
    /** Elements to put the video elements in. */
    localVideo?: HTMLElement | null;
    remoteVideo?: HTMLElement | null;
    debugJanus?: boolean;
    /** Language of messages, default: the browser's. */
    language?: 'zh-CN' | 'en';
    iceServers?: RTCIceServer[];
  };
  registerInfo: RegisterInfo;
}

export interface RegisterInfo {
  username: string;
  /** Default: username. */
  displayName?: string;
  /** Default 127.0.0.1. Empty: the server uses the account's own SIP server. */
  sipServerIp?: string;
  /** Default 5060. */
  sipServerPort?: number | string;
  /** The account's page secret; never a SIP password unless the server allows own credentials. */
  secret?: string;
  /** Janus API token, where the server asks for one; or, instead of a secret, the token of a one-time link or of the login it made. */
  token?: string;
}

/** A number at the exchange. */
export interface Extension {
  number: string;
  displayName?: string;
  /** `ringing`: is being called; `busy`: is in a call. */
  state: 'offline' | 'online' | 'ringing' | 'busy';
}

/** The exchange beside the server: what one can try there. */
export interface ExchangeOffer {
  /** The number of the echo. */
  echo: string;
  /** Where a SIP phone registers: `192.0.2.10:5060`. */
  address: string;
  /** Whether `secondHandset()` is granted. */
  secondHandset: boolean;
}

/** What is sent and received. `audio`/`video` set both directions. Default: audio both ways, no video. */
export interface MediaConfig {
  audio?: boolean;
  video?: boolean;
  audioSend?: boolean;
  audioRecv?: boolean;
  videoSend?: boolean;
  videoRecv?: boolean;
  /** In a call: take the microphone or camera anew (another device). */
  replaceAudio?: boolean;
  replaceVideo?: boolean;
}

/** Event names. The odd strings are part of the contract. */
export const SoftHandlerEvent = {
  AUTO_REG: 'register/autoRegister',
  REG_RESULT: 'registerResult',
  UNREG_RESULT: 'unregisterResult',
  ERROR: 'error',
  IN_CALL: 'incomingcall',
  IN_CALL_ANSWER: 'incomingcall/autoAnswer',
  RINGING: 'ringing',
  ACCEPTED: 'accepted',
  HANGUP: 'hangup',
  HANGUP_RESULT: 'hangupResult',
  CALL_RESULT: 'callingResult',
  ANSWER_RESULT: 'answerResult',
  /** Ours: the rest. */
  CONNECTION: 'connection',
  LOCAL_STREAM: 'localstream',
  REMOTE_STREAM: 'remotestream',
  MEDIA_STATE: 'mediaState',
  DEVICES: 'devices',
  HELD: 'held',
  MESSAGE: 'message',
  MESSAGE_DELIVERY: 'messageDelivery',
  INFO: 'info',
  NOTIFY: 'notify',
  TRANSFER_REQUEST: 'transferRequest',
  PEER_CHANGED: 'peerChanged',
  SUBSCRIPTION_FAILED: 'subscriptionFailed',
  MISSED_CALL: 'missedCall',
} as const;

/** Who has passed a call on. */
export interface Diverter {
  telNumber: string;
  displayName: string;
  /** `unconditional`, `user-busy`, `no-answer` ..., or a SIP status. */
  reason?: string;
}

export interface IncomingCall {
  callId: string;
  telNumber: string;
  displayName: string;
  audio: boolean;
  video: boolean;
  /** `user_call_user`, `call_dispatch`, `call_dispatch_out`, `other_call_handle`, `self_call_handle`. */
  notifyType: string;
  /** Whose call it was before, the last one first. */
  divertedBy?: Diverter[];
}

/** `code` is a number of `HandsetErrorCode`, a SIP status, or a registration code; `message` is in the chosen language. */
export interface HandsetFault {
  code: HandsetErrorCode | number;
  message: string;
}

/** Faults of the browser side; the server's are numbers. */
export type HandsetErrorCode =
  | 'not-secure'
  | 'microphone-refused'
  | 'camera-refused'
  | 'no-microphone'
  | 'no-camera'
  | 'device-busy'
  /** The user has chosen no screen to show, or may not. */
  | 'screen-refused'
  /** The browser plays nothing before the first touch; sound starts with it. */
  | 'sound-blocked'
  | 'signalling-lost'
  | 'not-connected'
  | 'not-registered'
  | 'wrong-state'
  | 'media-failed'
  | 'timeout'
  | 'closed';

export interface SoftHandlerEvents extends ServiceEvents {
  'register/autoRegister': { telNumber: string };
  registerResult: {
    event: 'succ' | 'fail';
    code?: number;
    reason?: string;
    telNumber?: string;
    /** Ours: after a one-time link, what logs in from now on, as `registerInfo.token`. */
    token?: string;
    /** Ours. */
    exchange?: ExchangeOffer;
  };
  unregisterResult: { event: 'succ' | 'fail'; code?: number; reason?: string };
  /** What goes wrong by itself. What was asked for and fails rejects its promise instead. */
  error: HandsetFault;
  incomingcall: IncomingCall;
  'incomingcall/autoAnswer': IncomingCall;
  ringing: { callId: string };
  accepted: { callId: string; telNumber: string };
  hangup: { callId: string; code: number; reason: string };
  hangupResult: { callId: string };
  callingResult: { callId: string };
  answerResult: { callId: string };
  /** `up`: connected; `lost`: the socket is gone, being restored; `closed`: for good. */
  connection: { state: 'connecting' | 'up' | 'lost' | 'closed' };
  /** Null when there is none any more. */
  localstream: { stream: MediaStream | null };
  remotestream: { stream: MediaStream | null };
  /** `webrtcUp`: ICE and DTLS are up; receiving: what arrives now, as the server sees it. */
  mediaState: { callId: string; webrtcUp: boolean; receivingAudio: boolean; receivingVideo: boolean };
  /** A device came or went. */
  devices: { devices: MediaDeviceInfo[] };
}

export type SoftHandlerEventName = keyof SoftHandlerEvents;

export interface SoftHandler {
  readonly version: string;
  /** The spelling is the contract's; `registered` is the same. */
  readonly registed: boolean;
  readonly registered: boolean;
  readonly username: string;
  /** In a call that is answered, or on the way to it. */
  readonly talking: boolean;
  readonly callId: string | undefined;
  readonly connection: SoftHandlerEvents['connection']['state'];
  readonly localStream: MediaStream | null;
  readonly remoteStream: MediaStream | null;
  /** Mute the far end's sound here. */
  audioOutputMuted: boolean;
  /** Mute our microphone. */
  audioInputMuted: boolean;
  readonly deviceControl: DeviceControl;
  /** Ours: hold, transfer, recording, messages, subscriptions. */
  readonly services: Services;
  /** Ours: janus.js's handle of the plugin, for requests that the facade has no word for; undefined while there is no connection. */
  readonly sipcall: JanusPluginHandle | undefined;
  /** Settles when the server has confirmed or refused (rejects with a HandsetError). */
  register(info: string | RegisterInfo): Promise<void>;
  unregister(): Promise<void>;
  /** Ours: an account that nobody uses, and the token that logs another handset in to it, once. See `ExchangeOffer`. */
  secondHandset(): Promise<{ account: string; token: string }>;
  /** Ours: the numbers at the exchange, and what they do now. Rejects where the SIP server has no such list. */
  extensions(): Promise<Extension[]>;
  /** Classic call: our offer goes in the INVITE. Settles at `calling`. */
  call(called: string, media?: MediaConfig): Promise<{ callId: string }>;
  /** Return call (返呼): the server brings the offer. The microphone is taken first. Settles at `calling`. */
  newcall(called: string, media?: MediaConfig): Promise<{ callId: string }>;
  /** Answers the ringing call; in a call: changes its media (`replaceAudio`, video on or off). */
  answer(media?: MediaConfig): Promise<void>;
  hangup(): Promise<void>;
  /** RFC 4733 tones: `0-9*#A-D`. */
  dtmf(digits: string): Promise<void>;
  on<N extends SoftHandlerEventName>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void;
  off<N extends SoftHandlerEventName>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void;
  setVideoContainer(containers: { localVideo?: HTMLElement | null; remoteVideo?: HTMLElement | null }): void;
  listDevices(): Promise<MediaDeviceInfo[]>;
  /** getStats of the running call, for meters and diagnosis; undefined outside a call. */
  stats(): Promise<RTCStatsReport | undefined>;
  /** Ends the call, the registration and the connection; stops every track, timer and listener. May be called twice. */
  destroy(): Promise<void>;
}
