import { calling } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

describeOnEachEngine('a call from a SIP phone', { needs: ['sipp'] }, (world) => {
  test('answered, and ended here', async () => {
    const { handset, peer } = await world.pairRinging((media) =>
      calling.callsWithOffer({ media, from: '2001' }),
    );

    const incoming = await handset.isTold('incomingcall');
    await handset.answers();
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> accept,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv)',
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
    expect(incoming).toMatchObject({
      telNumber: '2001',
      displayName: '2001',
      audio: true,
      video: false,
      notifyType: 'user_call_user',
    });
    expect(await handset.toldOfCalls()).toEqual(['incomingcall', 'answerResult', 'hangupResult']);
    await peer.isContent();
  });

  test('answered, and ended by the phone', async () => {
    const { handset, peer } = await world.pairRinging((media) =>
      calling.callsWithOffer({ media, then: calling.hangUp(1_500, { media }) }),
    );

    await handset.isTold('incomingcall');
    await handset.answers();
    await handset.hears(tones.peer);
    await handset.isTold('hangup');

    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> accept,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:1,call_id',
      '< hangup 200,call_id',
    );
    await peer.isContent();
  });

  test('refused here: the phone hears busy', async () => {
    const { handset, peer } = await world.pairRinging((media) => calling.isRefused(486, { media }));

    await handset.isTold('incomingcall');
    await handset.hangsUp();

    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> hangup,transaction:1,call_id',
      '< hangingup,transaction:1,call_id',
    );
    expect(await handset.toldOfCalls()).toEqual(['incomingcall', 'hangupResult']);
    await peer.isContent();
  });

  test('the phone gives up while it rings', async () => {
    const { handset, peer } = await world.pairRinging((media) => calling.cancels(300, { media }));

    await handset.isTold('incomingcall');
    expect(await handset.isTold('hangup')).toMatchObject({ code: 487 });

    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '< hangup 487,call_id',
    );
    await peer.isContent();
  });

  test('without an offer: the handset offers in its accept and the phone answers in the ACK', async () => {
    const { handset, peer } = await world.pairRinging((media) => calling.callsWithoutOffer({ media }));

    await handset.isTold('incomingcall');
    await handset.answers();
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '< incomingcall,call_id',
      '> accept,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  test('with a picture: audio is mid 0, video is mid 1', async () => {
    const { handset, peer } = await world.pairRinging((media) => calling.callsWithOffer({ media }), {
      video: 'VP8',
    });

    expect(await handset.isTold('incomingcall')).toMatchObject({ audio: true, video: true });
    await handset.answers({ video: true });
    await handset.hears(tones.peer);
    const facts = await handset.seesPictures(15);
    await handset.hangsUp();

    expect(facts.received.video).toMatchObject({ codec: 'VP8' });
    const both = 'audio,mid:0,sendrecv,candidate;video,mid:1,sendrecv,candidate';
    await handset.ladderIs(
      `< incomingcall,call_id,offer:sdp(${both})`,
      '> accept,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv;video,mid:1,sendrecv)',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
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

  test('a picture that the handset does not want: sound only', async () => {
    const { handset, peer } = await world.pairRinging((media) => calling.callsWithOffer({ media }), {
      video: 'VP8',
    });

    await handset.isTold('incomingcall');
    await handset.answers();
    const facts = await handset.hears(tones.peer);
    await handset.hangsUp();

    expect(facts.sent.video?.packets ?? 0).toBe(0);
    await peer.isContent();
  });

  test('a dispatch call is named by its header, and one that wants no asking is answered by itself', async () => {
    const handset = await world.handset('1001');
    const headers = ['X-Call-Type: self_call_handle'];
    const peer = await world.peerCalls('1001', (media) => calling.callsWithOffer({ media, headers }));

    expect(await handset.isTold('incomingcall/autoAnswer')).toMatchObject({ notifyType: 'self_call_handle' });
    await handset.isTold('answerResult');
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await peer.isContent();
  });

  test('to an account without a registration, straight from its server', async () => {
    const handset = await world.handset('3001');
    const peer = await world.peer((media) => calling.callsWithOffer({ media }), {
      port: world.peerPort,
      calls: { number: '3001', port: world.sipPort },
    });

    await handset.isTold('incomingcall');
    await handset.answers();
    await handset.hears(tones.peer);
    await handset.hangsUp();

    await peer.isContent();
  });

  test('the phone says BYE and never ACK', async () => {
    const { handset, peer } = await world.pairRinging((media) => calling.hangsUpWithoutAck({ media }));

    await handset.isTold('incomingcall');
    await handset.answers().catch(() => undefined);
    await handset.isTold('hangup');

    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> accept,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< hangup 200,call_id',
    );
    await peer.isContent();
  });
});
