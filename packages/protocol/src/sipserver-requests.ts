import * as v from 'valibot';

/*
 * What a handset asks of janus.plugin.sipserver: `message.body`, `request` decides the shape.
 * docs/protocol.md tells what follows on each.
 */

const Text = v.pipe(v.string(), v.maxLength(1024));
/** A line of a SIP header: never a line break. */
const HeaderText = v.pipe(
  Text,
  v.check((text) => !/[\r\n\0]/.test(text), 'must not contain a line break'),
);
/** What may be dialled or registered: `1001`, `sip:1001@pbx`, `tel:+86...`. */
const Address = v.pipe(HeaderText, v.nonEmpty());
/** The names of headers must be tokens (RFC 3261 §25.1). */
const Headers = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^[\w!%*+`'~.-]{1,64}$/)), HeaderText),
  v.check((headers) => Object.keys(headers).length <= 32, 'has more than 32 headers'),
);
/** The seed's pages send `"1"` and `"0"`. */
const Flag = v.pipe(
  v.union([v.boolean(), v.picklist(['0', '1', 'true', 'false', '']), v.picklist([0, 1])]),
  v.transform((flag) => flag === true || flag === 1 || flag === '1' || flag === 'true'),
);
const headers = v.optional(Headers);
const callId = v.optional(v.pipe(HeaderText, v.nonEmpty()));
const referId = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));
/** SRTP towards the peer with its keys in the SDP (RFC 4568): offered beside plain RTP, or nothing else will do. */
export const Srtp = v.picklist(['sdes_optional', 'sdes_mandatory']);
export type Srtp = v.InferOutput<typeof Srtp>;
/** What it is encrypted with (RFC 4568 §6.2). */
export const SrtpProfile = v.picklist(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']);
export type SrtpProfile = v.InferOutput<typeof SrtpProfile>;
const srtp = { srtp: v.optional(Srtp), srtp_profile: v.optional(SrtpProfile) };
/** `text/plain;charset=utf-8`: RFC 3261 §25.1 `media-type`. */
const ContentType = v.pipe(
  HeaderText,
  v.maxLength(256),
  v.regex(/^[\w!%*+`'~.-]+\/[\w!%*+`'~.-]+ *(;.*)?$/, 'is no content type'),
);
/** `message-summary`, `dialog`, `presence` ...: RFC 6665 §8.4. */
const EventPackage = v.pipe(HeaderText, v.maxLength(256), v.regex(/^[\w!%*+`'~.-]+(;.*)?$/, 'is no event'));
/** What names of headers begin with, in either case. */
const HeaderPrefixes = v.pipe(v.array(v.pipe(v.string(), v.regex(/^[\w!%*+`'~.-]{1,64}$/))), v.maxLength(32));
/** A body: fits into a datagram in whatever script. */
const Content = v.pipe(v.string(), v.maxLength(16_384));

export const SipserverRequest = v.variant('request', [
  v.object({
    request: v.literal('register'),
    /** `guest`: without a REGISTER. `helper`: one more call of a page that is logged in. */
    type: v.optional(v.picklist(['guest', 'helper'])),
    /** Of a helper: that of its master's `registered`. */
    master_id: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    /** Account name or SIP URI. */
    username: Address,
    /** A SIP URI out of the server's list. */
    proxy: v.optional(HeaderText),
    outbound_proxy: v.optional(HeaderText),
    display_name: v.optional(HeaderText),
    /** The page secret of the account; the SIP password when logging in with one's own SIP credentials. */
    secret: v.optional(HeaderText),
    /** Instead of a secret: that of a one-time link, or of the login that such a link has made. */
    token: v.optional(HeaderText),
    ha1_secret: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{32,64}$/))),
    authuser: v.optional(HeaderText),
    send_register: v.optional(Flag),
    headers,
    contact_params: v.optional(Headers),
    /** Which headers of the peers' messages the events tell: `X-`. */
    incoming_header_prefixes: v.optional(HeaderPrefixes),
    /** Seconds. */
    register_ttl: v.optional(v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(86_400))),
    refresh: v.optional(Flag),
    force_udp: v.optional(Flag),
    force_tcp: v.optional(Flag),
  }),
  v.object({ request: v.literal('unregister') }),
  /** A one-time link to a number that nobody uses. */
  v.object({ request: v.literal('second_handset') }),
  /** Who has a number at the exchange, and what he does. */
  v.object({ request: v.literal('extensions') }),
  v.object({
    request: v.literal('new_call'),
    uri: Address,
    video: v.optional(Flag),
    /** As in `call`. */
    refer_id: referId,
    headers,
    call_id: callId,
    autoaccept_reinvites: v.optional(Flag),
    ...srtp,
  }),
  v.object({ request: v.literal('new_accept'), call_id: callId, ...srtp }),
  v.object({
    request: v.literal('call'),
    uri: Address,
    video: v.optional(Flag),
    /** The peer of another call has asked for this one: that of its `transfer`. */
    refer_id: referId,
    headers,
    call_id: callId,
    autoaccept_reinvites: v.optional(Flag),
    ...srtp,
  }),
  v.object({
    request: v.literal('accept'),
    headers,
    call_id: callId,
    autoaccept_reinvites: v.optional(Flag),
    ...srtp,
  }),
  v.object({
    request: v.literal('decline'),
    /** SIP status, default 486. */
    code: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(699))),
    /** Not the call is declined but the peer's `transfer`. */
    refer_id: referId,
    headers,
    call_id: callId,
  }),
  v.object({ request: v.literal('hangup'), headers, call_id: callId }),
  v.object({ request: v.literal('update'), headers, call_id: callId }),
  v.object({
    request: v.literal('hold'),
    /** What goes on meanwhile, seen from the handset; default `sendonly`. */
    direction: v.optional(v.picklist(['sendonly', 'recvonly', 'inactive'])),
    call_id: callId,
  }),
  v.object({ request: v.literal('unhold'), call_id: callId }),
  /** The peer is asked to call somebody else (RFC 3515). */
  v.object({
    request: v.literal('transfer'),
    /** Whom; not needed with `replace`. */
    uri: v.optional(Address),
    /** The `call_id` of another call of the account: the peer is to take our place in it (RFC 3891). */
    replace: callId,
    call_id: callId,
  }),
  v.object({
    request: v.literal('recording'),
    action: v.picklist(['start', 'stop']),
    /** Ours: what the handset sends. */
    audio: v.optional(Flag),
    video: v.optional(Flag),
    peer_audio: v.optional(Flag),
    peer_video: v.optional(Flag),
    /** A name without a folder. */
    filename: v.optional(HeaderText),
    call_id: callId,
  }),
  /** A digit as INFO, for peers without RFC 4733. */
  v.object({
    request: v.literal('dtmf_info'),
    digit: v.pipe(v.string(), v.regex(/^[0-9*#A-D]$/, 'is no digit')),
    /** Milliseconds, default 160. */
    duration: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8000))),
    call_id: callId,
  }),
  v.object({ request: v.literal('info'), type: ContentType, content: Content, headers, call_id: callId }),
  v.object({
    request: v.literal('message'),
    /** To whom, outside any call; without it to the peer of the call. */
    uri: v.optional(Address),
    /** Default `text/plain`. */
    content_type: v.optional(ContentType),
    content: Content,
    headers,
    /** With `uri`: the Call-ID of the MESSAGE. */
    call_id: callId,
  }),
  v.object({
    request: v.literal('subscribe'),
    event: EventPackage,
    /** Whose state; default: one's own. */
    to: v.optional(Address),
    accept: v.optional(v.pipe(HeaderText, v.nonEmpty())),
    /** Seconds. */
    subscribe_ttl: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400))),
    headers,
    /** The Call-ID of the SUBSCRIBE. */
    call_id: callId,
  }),
  /** A whole picture, now: of the handset, of its peer. */
  v.object({
    request: v.literal('keyframe'),
    user: v.optional(Flag),
    peer: v.optional(Flag),
    call_id: callId,
  }),
  v.object({ request: v.literal('unsubscribe'), event: EventPackage, to: v.optional(Address) }),
]);
export type SipserverRequest = v.InferOutput<typeof SipserverRequest>;
export type SipserverRequestName = SipserverRequest['request'];

/** As `SipserverRequest`, before defaults and transforms: what a client writes. */
export type SipserverRequestBody = v.InferInput<typeof SipserverRequest>;

/** Which JSEP a request carries: none, an answer, an offer, or either. Checked with 448 (missing) and 444 (not wanted). */
export const requestJsep: Readonly<Record<SipserverRequestName, 'none' | 'offer' | 'answer' | 'either'>> = {
  register: 'none',
  unregister: 'none',
  second_handset: 'none',
  extensions: 'none',
  new_call: 'none',
  new_accept: 'answer',
  call: 'offer',
  /** An offer where the INVITE had none. */
  accept: 'either',
  decline: 'none',
  hangup: 'none',
  /** An offer of our own, or the answer to `updatingcall`. */
  update: 'either',
  hold: 'none',
  unhold: 'none',
  transfer: 'none',
  recording: 'none',
  dtmf_info: 'none',
  info: 'none',
  message: 'none',
  keyframe: 'none',
  subscribe: 'none',
  unsubscribe: 'none',
};
