import * as v from 'valibot';
import { Candidate } from './jsep.ts';

/*
 * The envelope: the Janus API as janus.js speaks it over WebSocket (sub-protocol `janus-protocol`) and HTTP long-poll.
 * https://janus.conf.meetecho.com/docs/rest.html
 */

/** The WebSocket sub-protocol. */
export const janusSubprotocol = 'janus-protocol';

/*
 * One function each where a pipe would take three steps: these stand in every message.
 */
const Transaction = v.custom<string>(
  (input) => typeof input === 'string' && input !== '' && input.length <= 256,
  'expected 1 to 256 characters',
);
/** Janus numbers are up to 2^53. */
export const JanusId = v.custom<number>(
  (input) => Number.isSafeInteger(input) && Number(input) >= 1,
  'expected a positive integer',
);

/** Not `v.record`, which takes a list for an object. */
const JsonObject = v.custom<Record<string, unknown>>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
  'expected an object',
);

const envelope = {
  transaction: Transaction,
  token: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  apisecret: v.optional(v.pipe(v.string(), v.maxLength(1024))),
};
const inSession = { ...envelope, session_id: JanusId };
const onHandle = { ...inSession, handle_id: JanusId };

/** What a client may ask of the server; `janus` decides the shape. Unknown extra fields are ignored. */
export const JanusRequest = v.variant('janus', [
  v.object({ janus: v.literal('info'), ...envelope }),
  v.object({ janus: v.literal('ping'), ...envelope }),
  v.object({ janus: v.literal('create'), ...envelope, id: v.optional(JanusId) }),
  v.object({ janus: v.literal('keepalive'), ...inSession }),
  v.object({ janus: v.literal('claim'), ...inSession }),
  v.object({ janus: v.literal('destroy'), ...inSession }),
  v.object({
    janus: v.literal('attach'),
    ...inSession,
    plugin: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
    opaque_id: v.optional(v.pipe(v.string(), v.maxLength(256))),
  }),
  v.object({ janus: v.literal('detach'), ...onHandle }),
  v.object({ janus: v.literal('hangup'), ...onHandle }),
  v.object({
    janus: v.literal('message'),
    ...onHandle,
    /** The plugin's own request; checked by the plugin. */
    body: JsonObject,
    /** Checked on its own, so that a bad one gets Janus's code for it (464, 465). */
    jsep: v.optional(v.unknown()),
  }),
  v.object({
    janus: v.literal('trickle'),
    ...onHandle,
    candidate: v.optional(Candidate),
    candidates: v.optional(v.pipe(v.array(Candidate), v.maxLength(256))),
  }),
]);
export type JanusRequest = v.InferOutput<typeof JanusRequest>;
export type JanusVerb = JanusRequest['janus'];

/** Verbs, those that need a session, those that need a handle: the path of the HTTP form follows from it. */
export const janusVerbs: Readonly<Record<JanusVerb, 'server' | 'session' | 'handle'>> = {
  info: 'server',
  ping: 'server',
  create: 'server',
  keepalive: 'session',
  claim: 'session',
  destroy: 'session',
  attach: 'session',
  detach: 'handle',
  hangup: 'handle',
  message: 'handle',
  trickle: 'handle',
};

const fromSession = { session_id: JanusId };
const fromHandle = { ...fromSession, sender: JanusId };

/** What the server says: replies (with the request's transaction) and events. Also what a Janus server says to us. */
export const JanusReply = v.variant('janus', [
  v.object({
    janus: v.literal('success'),
    transaction: v.string(),
    session_id: v.optional(JanusId),
    sender: v.optional(JanusId),
    data: v.optional(v.record(v.string(), v.unknown())),
  }),
  v.object({
    janus: v.literal('ack'),
    transaction: v.string(),
    session_id: v.optional(JanusId),
    hint: v.optional(v.string()),
  }),
  v.object({ janus: v.literal('pong'), transaction: v.string() }),
  v.looseObject({ janus: v.literal('server_info'), transaction: v.string() }),
  v.object({
    janus: v.literal('error'),
    transaction: v.optional(v.string()),
    session_id: v.optional(JanusId),
    error: v.object({ code: v.number(), reason: v.string() }),
  }),
  v.object({
    janus: v.literal('event'),
    ...fromHandle,
    transaction: v.optional(v.string()),
    plugindata: v.optional(v.object({ plugin: v.string(), data: v.record(v.string(), v.unknown()) })),
    jsep: v.optional(v.unknown()),
  }),
  v.object({ janus: v.literal('webrtcup'), ...fromHandle }),
  v.object({
    janus: v.literal('media'),
    ...fromHandle,
    type: v.picklist(['audio', 'video']),
    mid: v.optional(v.string()),
    substream: v.optional(v.number()),
    receiving: v.boolean(),
    seconds: v.optional(v.number()),
  }),
  v.object({
    janus: v.literal('slowlink'),
    ...fromHandle,
    mid: v.optional(v.string()),
    media: v.optional(v.picklist(['audio', 'video'])),
    uplink: v.boolean(),
    lost: v.number(),
  }),
  v.object({ janus: v.literal('hangup'), ...fromHandle, reason: v.string() }),
  v.object({ janus: v.literal('detached'), ...fromHandle }),
  v.object({ janus: v.literal('timeout'), ...fromSession }),
  v.object({ janus: v.literal('trickle'), ...fromHandle, candidate: v.optional(Candidate) }),
  v.object({ janus: v.literal('keepalive') }),
]);
export type JanusReply = v.InferOutput<typeof JanusReply>;
