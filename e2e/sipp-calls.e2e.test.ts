import { called } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { afterAll, beforeAll, test } from 'vitest';
import { tones, World } from './world/world.ts';

describeWithParts(['janus', 'kamailio', 'sipp', 'chromium'], 'return calls to a scripted phone', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.close());

  test('out, answered, hung up here: the phone offers in its 200 and gets our answer in the ACK', async () => {
    const peer = await world.peer((media) => called.offersWhenAnswering({ media, ringMs: 200 }));
    const handset = await world.handset('1001');

    await handset.calls('2001');
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '< new_accepted,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> new_accept,transaction:2,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:2,call_id',
      '> hangup,transaction:3,call_id',
      '< hangingup,transaction:3,call_id',
    );
    await handset.mediaLadderIs(
      '> candidate',
      '> candidate,completed',
      '< webrtcup',
      '< media,audio,receiving,mid:0',
    );
    await peer.isContent();
  });
});
