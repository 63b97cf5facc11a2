import * as v from 'valibot';
import type { Srtp, SrtpProfile } from './sipserver-requests.ts';

/*
 * janus.plugin.nosip: JSEP of a browser to plain SDP and back, on a real Janus.
 * https://janus.conf.meetecho.com/docs/nosip.html
 */

export const nosipPlugin = 'janus.plugin.nosip';

/** What we ask of it. */
export type NosipRequest =
  | {
      readonly request: 'process';
      readonly type: 'offer' | 'answer';
      readonly sdp: string;
      readonly update?: boolean;
    }
  | {
      readonly request: 'generate';
      readonly update?: boolean;
      readonly srtp?: Srtp;
      readonly srtp_profile?: SrtpProfile;
    }
  | { readonly request: 'hangup' }
  | {
      readonly request: 'recording';
      readonly action: 'start' | 'stop';
      readonly audio: boolean;
      readonly video: boolean;
      readonly peer_audio: boolean;
      readonly peer_video: boolean;
      /** What the files' names begin with, on the machine of Janus. */
      readonly filename?: string;
    };

/** What it answers, in `plugindata.data` of an event that carries our transaction. */
export const NosipData = v.union([
  v.object({
    nosip: v.literal('event'),
    result: v.object({
      event: v.picklist(['generated', 'processed', 'hangingup', 'recordingupdated']),
      type: v.optional(v.picklist(['offer', 'answer'])),
      sdp: v.optional(v.string()),
      update: v.optional(v.boolean()),
    }),
  }),
  v.object({ nosip: v.literal('event'), error_code: v.number(), error: v.string() }),
]);
export type NosipData = v.InferOutput<typeof NosipData>;
