import * as v from 'valibot';
import { Srtp } from './sipserver-requests.ts';

/*
 * What janus.plugin.sipserver tells a handset: `plugindata.data`. docs/protocol.md has the orders.
 */

/** Those of the peer's message that `incoming_header_prefixes` has asked for. */
const headers = v.optional(v.record(v.string(), v.string()));

/** Why the call comes, for dispatch consoles. `self_call_handle`: the handset answers by itself. */
export const CallType = v.picklist([
  'user_call_user',
  'call_dispatch',
  'call_dispatch_out',
  'other_call_handle',
  'self_call_handle',
]);
export type CallType = v.InferOutput<typeof CallType>;

/** The exchange beside the server: what somebody who tries it out wants to know. */
export const ExchangeOffer = v.object({
  /** The number of the echo. */
  echo: v.string(),
  /** Where a SIP phone registers: `192.0.2.10:5060`. */
  address: v.string(),
  /** Whether `second_handset` is granted. */
  second_handset: v.boolean(),
});

export type ExchangeOffer = v.InferOutput<typeof ExchangeOffer>;

/** A number at the exchange. */
export const Extension = v.object({
  number: v.pipe(v.string(), v.nonEmpty()),
  display_name: v.optional(v.string()),
  /** `ringing`: is being called; `busy`: is in a call. */
  state: v.picklist(['offline', 'online', 'ringing', 'busy']),
});

export type Extension = v.InferOutput<typeof Extension>;

/** What the exchange answers to OPTIONS of its user `extensions`. */
export const ExtensionList = v.object({ extensions: v.array(Extension) });

/** Who has passed a call on. */
export const Diverter = v.object({
  /** The SIP URI. */
  username: v.string(),
  displayname: v.optional(v.string()),
  /** `unconditional`, `user-busy`, `no-answer` ... (RFC 5806 §4), or a SIP status. */
  reason: v.optional(v.string()),
});

export type Diverter = v.InferOutput<typeof Diverter>;

