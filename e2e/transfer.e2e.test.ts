import { startBaresip, until, type Baresip } from '@soft-handset/parts';
import { expect, onTestFinished, test } from 'vitest';
import type { Handset } from './world/handset.ts';
import { exchangePasswords } from './world/numbers.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

describeOnEachEngine('a SIP phone and a handset transfer each other', { needs: ['baresip'] }, (world) => {
  /** 1109, registered at the exchange. */
  async function startPhone(): Promise<Baresip> {
    const registrar = { port: world.exchange.port, password: exchangePasswords.get('1109')! };
    const phone = await startBaresip({ user: '1109', frequency: tones.peer, registrar });
    onTestFinished(() => phone.close());
    await phone.hears('REGISTER_OK');
    return phone;
  }

  /** 1109 in a call with a handset that has called it. */
  async function phoneInCallWith(handset: Handset): Promise<Baresip> {
    const phone = await startPhone();
    await handset.calls('1109');
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    return phone;
  }

  async function phoneHears(phone: Baresip, frequency: number): Promise<void> {
    await until(`the phone hears ${frequency} Hz`, async () => {
      return Math.abs(((await phone.sound())?.frequency ?? 0) - frequency) <= 20;
    });
  }

  test('the phone is sent to another handset, and they hear each other (RFC 5589 §6)', async () => {
    const other = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
    const handset = await world.handset('1101');
    const phone = await phoneInCallWith(handset);

    await handset.page.evaluate((to) => window.handset.handler.services.transfer(to), atExchange('1102'));
    expect(await other.isTold('incomingcall')).toMatchObject({ telNumber: '1109' });
    await other.answers();
    await other.hears(tones.peer);
    await phoneHears(phone, tones.otherHandset);

    await handset.isTold('hangup');
    await other.hangsUp();
  });

  test('the phone is sent to nobody: it stays with the handset', async () => {
    const handset = await world.handset('1101');
    const phone = await phoneInCallWith(handset);

    await handset.asksPlugin({ request: 'transfer', uri: atExchange('4711') });
    await handset.isToldByPlugin('notify', {
      notify: 'refer',
      substate: 'terminated',
      content: expect.stringMatching(/^SIP\/2.0 404/) as string,
    });

    await phoneHears(phone, tones.handset);
    await handset.hears(tones.peer);
    await handset.hangsUp();
  });

  test('the phone sends a handset to another: a handle beside follows, and the phone is let go (RFC 5589 §6)', async () => {
    const other = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
    const [handset, beside] = [await world.janusJsHandset('1103'), await world.janusJsHandset('1103')];
    const phone = await startPhone();
    await handset.callsClassic('1109');
    await handset.isTold('accepted');
    await handset.hears(tones.peer);

    await phone.transfer(atExchange('1102'));
    const { refer_id, refer_to } = await handset.isTold('transfer');
    await beside.callsClassic(refer_to!, {}, { refer_id });
    await other.isTold('incomingcall');
    await other.answers();
    await beside.isTold('accepted');

    await handset.isTold('hangup');
    await phone.hears('CALL_CLOSED');
    await beside.hears(tones.otherHandset);
    await other.hears(tones.handset);
    await other.hangsUp();
    await beside.isTold('hangup');
  });

  // baresip 1.0 ends a call whose transfer is refused; another phone would go on talking.
  test('the phone sends a handset, which declines: it hears 603, and hangs up', async () => {
    const handset = await world.janusJsHandset('1103');
    const phone = await startPhone();
    await handset.callsClassic('1109');
    await handset.isTold('accepted');
    await handset.hears(tones.peer);

    await phone.transfer(atExchange('1102'));
    const { refer_id } = await handset.isTold('transfer');
    await handset.says({ request: 'decline', refer_id });

    expect(await phone.hears('TRANSFER_FAILED')).toMatchObject({ param: '603 Decline' });
    expect(await handset.isTold('hangup')).toMatchObject({ code: 200 });
  });

  /** baresip sends its calls to the host that it reads. */
  function atExchange(number: string): string {
    return `sip:${number}@127.0.0.1:${world.exchange.port}`;
  }
});

describeOnEachEngine('a handset is transferred by another', {}, (world) => {
  test('to a third that has been asked before: their call goes on without it (RFC 5589 §7)', async () => {
    const third = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
    const handset = await world.handset('1101');
    const [transferee, itsOther] = [await world.janusJsHandset('1103'), await world.janusJsHandset('1103')];
    await transferee.callsClassic('1101');
    await handset.isTold('incomingcall');
    await handset.answers();
    await transferee.isTold('accepted');
    const second = await world.handset('1101');
    await second.calls('1102');
    await third.isTold('incomingcall');
    await third.answers();
    await second.isTold('accepted');
    await third.hears(tones.handset);
    const { callId } = (await second.isTold('callingResult')) as { readonly callId: string };

    await handset.page.evaluate((replace) => window.handset.handler.services.transfer({ replace }), callId);
    const { refer_id, refer_to } = await transferee.isTold('transfer');
    await itsOther.callsClassic(refer_to!, {}, { refer_id });
    await itsOther.isTold('accepted');
    await second.isTold('hangup');
    await handset.isTold('hangup');

    expect(await third.isTold('peerChanged')).toMatchObject({ peer: 'sip:1103@127.0.0.1' });
    await itsOther.hears(tones.otherHandset);
    await third.hears(tones.handset);
    await third.hangsUp();
    await itsOther.isTold('hangup');
  });
});
