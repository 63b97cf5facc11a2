import type { IncomingInvite } from '@soft-handset/sip';

/*
 * An INVITE without offer cannot say in SDP that its caller wants to see and be seen. The caller preferences of RFC 3841 can:
 * Accept-Contact with the feature tag `video` (RFC 3840).
 */

/** Goes with an offerless INVITE for a video call. */
export const videoWish = ['Accept-Contact', '*;audio;video'] as const;

/** Whether a caller without offer asked for pictures. */
export function wantsVideo({ request: { headers } }: IncomingInvite): boolean {
  return headers
    .list('Accept-Contact')
    .flatMap((value) => value.split(';').slice(1))
    .some((feature) => /^\s*video\s*(=\s*"TRUE"\s*)?$/i.test(feature));
}