export const SipserverResult = v.variant('event', [
  v.object({
    event: v.literal('registering'),
    /** A one-time link was taken: with this the login goes on, instead of a secret. */
    token: v.optional(v.string()),
  }),
  v.object({
    event: v.literal('registered'),
    username: v.string(),
    register_sent: v.boolean(),
    /** By it helpers name their master; a helper hears that of its own. */
    master_id: v.optional(v.number()),
    helper: v.optional(v.literal(true)),
    display_name: v.optional(v.string()),
    exchange: v.optional(ExchangeOffer),
  }),
  v.object({ event: v.literal('registration_failed'), code: v.number(), reason: v.string() }),
  v.object({ event: v.literal('unregistering') }),
  v.object({
    event: v.literal('unregistered'),
    username: v.optional(v.string()),
    /** A REGISTER of ours stood, and nobody else needs it. */
    register_sent: v.optional(v.boolean()),
  }),
  v.object({
    event: v.literal('second_handset'),
    /** The account. */
    username: v.string(),
    /** For the `register` of the other handset, once. */
    token: v.string(),
    expires_in: v.number(),
  }),
  v.object({ event: v.literal('extensions'), extensions: v.array(Extension) }),
  v.object({
    event: v.literal('incomingcall'),
    /** The caller's SIP URI. */
    username: v.string(),
    displayname: v.optional(v.string()),
    /** The number that was called. */
    callee: v.optional(v.string()),
    audio: v.boolean(),
    video: v.boolean(),
    /** Unknown types of a newer server are kept. */
    type: v.string(),
    /** What the offer has; nothing where it is plain RTP. */
    srtp: v.optional(Srtp),
    /** Whose call it was before, the last one first. */
    diverted_by: v.optional(v.array(Diverter)),
    /** Who has transferred the caller to us, as the caller says (RFC 3892). */
    referred_by: v.optional(v.string()),
    /** The `call_id` of the call that ends when this one is accepted (RFC 3891). */
    replaces: v.optional(v.string()),
    headers,
  }),
  v.object({ event: v.literal('calling') }),
  v.object({ event: v.literal('ringing'), code: v.optional(v.number()), headers }),
  v.object({ event: v.literal('progress'), username: v.optional(v.string()), headers }),
  v.object({ event: v.literal('new_accepted'), username: v.optional(v.string()), headers }),
  v.object({ event: v.literal('accepted'), username: v.optional(v.string()), headers }),
  /** `janus.plugin.sip` only. */
  v.object({ event: v.literal('accepting') }),
  v.object({ event: v.literal('accept_reply'), username: v.optional(v.string()), headers }),
  v.object({
    event: v.literal('declining'),
    code: v.optional(v.number()),
    /** It is a `transfer` that is declined. */
    refer_id: v.optional(v.number()),
  }),
  v.object({ event: v.literal('hangingup') }),
  /** The seed's other spelling: a client takes both, the server sends `hangingup`. */
  v.object({ event: v.literal('haningup') }),
  v.object({
    event: v.literal('hangup'),
    /** SIP status. */
    code: v.number(),
    reason: v.string(),
    /** The Reason header (RFC 3326); `janus.plugin.sip`: its text, with its protocol and cause beside it. */
    reason_header: v.optional(v.string()),
    reason_header_protocol: v.optional(v.string()),
    reason_header_cause: v.optional(v.string()),
    headers,
  }),
  v.object({
    event: v.literal('missed_call'),
    caller: v.string(),
    displayname: v.optional(v.string()),
    /** The number that was called. */
    callee: v.optional(v.string()),
    reason: v.optional(v.string()),
  }),
  v.object({
    event: v.literal('updatingcall'),
    /** The SIP URI of the peer, where it is another one than at first (RFC 3891). */
    username: v.optional(v.string()),
    displayname: v.optional(v.string()),
    referred_by: v.optional(v.string()),
  }),
  v.object({ event: v.literal('updating') }),
  v.object({ event: v.literal('updated') }),
  v.object({ event: v.literal('holding') }),
  v.object({ event: v.literal('resuming') }),
  /** The peer is asked to call somebody else; `notify` of `refer` tells how far it has come. */
  v.object({ event: v.literal('transferring') }),
  /** The peer asks us to call somebody else: `call` or `decline` with that `refer_id`. */
  v.object({
    event: v.literal('transfer'),
    refer_id: v.number(),
    /** A SIP URI. */
    refer_to: v.string(),
    referred_by: v.optional(v.string()),
    /** The Call-ID of the call there that ours is to take the place of. */
    replaces: v.optional(v.string()),
    headers,
  }),
  v.object({
    event: v.literal('recordingupdated'),
    /** What a start has made, without the folder. */
    files: v.optional(v.array(v.string())),
  }),
  v.object({ event: v.literal('keyframesent') }),
  v.object({ event: v.literal('dtmfsent') }),
  v.object({ event: v.literal('infosent') }),
  v.object({ event: v.literal('messagesent') }),
  /** What became of a message; `code` is a SIP status. */
  v.object({ event: v.literal('messagedelivery'), code: v.number(), reason: v.string() }),
  v.object({
    event: v.literal('info'),
    /** The other side's SIP URI. */
    sender: v.string(),
    type: v.string(),
    content: v.string(),
    headers,
  }),
  v.object({
    event: v.literal('message'),
    sender: v.string(),
    displayname: v.optional(v.string()),
    content_type: v.string(),
    content: v.string(),
    headers,
  }),
  v.object({ event: v.literal('subscribing') }),
  v.object({ event: v.literal('subscribe_succeeded'), code: v.number(), reason: v.string() }),
  v.object({ event: v.literal('subscribe_failed'), code: v.number(), reason: v.string() }),
  v.object({ event: v.literal('unsubscribing') }),
  v.object({
    event: v.literal('notify'),
    /** The event that was subscribed to. */
    notify: v.string(),
    /** `active`, `pending`, `terminated`. */
    substate: v.string(),
    'content-type': v.string(),
    content: v.string(),
    headers,
  }),
]);
export type SipserverResult = v.InferOutput<typeof SipserverResult>;
export type SipserverEventName = SipserverResult['event'];

export const SipserverData = v.union([
  v.object({ sip: v.literal('event'), call_id: v.optional(v.string()), result: SipserverResult }),
  v.object({
    sip: v.literal('event'),
    call_id: v.optional(v.string()),
    error_code: v.number(),
    error: v.string(),
  }),
]);
export type SipserverData = v.InferOutput<typeof SipserverData>;
