import { called } from '@soft-handset/parts';
import { test } from 'vitest';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

/** As Asterisk, Sofia and FreeSWITCH say that they want an offer. */
const refusals = [
  { status: 415, reason: 'Unsupported Media Type' },
  { status: 488, reason: 'Not Acceptable Here' },
  { status: 500, reason: 'Server Internal Error' },
  'answers without SDP',
] as const;

describeOnEachEngine(
  'a return call to a phone that takes no INVITE without offer',
  { needs: ['sipp'] },
  (world) => {
    for (const how of refusals) {
      const words = typeof how === 'string' ? how : `${how.status} ${how.reason}`;
      test(`${words}: it is called again with the answer of the handset as the offer, and both hear each other`, async () => {
        const { peer, handset } = await world.pair((media) =>
          called.wantsAnOffer(how, { media, ringMs: 300 }),
        );

        await handset.calls(peer.uri);
        await handset.isTold('accepted');
        await handset.hears(tones.peer);
        await peer.hears(tones.handset);
        await handset.hangsUp();

        await peer.isContent();
      });
    }
  },
);
