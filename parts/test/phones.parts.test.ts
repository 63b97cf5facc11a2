import { expect, test } from 'vitest';
import { called, startBaresip, startKamailio, startRtpPeer, startSipp, until } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';

describeWithParts(['baresip', 'sipp'], 'baresip as a SIP phone', () => {
  test('it calls a scripted peer that offers early, and hears its tone', async () => {
    const parts = partsOfThisTest();
    const speaker = await parts.use(startRtpPeer({ says: { frequency: 700 } }));
    const uas = await parts.use(
      startSipp({ scenario: called.answersOffer({ media: { audioPort: speaker.port } }), calls: 1 }),
    );
    const phone = await parts.use(startBaresip({ user: '1001', frequency: 520 }));

    await phone.dial(uas.uri('600'));
    await phone.hears('CALL_ESTABLISHED');
    const heardByPhone = await until('the phone hears 700 Hz', async () => {
      const heard = await phone.sound();
      return heard?.frequency === 700 ? heard : undefined;
    });
    const heardFromPhone = await until('the peer hears 520 Hz', () => {
      const heard = speaker.hears();
      return heard?.frequency === 520 ? heard : undefined;
    });
    await phone.hangup();

    expect(heardByPhone.share).toBeGreaterThan(0.5);
    expect(heardFromPhone.share).toBeGreaterThan(0.8);
    expect(await uas.finished()).toMatchObject({ exitCode: 0 });
  });
});

describeWithParts(['baresip', 'kamailio'], 'Kamailio as registrar', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    test(`two phones register with digest and talk to each other over ${transport}`, async () => {
      const parts = partsOfThisTest();
      const users = { '1001': 'secret-1', '1002': 'secret-2' };
      const kamailio = await parts.use(startKamailio({ users }));
      const phone = (user: keyof typeof users, frequency: number) =>
        parts.use(
          startBaresip({
            user,
            frequency,
            answers: 'when told',
            registrar: { port: kamailio.port, password: users[user], transport },
          }),
        );
      const [first, second] = [await phone('1001', 450), await phone('1002', 900)];
      await first.hears('REGISTER_OK');
      await second.hears('REGISTER_OK');

      await first.dial(kamailio.uri('1002'));
      await second.hears('CALL_INCOMING');
      await second.accept();
      await first.hears('CALL_ESTABLISHED');
      await until('they hear each other', async () => {
        const [one, two] = [await first.sound(), await second.sound()];
        return one?.frequency === 900 && two?.frequency === 450;
      });
      await second.hangup();

      await first.hears('CALL_CLOSED');
      expect(kamailio.registrationsOf('1001')).toBeGreaterThan(0);
    });
  }

  test('a wrong password is refused', async () => {
    const parts = partsOfThisTest();
    const kamailio = await parts.use(startKamailio({ users: { '1001': 'right' } }));
    const phone = await parts.use(
      startBaresip({ user: '1001', registrar: { port: kamailio.port, password: 'wrong' } }),
    );

    await phone.hears('REGISTER_FAIL');

    expect(kamailio.registrationsOf('1001')).toBe(0);
  });
});
