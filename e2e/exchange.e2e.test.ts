import { startBaresip, until } from '@soft-handset/parts';
import { expect, onTestFinished, test } from 'vitest';
import { exchangePasswords } from './world/numbers.ts';
import { tones } from './world/world.ts';
import { describeOnEachEngine } from './world/suites.ts';

describeOnEachEngine('our exchange', { needs: ['baresip'] }, (world) => {
  test('the echo 600 sends sound and pictures back', async () => {
    const handset = await world.handset('1101', { sipServerPort: world.exchange.port });

    await handset.calls('600', { video: true });
    await handset.isTold('accepted');
    await handset.hears(tones.handset);
    const facts = await handset.seesPictures(20);
    await handset.hangsUp();

    expect(facts.received.video?.frames).toBeGreaterThan(20);
    const both = 'audio,mid:0,sendrecv,candidate;video,mid:1,sendrecv,candidate';
    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< ringing,call_id',
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
  });

  test('the echo in a classic call', async () => {
    const handset = await world.handset('1101');

    await handset.callsClassic('600', { video: true });
    await handset.isTold('accepted');
    await handset.hears(tones.handset);
    await handset.seesPictures(20);
    await handset.hangsUp();
  });

  test('the measuring tone 601 is heard, in a return call and in a classic one', async () => {
    const handset = await world.handset('1101');

    for (const call of ['calls', 'callsClassic'] as const) {
      await handset[call]('601');
      await handset.isTold('accepted');
      await handset.hears(1000);
      await handset.hangsUp();
    }
  });

  test('two handsets hear each other in the room 800', async () => {
    const first = await world.handset('1101');
    const second = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });

    await first.calls('800');
    await first.isTold('accepted');
    await second.calls('800');
    await second.isTold('accepted');
    await Promise.all([first.hears(tones.otherHandset), second.hears(tones.handset)]);

    await first.hangsUp();
    await second.hangsUp();
  });

  test('two handsets see and hear each other, and the caller hangs up', async () => {
    const caller = await world.handset('1101');
    const callee = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });

    await caller.calls('1102', { video: true });
    await callee.isTold('incomingcall');
    await callee.answers({ video: true });
    await caller.isTold('accepted');
    await Promise.all([caller.hears(tones.otherHandset), callee.hears(tones.handset)]);
    await Promise.all([caller.seesPictures(15), callee.seesPictures(15)]);
    await caller.hangsUp();

    expect(await callee.isTold('hangup')).toMatchObject({ code: 200 });
  });

  test('a classic call between two handsets, refused by the callee', async () => {
    const caller = await world.handset('1101');
    const callee = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });

    await caller.callsClassic('1102');
    await callee.isTold('incomingcall');
    await callee.hangsUp();

    expect(await caller.isTold('hangup')).toMatchObject({ code: 486 });
    await callee.ladderIs(
      '< incomingcall,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
      '> hangup,transaction:1,call_id',
      '< hangingup,transaction:1,call_id',
    );
  });

  for (const transport of ['udp', 'tcp'] as const) {
    test(`a SIP phone over ${transport} calls a handset and is called by it`, async () => {
      const handset = await world.handset('1101');
      const port = transport === 'udp' ? world.exchange.port : world.exchange.tcpPort;
      const registrar = { port, transport, password: exchangePasswords.get('1109')! };
      const phone = await startBaresip({ user: '1109', frequency: tones.peer, registrar });
      onTestFinished(() => phone.close());
      await phone.hears('REGISTER_OK');

      await phone.dial(`sip:1101@127.0.0.1:${port};transport=${transport}`);
      await handset.isTold('incomingcall');
      await handset.answers();
      await handset.hears(tones.peer);
      await until('the phone hears the handset', async () => {
        return Math.abs(((await phone.sound())?.frequency ?? 0) - tones.handset) <= 20;
      });
      await phone.hangup();
      await handset.isTold('hangup');

      await handset.calls('1109');
      await handset.isTold('accepted');
      await handset.hears(tones.peer);
      await handset.hangsUp();
      await phone.hears('CALL_CLOSED');
    });
  }
});
