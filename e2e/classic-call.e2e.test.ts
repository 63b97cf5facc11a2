import { called } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

describeOnEachEngine('a classic call to a SIP phone', { needs: ['sipp'] }, (world) => {
  test('it rings, is answered, and ends here', async () => {
    const { peer, handset } = await world.pair((media) => called.answersOffer({ media, ringMs: 200 }));

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
    const { peer, handset } = await world.pair((media) => called.earlyMedia({ media, earlyMs: 2_500 }));

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
    const { peer, handset } = await world.pair((media) =>
      called.hangsUpAfter(800, called.answersOffer, { media }),
    );

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
    const { peer, handset } = await world.pair(() => called.refuses(486, 'Busy Here'));

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
    const { peer, handset } = await world.pair(() => called.ringsUntilCancelled());

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
      const { peer, handset } = await world.pair((media) => called.answersOffer({ media }), { video: codec });

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
