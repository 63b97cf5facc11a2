import { called, calling } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

/** Lines of a call that is answered and ended here; `call_id` is left out by a client that has one call at a time. */
const returnCall = [
  '> new_call,transaction:1',
  '< calling,transaction:1,call_id',
  '< new_accepted,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
  '> new_accept,transaction:2,answer:sdp(audio,mid:0,sendrecv)',
  '< accept_reply,transaction:2,call_id',
  '> hangup,transaction:3',
  '< hangingup,transaction:3,call_id',
];

describeOnEachEngine("Meetecho's janus.js without our SDK", { needs: ['sipp'] }, (world) => {
  for (const over of ['wss', 'https'] as const) {
    test(`a return call over ${over}`, async () => {
      const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
      const handset = await world.janusJsHandset('1001', over);

      await handset.calls(peer.uri);
      await handset.isTold('accept_reply');
      await handset.hears(tones.peer);
      await peer.hears(tones.handset);
      await handset.hangsUp();

      await handset.ladderIs(...returnCall);
      await handset.mediaLadderIs(
        '> candidate',
        '> candidate,completed',
        '< webrtcup',
        '< media,audio,receiving,mid:0',
        '< media closed',
      );
      await peer.isContent();
    });
  }

  test('a return call with a picture, ended by the phone', async () => {
    const peer = await world.peer(
      (media) => called.hangsUpAfter(3_000, called.offersWhenAnswering, { media }),
      { video: 'VP8' },
    );
    const handset = await world.janusJsHandset('1001');

    await handset.calls(peer.uri, { video: true });
    await handset.isTold('accept_reply');
    const facts = await handset.seesPictures(15);
    expect(await handset.isTold('hangup')).toMatchObject({ code: 200 });

    expect(facts.received.video).toMatchObject({ codec: 'VP8' });
    await peer.isContent();
  });

  test('a return call that is refused', async () => {
    const peer = await world.peer(() => called.refuses(486, 'Busy Here'));
    const handset = await world.janusJsHandset('1001');

    await handset.calls(peer.uri);
    await handset.isTold('hangup');

    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< hangup 486,call_id',
    );
    await peer.isContent();
  });

  test('a return call that is cancelled', async () => {
    const peer = await world.peer(() => called.ringsUntilCancelled());
    const handset = await world.janusJsHandset('1001');

    await handset.calls(peer.uri);
    await handset.isTold('ringing');
    await handset.hangsUp();

    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '> hangup,transaction:2',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  test('a classic call with early media', async () => {
    const peer = await world.peer((media) => called.earlyMedia({ media, earlyMs: 1_500 }));
    const handset = await world.janusJsHandset('1001');

    await handset.callsClassic(peer.uri);
    await handset.hears(tones.peer);
    await handset.isTold('accept_reply');
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< progress,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '< accepted,transaction:1,call_id',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  test('a call from a phone, with a picture', async () => {
    const handset = await world.janusJsHandset('1001');
    const peer = await world.peerCalls('1001', (media) => calling.callsWithOffer({ media }), {
      video: 'VP8',
    });

    await handset.isTold('incomingcall');
    await handset.answers({ video: true });
    await handset.isTold('accept_reply');
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await handset.seesPictures(15);
    await handset.hangsUp();

    const both = 'audio,mid:0,sendrecv,candidate;video,mid:1,sendrecv,candidate';
    await handset.ladderIs(
      `< incomingcall,call_id,offer:sdp(${both})`,
      '> accept,transaction:1,answer:sdp(audio,mid:0,sendrecv;video,mid:1,sendrecv)',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  test('a call from a phone that is refused', async () => {
    const handset = await world.janusJsHandset('1001');
    const peer = await world.peerCalls('1001', (media) => calling.isRefused(486, { media }));

    await handset.isTold('incomingcall');
    await handset.hangsUp();

    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> hangup,transaction:1',
      '< hangingup,transaction:1,call_id',
    );
    await peer.isContent();
  });

  test('nonsense in the middle of a call is refused, and the sound goes on', async () => {
    const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
    const handset = await world.janusJsHandset('1001');
    await handset.calls(peer.uri);
    await handset.isTold('accept_reply');
    await handset.hears(tones.peer);
    await handset.wire.mark();

    const garbage = { type: 'offer', sdp: 'v=0\r\nthis is no SDP\r\n' };
    await handset.says({ request: 'dance' });
    await handset.says({ request: 'new_call', uri: '2001' });
    await handset.says({ request: 'accept' }, { type: 'answer', sdp: 'v=0\r\n' });
    await handset.says({ request: 'update' }, garbage);
    await handset.says({ request: 'update' });
    await handset.says({ request: 'hangup', call_id: 'another call' });
    await handset.says({ request: 'register', username: 'sip:1001@' });

    await expect
      .poll(() => handset.wire.ladder.flatMap((line) => /< error (\d+)/.exec(line)?.[1] ?? []), {
        timeout: 20_000,
      })
      .toEqual(['442', '447', '447', '444', '448', '454', '446']);
    const before = await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await expect
      .poll(async () => (await handset.hears(tones.peer)).received.audio?.packets)
      .toBeGreaterThan((before.received.audio?.packets ?? 0) + 20);
    await handset.hangsUp();
    await peer.isContent();
  });
});
