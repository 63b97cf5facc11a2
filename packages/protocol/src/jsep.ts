import * as v from 'valibot';

/** Longest SDP that is read, in characters. Audio and video of a browser with all codecs is about 8,000. */
export const maxSdpLength = 65_536;

/** A WebRTC session description with its part in the offer/answer exchange (RFC 9429, Janus's `jsep` object). */
export const Jsep = v.object({
  type: v.picklist(['offer', 'answer']),
  sdp: v.custom<string>(
    (input) => typeof input === 'string' && input.startsWith('v=') && input.length <= maxSdpLength,
    `expected an SDP of at most ${maxSdpLength} characters`,
  ),
  /** False when the sender puts all its candidates into the SDP. */
  trickle: v.optional(v.boolean()),
});
export type Jsep = v.InferOutput<typeof Jsep>;

/** One ICE candidate (W3C RTCIceCandidateInit), or the end of them. */
export const Candidate = v.union([
  v.object({ completed: v.literal(true) }),
  v.object({
    candidate: v.pipe(v.string(), v.maxLength(1024)),
    sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(64)))),
    sdpMLineIndex: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)))),
  }),
]);
export type Candidate = v.InferOutput<typeof Candidate>;
