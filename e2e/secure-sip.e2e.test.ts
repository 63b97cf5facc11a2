import { startBaresip, until } from '@soft-handset/parts';
import { makeCertificate } from '@soft-handset/parts/certificates';
import { onTestFinished, test } from 'vitest';
import { describeInWorld } from './world/suites.ts';
import { tones } from './world/world.ts';

const tls = await makeCertificate({ ip: ['127.0.0.1'] });

describeInWorld(
  'a PBX that the gateway reaches over TLS and WebSocket only',
  {
    engine: 'embedded',
    kamailio: { tls, webSocket: true },
    needs: ['kamailio-tls', 'kamailio-websocket', 'baresip'],
  },
  (world) => {
    for (const [account, over] of [
      ['1002', 'TLS'],
      ['1003', 'a secure WebSocket'],
    ] as const) {
      test(`over ${over} a phone is called and calls, with sound both ways`, async () => {
        const registrar = { port: world.kamailio.port, password: 'sip-9' };
        const phone = await startBaresip({ user: '1009', frequency: tones.peer, registrar });
        onTestFinished(() => phone.close());
        await phone.hears('REGISTER_OK');
        const handset = await world.handset(account);
        const soundBothWays = async () => {
          await handset.hears(tones.peer);
          await until(
            'the phone hears the handset',
            async () => Math.abs(((await phone.sound())?.frequency ?? 0) - tones.handset) <= 20,
            { timeoutMs: 20_000, everyMs: 100 },
          );
        };

        await handset.calls('1009');
        await handset.isTold('accepted');
        await soundBothWays();
        await handset.hangsUp();
        await phone.hears('CALL_CLOSED');

        await phone.dial(world.kamailio.uri(account));
        await handset.isTold('incomingcall');
        await handset.answers();
        await soundBothWays();
        await phone.hangup();
        await handset.isTold('hangup');
      });
    }
  },
);
