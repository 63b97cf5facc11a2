import { connectionFacts, soundIn, startLinphone, until, type Linphone } from '@soft-handset/parts';
import { onTestFinished, test } from 'vitest';
import type { Handset } from './world/handset.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

/** The two tones of the key 5 (ITU-T Q.23), in Hz: a browser plays what comes as RFC 4733. */
const toneOfFive = [770, 1_336];

describeOnEachEngine('a handset and Linphone at one PBX', { needs: ['linphonec'] }, (world) => {
  /** 1009, registered with digest. */
  async function phone(): Promise<Linphone> {
    const registrar = { port: world.kamailio.port, password: 'sip-9' };
    const linphone = await startLinphone({ user: '1009', frequency: tones.peer, registrar });
    onTestFinished(() => linphone.close());
    return linphone;
  }

  async function soundBothWays(handset: Handset, linphone: Linphone): Promise<void> {
    await handset.hears(tones.peer);
    await until(
      'the phone hears the handset',
      async () => Math.abs(((await linphone.sound())?.frequency ?? 0) - tones.handset) <= 20,
      { timeoutMs: 10_000, everyMs: 100 },
    );
  }

  test('a return call: both press a key, both hold, the handset hangs up', async () => {
    const linphone = await phone();
    const handset = await world.handset('1001');
    await handset.calls('1009');
    await linphone.says('Receiving new incoming call');
    await linphone.answer();
    await linphone.speaks();
    await handset.isTold('accepted');
    await soundBothWays(handset, linphone);

    await handset.presses('5');
    await linphone.says('Receiving tone 5');
    const heardFive = until(
      'the handset hears the key',
      async () => {
        const now = (await soundIn(handset.page)) ?? 0;
        return toneOfFive.some((tone) => Math.abs(now - tone) < 15);
      },
      { everyMs: 10 },
    );
    await linphone.presses('5');
    await heardFive;

    await handset.asksPlugin({ request: 'hold', direction: 'inactive' });
    await nothingArrives(handset);
    await handset.asksPlugin({ request: 'unhold' });
    await soundBothWays(handset, linphone);
    await linphone.hold();
    // It goes on sending: music, where it has some.
    await until('the handset is held', () =>
      handset.wire.ladder.some((line) => line.startsWith('< updatingcall') && !line.includes('sendrecv')),
    );
    await linphone.resume();
    await soundBothWays(handset, linphone);

    await handset.hangsUp();
    await linphone.says('ended');
  });

  test('it calls the handset, and hangs up', async () => {
    const linphone = await phone();
    const handset = await world.handset('1001');

    await linphone.dial(world.kamailio.uri('1001'));
    await handset.isTold('incomingcall');
    await handset.answers();
    await linphone.speaks();
    await soundBothWays(handset, linphone);
    await linphone.hangup();

    await handset.isTold('hangup');
  });

  async function nothingArrives(handset: Handset): Promise<void> {
    const packets = async () => (await connectionFacts(handset.page)).received.audio?.packets ?? 0;
    await until(
      'nothing is sent to the handset any more',
      async () => {
        const before = await packets();
        await handset.page.waitForTimeout(300);
        return (await packets()) === before;
      },
      { timeoutMs: 10_000 },
    );
  }
});
