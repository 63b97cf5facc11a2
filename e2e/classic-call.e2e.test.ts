import { called } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tones, World } from './world/world.ts';

describeWithParts(['janus', 'kamailio', 'sipp', 'chromium'], 'a classic call to a SIP phone', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.close());

  test('it rings, is answered, and ends here', async () => {
    const peer = await world.peer((media) => called.answersOffer({ media, ringMs: 200 }));
    const handset = await world.handset('1001');

    await handset.callsClassic(peer.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '< accepted,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await handset.mediaLadderIs(
      '> candidate',
      '> candidate,completed',
      '< webrtcup',
      '< media,audio,receiving,mid:0',
      '< media closed',
    );
    expect(await handset.toldOfCalls()).toEqual(['callingResult', 'ringing', 'accepted', 'hangupResult']);
    await peer.isContent();
  });

  test('early media (183) is heard before the answer', async () => {
    const peer = await world.peer((media) => called.earlyMedia({ media, earlyMs: 2_500 }));
    const handset = await world.handset('1001');

    await handset.callsClassic(peer.uri);
    await handset.hears(tones.peer);
    expect(await handset.toldOfCalls()).toEqual(['callingResult']);
    await handset.isTold('accepted');
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< progress,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '< accepted,transaction:1,call_id',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  test('the phone ends it', async () => {
    const peer = await world.peer((media) => called.hangsUpAfter(800, called.answersOffer, { media }));
    const handset = await world.handset('1001');

    await handset.callsClassic(peer.uri);
    expect(await handset.isTold('hangup')).toMatchObject({ code: 200 });

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< accepted,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '< accept_reply,transaction:1,call_id',
      '< hangup 200,call_id',
    );
    await peer.isContent();
  });

  test('the phone is busy', async () => {
    const peer = await world.peer(() => called.refuses(486, 'Busy Here'));
    const handset = await world.handset('1001');

    await handset.callsClassic(peer.uri);
    expect(await handset.isTold('hangup')).toMatchObject({ code: 486 });

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< hangup 486,call_id',
    );
    await peer.isContent();
  });

  test('it ends here while it rings', async () => {
    const peer = await world.peer(() => called.ringsUntilCancelled());
    const handset = await world.handset('1001');

    await handset.callsClassic(peer.uri);
    await handset.isTold('ringing');
    await handset.hangsUp();

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  for (const codec of ['VP8', 'H264'] as const) {
    test(`with a picture in ${codec}`, async () => {
      const peer = await world.peer((media) => called.answersOffer({ media }), { video: codec });
      const handset = await world.handset('1001');

      await handset.callsClassic(peer.uri, { video: true });
      await handset.isTold('accepted');
      await handset.hears(tones.peer);
      const facts = await handset.seesPictures(15);
      await handset.hangsUp();

      expect(facts.received.video).toMatchObject({ codec });
      const both = 'audio,mid:0,sendrecv,candidate;video,mid:1,sendrecv,candidate';
      await handset.ladderIs(
        '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv;video,mid:1,sendrecv)',
        '< calling,transaction:1,call_id',
        `< accepted,transaction:1,call_id,answer:sdp(${both})`,
        '< accept_reply,transaction:1,call_id',
        '> hangup,transaction:2,call_id',
        '< hangingup,transaction:2,call_id',
      );
      await peer.isContent();
    });
  }
});
