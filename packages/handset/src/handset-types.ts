import type { Call, CallOptions } from './call-types.ts';
import type { Conference } from './conference-types.ts';
import type { HandsetDevices } from './device-types.ts';
import type { ExchangeOffer, Extension, HandsetErrorCode } from './soft-handler-types.ts';
import type { ExtensionState } from './watch-types.ts';

export interface HandsetOptions {
  /** `wss://host:port/janus`, or `https://` for long-poll; several are tried in turn. */
  readonly server: string | readonly string[];
  readonly account: Account;
  /** Registers by itself. Default true. */
  readonly autoRegister?: boolean;
  /** Further calls ring while one runs. Off, they are refused as busy. Default true. */
  readonly callWaiting?: boolean;
  /** At the same time, those that ring too. Default 8. */
  readonly maxCalls?: number;
  /** A running call is held when another is answered, placed or resumed. Default true. */
  readonly autoHold?: boolean;
  /** Calls have pictures where nothing else is said. Default false. */
  readonly video?: boolean;
  /** URL of a ring tone; without one the built-in tone rings. `false`: silent. */
  readonly ringFile?: string | false;
  /** The peer's sound is played by an element of ours. Off, the page plays `remoteStream`. Default true. */
  readonly playsSound?: boolean;
  /** Of messages; default: the browser's. */
  readonly language?: 'zh-CN' | 'en';
  readonly iceServers?: readonly RTCIceServer[];
  /** janus.js writes to the console. */
  readonly debug?: boolean;
}

export interface Account {
  readonly username: string;
  /** Default: username. */
  readonly displayName?: string;
  /** `sip:host:port` of the SIP server; without it the account's own. */
  readonly proxy?: string;
  /** The account's page secret; never a SIP password unless the server allows own credentials. */
  readonly secret?: string;
  /** Janus API token, where the server asks for one; or the token of a one-time link or of the login it made. */
  readonly token?: string;
}

export type RegistrationState = 'unregistered' | 'registering' | 'registered' | 'failed';

/** A SIP server's count of messages (RFC 3842). */
export interface MessagesWaiting {
  readonly isWaiting: boolean;
  /** Of voice mail. */
  readonly fresh: number;
  readonly old: number;
  readonly account?: string;
}

export interface HandsetEvents {
  /** `up`: connected; `lost`: the socket is gone, being restored; `closed`: for good. */
  connection: { readonly state: 'connecting' | 'up' | 'lost' | 'closed' };
  registration: {
    readonly state: RegistrationState;
    /** Of a `registering` one: nobody has asked for it. */
    readonly byItself?: boolean;
    /** Of a `failed` one: a registration code or SIP status. */
    readonly code?: number;
    readonly reason?: string;
    /** After a one-time link, what logs in from now on, as `account.token`. */
    readonly token?: string;
    readonly exchange?: ExchangeOffer;
  };
  /** A call comes in; `answersItself`: it is being answered already. */
  incoming: { readonly call: Call; readonly answersItself: boolean };
  /** A call has begun, changed its state, or is over: all that are not over, the oldest first. */
  calls: { readonly calls: readonly Call[]; readonly changed: Call };
  conference: { readonly conference: Conference | undefined };
  missedCall: { readonly caller: string; readonly displayName?: string; readonly reason?: string };
  /** A MESSAGE without a call. */
  message: {
    readonly sender: string;
    readonly displayName?: string;
    readonly contentType: string;
    readonly content: string;
  };
  /** What became of a message of ours: the SIP status of the final response. */
  messageDelivery: { readonly messageId: string; readonly code: number; readonly reason: string };
  messagesWaiting: MessagesWaiting;
  /** A watched extension does something else. */
  extension: { readonly number: string; readonly state: ExtensionState };
  notify: {
    readonly event: string;
    readonly substate: string;
    readonly contentType: string;
    readonly content: string;
  };
  subscriptionFailed: { readonly code: number; readonly reason: string };
  /** A device came or went. */
  devices: { readonly devices: readonly MediaDeviceInfo[] };
  /** What goes wrong by itself. What was asked for and fails rejects its promise instead. */
  error: { readonly code: HandsetErrorCode | number; readonly message: string };
}

/**
 * A telephone with many calls. Everything rejects with a HandsetError; everything that a page shows comes as an event.
 */
export interface Handset {
  readonly version: string;
  readonly connection: HandsetEvents['connection']['state'];
  readonly registration: RegistrationState;
  readonly username: string;
  /** Those that are not over, the oldest first. */
  readonly calls: readonly Call[];
  readonly conferenceNow: Conference | undefined;
  readonly devices: HandsetDevices;
  /** Settles when the server has confirmed; without an account the one before. */
  register(account?: Account): Promise<void>;
  /** Its calls end. */
  unregister(): Promise<void>;
  /** A number or address. Another call that runs is held first. Settles when the server calls. */
  call(number: string, options?: CallOptions): Promise<Call>;
  /** Holds the one that runs, resumes the other. */
  swap(a: Call, b: Call): Promise<void>;
  /** Mixes the calls here: each peer hears us and the others. They must be up. */
  conference(calls: readonly Call[]): Promise<Conference>;
  /** Follows what extensions do (`extension` comes for each); once more for a new list. An empty list ends it. */
  watch(extensions: readonly string[]): Promise<void>;
  /** Follows what waits in the mail box (`messagesWaiting`). */
  watchMessages(): Promise<void>;
  /** MESSAGE (RFC 3428). Settles when it has gone out; `messageDelivery` follows. */
  sendMessage(to: string, content: string, contentType?: string): Promise<{ messageId: string }>;
  /** The numbers at the exchange. Rejects where the SIP server has no such list. */
  extensions(): Promise<Extension[]>;
  /** An account that nobody uses, and the token that logs another handset in to it, once. */
  secondHandset(): Promise<{ account: string; token: string }>;
  /** Ends calls, registration and connection; stops every track, timer and listener. May be called twice. */
  destroy(): Promise<void>;
  /** The returned function takes the listener off again. */
  on<N extends keyof HandsetEvents>(event: N, listener: (payload: HandsetEvents[N]) => void): () => void;
  off<N extends keyof HandsetEvents>(event: N, listener: (payload: HandsetEvents[N]) => void): void;
}
