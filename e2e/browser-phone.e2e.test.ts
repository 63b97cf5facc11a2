import { freeSipPort, startRtpengine, type Part } from '@soft-handset/parts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Handset } from './world/handset.ts';
import { pbxUsers } from './world/numbers.ts';
import { SipJsPhone } from './world/sipjs-phone.ts';
import { startSipJsServer, type SipJsServer } from './world/sipjs-server.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

/*
 * A browser phone of another make: SIP.js, over Kamailio's WebSocket, with rtpengine between its DTLS-SRTP and our plain RTP.
 */
const rtpengine = await freeSipPort();

describeOnEachEngine(
  'a browser phone that speaks SIP itself',
  { needs: ['rtpengine', 'kamailio-websocket'], kamailio: { webSocket: true, rtpengine } },
  (world) => {
    let media: Part;
    let server: SipJsServer;
    beforeAll(async () => {
      media = await startRtpengine(rtpengine);
      server = await startSipJsServer();
    });
    afterAll(async () => {
      await server.close();
      await media.close();
    });

    async function pair(): Promise<{ phone: SipJsPhone; handset: Handset }> {
      const account = { user: '1009', password: pbxUsers['1009'], port: world.kamailio.port };
      const phone = await SipJsPhone.open(await world.browser(tones.peer), server, account);
      onTestFinished(() => phone.close());
      return { phone, handset: await world.handset('1001') };
    }

    /** They hear each other, and its own ears tell it so. */
    async function talk(phone: SipJsPhone, handset: Handset): Promise<void> {
      await handset.hears(tones.peer);
      await phone.hears(tones.handset);
    }

    test('it calls, both hear each other, and it hangs up', async () => {
      const { phone, handset } = await pair();

      await phone.calls(world.kamailio.uri('1001'));
      expect(await handset.isTold('incomingcall')).toMatchObject({ telNumber: '1009' });
      await handset.answers();
      await phone.isTold('answered');
      await talk(phone, handset);
      await phone.does('hangup');

      await handset.isTold('hangup');
    });

    test.each(['calls', 'callsClassic'] as const)('a handset %s it, and hangs up', async (how) => {
      const { phone, handset } = await pair();

      await handset[how]('1009');
      await phone.isTold('ringing');
      await phone.does('answer');
      await handset.isTold('accepted');
      await talk(phone, handset);
      await handset.hangsUp();

      await phone.isTold('over');
    });

    test('each holds the other and comes back', async () => {
      const { phone, handset } = await pair();
      await handset.callsClassic('1009');
      await phone.isTold('ringing');
      await phone.does('answer');
      await talk(phone, handset);

      await phone.does('hold');
      await phone.isTold('held');
      await phone.does('unhold');
      await phone.isTold('resumed');
      await talk(phone, handset);
      await handset.page.evaluate(() => window.handset.handler.services.hold());
      await handset.page.evaluate(() => window.handset.handler.services.resume());
      await talk(phone, handset);
      await handset.hangsUp();
    });

    test('keys by INFO in both directions', async () => {
      const { phone, handset } = await pair();
      await handset.callsClassic('1009');
      await phone.isTold('ringing');
      await phone.does('answer');
      await talk(phone, handset);

      await handset.page.evaluate(() => window.handset.handler.services.dtmfInfo('5'));
      await phone.isTold('key 5');
      await phone.presses('7');
      await handset.isToldByPlugin('info', { type: 'application/dtmf-relay' });
      await handset.hangsUp();
    });

    test('the handset sends it to somebody else', async () => {
      const { phone, handset } = await pair();
      const third = await world.handset('1002', { browser: await world.browser(tones.otherHandset) });
      await phone.calls(world.kamailio.uri('1001'));
      await handset.isTold('incomingcall');
      await handset.answers();
      await talk(phone, handset);

      await handset.page.evaluate((to) => window.handset.handler.services.transfer(to), '1002');
      await third.isTold('incomingcall');
      await third.answers();

      await third.hears(tones.peer);
      await third.hangsUp();
    });
  },
);
