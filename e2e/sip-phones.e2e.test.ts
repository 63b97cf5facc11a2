import { startBaresip, until, type Baresip, type BaresipOptions } from '@soft-handset/parts';
import { expect, onTestFinished, test } from 'vitest';
import { tones } from './world/world.ts';
import { describeInWorld, describeOnEachEngine } from './world/suites.ts';

async function phoneHears(baresip: Baresip, frequency: number): Promise<void> {
  await until(
    `the phone hears ${frequency} Hz`,
    async () => Math.abs(((await baresip.sound())?.frequency ?? 0) - frequency) <= 20,
    { timeoutMs: 10_000, everyMs: 100 },
  );
}

describeOnEachEngine('a handset and baresip at one PBX', { needs: ['baresip'] }, (world) => {
  /** 1009, registered with digest. */
  async function phone(more: Partial<BaresipOptions> = {}): Promise<Baresip> {
    const registrar = { port: world.kamailio.port, password: 'sip-9' };
    const baresip = await startBaresip({ user: '1009', frequency: tones.peer, registrar, ...more });
    onTestFinished(() => baresip.close());
    await baresip.hears('REGISTER_OK');
    return baresip;
  }

  test('a return call is answered with sound both ways, and ended here', async () => {
    const baresip = await phone();
    const handset = await world.handset('1001', { sipServerPort: world.kamailio.port });

    await handset.calls('1009');
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await phoneHears(baresip, tones.handset);
    await handset.hangsUp();

    await baresip.hears('CALL_CLOSED');
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
  });

  test('the phone rings until somebody picks up, and ends the call', async () => {
    const baresip = await phone({ answers: 'when told', codecs: ['opus'] });
    const handset = await world.handset('1001');

    await handset.calls('1009');
    await handset.isTold('ringing');
    await baresip.accept();
    await handset.isTold('accepted');
    const facts = await handset.hears(tones.peer);
    await phoneHears(baresip, tones.handset);
    await baresip.hangup();
    await handset.isTold('hangup');

    expect(facts.received.audio?.codec).toBe('opus');
    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '< new_accepted,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> new_accept,transaction:2,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:2,call_id',
      '< hangup 200,call_id',
    );
  });

  test('in G.722, sound goes both ways', async () => {
    const baresip = await phone({ codecs: ['G722'] });
    const handset = await world.handset('1001');

    await handset.calls('1009');
    await handset.isTold('accepted');
    const facts = await handset.hears(tones.peer);
    await phoneHears(baresip, tones.handset);
    await handset.hangsUp();

    expect(facts.received.audio?.codec).toBe('G722');
    await baresip.hears('CALL_CLOSED');
  });

  test('the phone refuses', async () => {
    const baresip = await phone({ answers: 'when told' });
    const handset = await world.handset('1001');

    await handset.calls('1009');
    await handset.isTold('ringing');
    await baresip.hangup();

    expect(await handset.isTold('hangup')).toMatchObject({ code: 486 });
  });

  test('it is cancelled while it rings', async () => {
    const baresip = await phone({ answers: 'when told' });
    const handset = await world.handset('1001');

    await handset.calls('1009');
    await baresip.hears('CALL_INCOMING');
    await handset.hangsUp();

    await baresip.hears('CALL_CLOSED');
    expect(await handset.toldOfCalls()).toEqual(
      expect.arrayContaining(['callingResult', 'hangupResult']) as string[],
    );
  });

  test('a classic call', async () => {
    const baresip = await phone();
    const handset = await world.handset('1001');

    await handset.callsClassic('1009');
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await phoneHears(baresip, tones.handset);
    await baresip.hangup();

    await handset.isTold('hangup');
  });

  test('the phone calls a handset, which answers and hangs up', async () => {
    const handset = await world.handset('1001');
    const baresip = await phone();

    await baresip.dial(world.kamailio.uri('1001'));
    expect(await handset.isTold('incomingcall')).toMatchObject({ telNumber: '1009', audio: true });
    await handset.answers();
    await handset.hears(tones.peer);
    await phoneHears(baresip, tones.handset);
    await handset.hangsUp();

    await baresip.hears('CALL_CLOSED');
    await handset.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> accept,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:1,call_id',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
  });

  test('two handsets talk to each other through the PBX', async () => {
    const caller = await world.handset('1001');
    const callee = await world.handset('1002', { browser: await world.browser(tones.otherHandset) });

    await caller.calls('1002');
    await callee.isTold('incomingcall');
    await callee.answers();
    await caller.isTold('accepted');
    await caller.hears(tones.otherHandset);
    await callee.hears(tones.handset);
    await callee.hangsUp();
    await caller.isTold('hangup');

    // An INVITE without offer comes to the callee as a call whose offer he makes.
    await callee.ladderIs(
      '< incomingcall,call_id',
      '> accept,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:1,call_id,answer:sdp(audio,mid:0,sendrecv,candidate)',
      '> hangup,transaction:2,call_id',
      '< hangingup,transaction:2,call_id',
    );
    await caller.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
      '< new_accepted,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> new_accept,transaction:2,call_id,answer:sdp(audio,mid:0,sendrecv)',
      '< accept_reply,transaction:2,call_id',
      '< hangup 200,call_id',
    );
  });
});

describeInWorld('a phone with SRTP', { engine: 'embedded', needs: ['baresip'] }, (world) => {
  for (const srtp of ['optional', 'mandatory'] as const) {
    test(`that is ${srtp}, its keys in the SDP (RFC 4568): called and calling, sound goes both ways over it`, async () => {
      const registrar = { port: world.kamailio.port, password: 'sip-9' };
      const baresip = await startBaresip({ user: '1009', frequency: tones.peer, registrar, srtp });
      onTestFinished(() => baresip.close());
      await baresip.hears('REGISTER_OK');
      const handset = await world.handset('1001', { sipServerPort: world.kamailio.port });

      await handset.calls('1009');
      await handset.isTold('accepted');
      await baresip.hears('CALL_MENC');
      await handset.hears(tones.peer);
      await phoneHears(baresip, tones.handset);
      await handset.hangsUp();
      await baresip.hears('CALL_CLOSED');

      await baresip.dial(world.kamailio.uri('1001'));
      await handset.isTold('incomingcall');
      await handset.answers();
      await baresip.hears('CALL_MENC');
      await handset.hears(tones.peer);
      await phoneHears(baresip, tones.handset);
      await baresip.hangup();
      await handset.isTold('hangup');
    });
  }
});

const anotherPassword = { engine: 'embedded', kamailio: { users: { '1001': 'another' } } } as const;

describeInWorld('a PBX that does not know the password', anotherPassword, (world) => {
  test('the handset hears 1004, as it is not its own', async () => {
    const handset = await world.handset('1001');

    expect(await handset.isTold('registerResult')).toMatchObject({ event: 'fail', code: 1004 });
    expect(world.kamailio.registrationsOf('1001')).toBe(0);
  });
});
