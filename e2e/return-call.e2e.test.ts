import { called, connectionFacts } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

describeOnEachEngine('a return call to a SIP phone', { needs: ['sipp'] }, (world) => {
  test('answered, and ended here: the phone offers in its 200 and gets our answer in the ACK', async () => {
    const { peer, handset } = await world.pair((media) => called.offersWhenAnswering({ media, ringMs: 200 }));

    await handset.calls(peer.uri);
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
      '< media closed',
    );
    expect(await handset.toldOfCalls()).toEqual(['callingResult', 'ringing', 'accepted', 'hangupResult']);
    await peer.isContent();
  });

  test('answered, and ended by the phone', async () => {
    const { peer, handset } = await world.pair((media) =>
      called.hangsUpAfter(1_500, called.offersWhenAnswering, { media }),
    );

    await handset.calls(peer.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    expect(await handset.isTold('hangup')).toMatchObject({ code: 200 });

    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< new_accepted,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> new_accept,transaction:2,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:2,call_id',
      '< hangup 200,call_id',
    );
    expect(await handset.toldOfCalls()).toEqual(['callingResult', 'accepted', 'hangup']);
    await peer.isContent();
  });

  // A proxy makes a 500 of a 503 (RFC 3261 §16.7), so that one comes over the trunk.
  for (const [account, status, reason] of [
    ['1001', 486, 'Busy Here'],
    ['1001', 480, 'Temporarily Unavailable'],
    ['3001', 503, 'Service Unavailable'],
  ] as const) {
    test(`refused by the phone with ${status}`, async () => {
      const peer = await world.peer(() => called.refuses(status, reason, 100), { port: world.peerPort });
      const handset = await world.handset(account);

      await handset.calls('2001');
      const hangup = await handset.isTold('hangup');

      await handset.ladderIs(
        '> new_call,transaction:1',
        '< calling,transaction:1,call_id',
        '< ringing,call_id',
        `< hangup ${status},call_id`,
      );
      expect(hangup).toMatchObject({ code: status });
      expect(await connectionFacts(handset.page).catch(() => undefined)).toBeUndefined();
      await peer.isContent();
    });
  }

  test('ended here while it rings: the phone hears CANCEL', async () => {
    const { peer, handset } = await world.pair(() => called.ringsUntilCancelled());

    await handset.calls(peer.uri);
    await handset.isTold('ringing');
    await handset.hangsUp();

    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
    expect(await handset.toldOfCalls()).toEqual(['callingResult', 'ringing', 'hangupResult']);
  });

  test('to a number that nobody has: 404', async () => {
    const handset = await world.handset('1001');

    await handset.calls('4711');
    expect(await handset.isTold('hangup')).toMatchObject({ code: 404 });

    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< hangup 404,call_id',
    );
  });

  test('with a picture: audio is mid 0, video is mid 1, and the pictures come back', async () => {
    const { peer, handset } = await world.pair((media) => called.offersWhenAnswering({ media }), {
      video: 'VP8',
    });

    await handset.calls(peer.uri, { video: true });
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    const facts = await handset.seesPictures(15);
    await handset.hangsUp();

    expect(facts.received.video).toMatchObject({ codec: 'VP8' });
    expect(facts.sent.video?.frames).toBeGreaterThan(10);
    const both = 'audio,mid:0,sendrecv,candidate;video,mid:1,sendrecv,candidate';
    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      `< new_accepted,transaction:1,call_id,offer:sdp(${both})`,
      '> new_accept,transaction:2,call_id,answer:sdp(audio,mid:0,sendrecv;video,mid:1,sendrecv)',
      '< accept_reply,transaction:2,call_id',
      '> hangup,transaction:3,call_id',
      '< hangingup,transaction:3,call_id',
    );
    await handset.mediaLadderIs(
      '> candidate',
      '> candidate,completed',
      '< webrtcup',
      '< media,audio,receiving,mid:0',
      '< media,video,receiving,mid:1',
      '< media closed',
    );
    await peer.isContent();
  });
});
