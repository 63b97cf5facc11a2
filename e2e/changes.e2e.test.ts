import { called, connectionFacts, until } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import type { Handset } from './world/handset.ts';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

describeOnEachEngine('a call that changes', { needs: ['sipp'] }, (world) => {
  async function packetsSent(handset: Handset): Promise<number> {
    return (await connectionFacts(handset.page)).sent.audio?.packets ?? 0;
  }

  test('the phone holds and resumes: our sound stops and comes back', async () => {
    const { peer, handset } = await world.pair((media) => called.holds(1_000, 1_500, media));
    await handset.callsClassic(peer.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);

    await until('the call is held', () => handset.wire.ladder.some((line) => line.includes('recvonly')));
    await until(
      'the call is resumed',
      () => handset.wire.ladder.filter((line) => line.startsWith('< updated')).length === 2,
    );
    const before = await packetsSent(handset);
    await until('we are heard again', async () => (await packetsSent(handset)) > before + 20);
    await handset.hears(tones.peer);
    await peer.hears(tones.handset);
    await handset.hangsUp();

    await handset.ladderIs(
      '> call,transaction:1,offer:sdp(audio,mid:0,sendrecv)',
      '< calling,transaction:1,call_id',
      '< accepted,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '< accept_reply,transaction:1,call_id',
      '< updatingcall,call_id,offer:sdp(audio,mid:0,sendonly,candidate)',
      '> update,transaction:2,call_id,answer:sdp(audio,mid:0,recvonly,candidate)',
      '< updated,transaction:2,call_id',
      '< updatingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> update,transaction:3,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '< updated,transaction:3,call_id',
      '> hangup,transaction:4,call_id',
      '< hangingup,transaction:4,call_id',
    );
    await peer.isContent();
  });

  test('the handset holds the peer without a word of its browser, and takes it back', async () => {
    const handset = await world.handset('1101');
    const received = async () => (await connectionFacts(handset.page)).received.audio?.packets ?? 0;
    const grows = async () => {
      const before = await received();
      await handset.page.waitForTimeout(400);
      return (await received()) > before + 5;
    };
    await handset.calls('600');
    await handset.isTold('accepted');
    await handset.hears(tones.handset);

    await handset.page.evaluate(() => window.handset.handler.services.hold('inactive'));
    await handset.isTold('held');
    await until('the echo is silent', async () => !(await grows()));
    await handset.page.evaluate(() => window.handset.handler.services.resume());
    await until('the echo is back', grows);
    await handset.hears(tones.handset);
    await handset.hangsUp();

    expect(
      handset.wire.ladder.filter((line) => /hold|resum|updat/.test(line)).map((line) => line.split(',')[0]),
    ).toEqual(['> hold', '< holding', '> unhold', '< resuming']);
  });

  test('the handset adds its picture, and sees it come back from the echo', async () => {
    const handset = await world.handset('1101');
    await handset.calls('600', { video: false });
    await handset.isTold('accepted');
    await handset.hears(tones.handset);

    await handset.answers({ video: true });
    await handset.seesPictures(15);
    await handset.hears(tones.handset);
    await handset.hangsUp();

    expect(
      handset.wire.ladder.filter((line) => /updat/.test(line)).map((line) => line.split(',')[0]),
    ).toEqual(['> update', '< updating', '< updated']);
  });
});
