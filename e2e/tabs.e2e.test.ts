import { called, calling } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

describeOnEachEngine('one account', { needs: ['sipp'] }, (world) => {
  test('in two tabs rings in both; the first answer wins and the other hears why', async () => {
    const first = await world.handset('1001');
    const second = await world.handset('1001');
    const peer = await world.peerCalls('1001', (media) => calling.callsWithOffer({ media }));

    await Promise.all([first.isTold('incomingcall'), second.isTold('incomingcall')]);
    await second.answers();
    await second.hears(tones.peer);
    await peer.hears(tones.handset);
    const hangup = await first.isTold('hangup');
    await second.hangsUp();

    expect(hangup).toMatchObject({ code: 200 });
    expect(first.wire.reasons).toEqual(['Answered elsewhere']);
    await first.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '< hangup 200,call_id',
    );
    await second.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> accept,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await peer.isContent();
  });

  test('in two tabs is refused in one: the caller hears busy, the other tab hears why', async () => {
    const first = await world.handset('1001');
    const second = await world.handset('1001');
    const peer = await world.peerCalls('1001', (media) => calling.isRefused(486, { media }));

    await Promise.all([first.isTold('incomingcall'), second.isTold('incomingcall')]);
    await first.hangsUp();
    await second.isTold('hangup');

    expect(second.wire.reasons).toEqual(['Declined elsewhere']);
    await peer.isContent();
  });

  test('in two tabs goes on ringing in one when the other is closed', async () => {
    const first = await world.handset('1001');
    const second = await world.handset('1001');
    const peer = await world.peerCalls('1001', (media) => calling.callsWithOffer({ media }));
    await Promise.all([first.isTold('incomingcall'), second.isTold('incomingcall')]);

    await first.page.close();
    await second.answers();
    await second.hears(tones.peer);
    await second.hangsUp();

    await peer.isContent();
  });

  test('with a wrong page secret is refused with 1001, and nothing more', async () => {
    const handset = await world.handset('3002', { secret: 'guessed' });

    expect(await handset.isTold('registerResult')).toMatchObject({ event: 'fail', code: 1001 });
    await expect(handset.calls('2001')).rejects.toThrow();
  });

  test('with the right page secret may call', async () => {
    const peer = await world.peer(() => called.refuses(486, 'Busy Here'), { port: world.peerPort });
    const handset = await world.handset('3002', { secret: 'page-secret' });

    await handset.calls('2001');

    expect(await handset.isTold('hangup')).toMatchObject({ code: 486 });
    await peer.isContent();
  });

  test('towards a server that is not in the list is refused with 1004', async () => {
    const handset = await world.handset('1001', { sipServerPort: 9 });

    expect(await handset.isTold('registerResult')).toMatchObject({ event: 'fail', code: 1004 });
  });

  test('in a call is busy for a second caller, and the sound goes on', async () => {
    const { peer, handset } = await world.pair((media) => called.offersWhenAnswering({ media }));
    await handset.calls(peer.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);

    const second = await world.peerCalls('1001', (media) => calling.isRefused(486, { media }));
    await second.isContent();
    const before = (await handset.hears(tones.peer)).received.audio?.packets ?? 0;
    await expect
      .poll(async () => (await handset.hears(tones.peer)).received.audio?.packets)
      .toBeGreaterThan(before + 20);
    await peer.hears(tones.handset);
    await handset.hangsUp();
    expect(await handset.toldOfCalls()).toEqual(['callingResult', 'accepted', 'hangupResult']);
    await peer.isContent();
  });
});
