/* What the server does for a call and for the account besides calls: docs/protocol.md tells each request and event. */

/** All reject with a HandsetError: `wrong-state` where there is no running call, else what the server or the peer said. */
export interface Services {
  /**
   * Holds the peer; `direction` is what goes on meanwhile, seen from here. The PBX plays its music.
   * Settles when it is so; a peer that refuses leaves the call as it was. Then `held` comes.
   */
  hold(direction?: 'sendonly' | 'recvonly' | 'inactive'): Promise<void>;
  resume(): Promise<void>;
  /**
   * The peer is asked to call `to`, a number or address (RFC 3515); or to take our place in another call of the account (RFC 3891), which is named
   * by its `callId`. Settles when it has been asked; `notify` of `refer` tells how far it has come, and `hangup` follows where it has worked.
   */
  transfer(to: string | { replace: string }): Promise<void>;
  /** What `transferRequest` asked for will not be done. `code` is a SIP status, default 603. */
  declineTransfer(referId: number, code?: number): Promise<void>;
  /** Settles with the names of the files. Rejects with 451 where the server records nothing. */
  startRecording(recording?: Recording): Promise<readonly string[]>;
  stopRecording(): Promise<void>;
  /** A whole picture, now. Rejects with 451 where the call has no pictures or the media engine cannot. */
  requestKeyframe(of: 'handset' | 'peer'): Promise<void>;
  /** A digit as INFO, for peers without RFC 4733 (`dtmf`). */
  dtmfInfo(digit: string, durationMs?: number): Promise<void>;
  sendInfo(type: string, content: string): Promise<void>;
  /** MESSAGE to the peer of the call. Settles when it has gone out; `messageDelivery` follows, `messageId` is the call's id. */
  sendCallMessage(content: string, contentType?: string): Promise<void>;
  /** MESSAGE to a number or address (RFC 3428), without a call. Settles when it has gone out; `messageDelivery` follows. */
  sendMessage(to: string, content: string, contentType?: string): Promise<{ messageId: string }>;
  /**
   * `message-summary` (messages that wait), `dialog` (who is in a call), `presence` or another event (RFC 6665), of one's own number or that of `to`.
   * Settles when it was taken; `notify` follows. The server keeps it alive.
   */
  subscribe(event: string, to?: string): Promise<void>;
  unsubscribe(event: string, to?: string): Promise<void>;
}

/** What is recorded; default: the sound of both sides. */
export interface Recording {
  audio?: boolean;
  peerAudio?: boolean;
  video?: boolean;
  peerVideo?: boolean;
  /** Without a folder. */
  filename?: string;
}

export interface ServiceEvents {
  /** The peer is held by us, or no more. */
  held: { callId: string; isHeld: boolean };
  /** With `callId` from the peer of that call, without it to the account. */
  message: {
    callId?: string;
    sender: string;
    displayName?: string;
    contentType: string;
    content: string;
  };
  /** What became of a message: the SIP status of the final response. */
  messageDelivery: { messageId: string; code: number; reason: string };
  info: { callId: string; sender: string; type: string; content: string };
  /**
   * The peer asks us to call `to`. Another handle of the account follows it by a `call` with `refer_id`; unanswered it is refused after half
   * a minute.
   */
  transferRequest: { callId: string; referId: number; to: string; referredBy?: string; replaces?: string };
  /** Somebody else is at the other end of the call now: the peer has been transferred (RFC 3891). `peer` is a SIP URI. */
  peerChanged: { callId: string; peer: string; displayName?: string; referredBy?: string };
  /** What a subscription brings; `substate` is `active`, `pending` or `terminated`. */
  notify: { callId?: string; event: string; substate: string; contentType: string; content: string };
  /** Refused, or not in force for a while. */
  subscriptionFailed: { callId?: string; code: number; reason: string };
  /** A call that could not ring here. */
  missedCall: { caller: string; displayName?: string; reason?: string };
}
