import {
  connectionFacts,
  called,
  calling,
  soundIn,
  startBaresip,
  until,
  type Baresip,
} from '@soft-handset/parts';
import { makeCertificate } from '@soft-handset/parts/certificates';
import { expect, onTestFinished, test } from 'vitest';
import type { Handset } from './world/handset.ts';
import { describeInWorld } from './world/suites.ts';
import { tones } from './world/world.ts';

const tls = await makeCertificate({ ip: ['127.0.0.1'] });

/** The two tones of the key 5 (ITU-T Q.23), in Hz: a browser plays what comes as RFC 4733. */
const toneOfFive = [770, 1_336];

// Kamailio stays in the path (Record-Route, RFC 3261 §16.6): each re-INVITE and BYE here crosses it over the transport of the account.
describeInWorld(
  'a PBX that the gateway reaches over every transport',
  {
    engine: 'embedded',
    kamailio: { tls, webSocket: true },
    needs: ['kamailio-tls', 'kamailio-websocket', 'baresip'],
  },
  (world) => {
    /** 1009, registered with digest over UDP. */
    async function startPhone(): Promise<Baresip> {
      const registrar = { port: world.kamailio.port, password: 'sip-9' };
      const phone = await startBaresip({ user: '1009', frequency: tones.peer, registrar });
      onTestFinished(() => phone.close());
      await phone.hears('REGISTER_OK');
      return phone;
    }

    async function soundBothWays(handset: Handset, phone: Baresip): Promise<void> {
      await handset.hears(tones.peer);
      await until(
        'the phone hears the handset',
        async () => Math.abs(((await phone.sound())?.frequency ?? 0) - tones.handset) <= 20,
        { timeoutMs: 20_000, everyMs: 100 },
      );
    }

    async function soundIsBack(handset: Handset, phone: Baresip): Promise<void> {
      const before = await phone.received();
      await handset.hears(tones.peer);
      await until('the phone receives again', async () => (await phone.received()) > before + 20);
    }

    async function nothingArrives(handset: Handset): Promise<void> {
      const packets = async () => (await connectionFacts(handset.page)).received.audio?.packets ?? 0;
      let before = -1;
      await until(
        'nothing is sent to the handset any more',
        async () => {
          const now = await packets();
          const isQuiet = now === before;
          before = now;
          return isQuiet;
        },
        { everyMs: 400 },
      );
    }

    for (const [account, over] of [
      ['1001', 'UDP'],
      ['1004', 'TCP'],
      ['1002', 'TLS'],
      ['1003', 'a secure WebSocket'],
    ] as const) {
      test(`over ${over} a handset calls a phone, each of them holds and presses keys, and the handset hangs up`, async () => {
        const phone = await startPhone();
        const handset = await world.handset(account);
        await handset.calls('1009');
        await handset.isTold('accepted');
        await soundBothWays(handset, phone);

        await handset.presses('5');
        expect(await phone.hears('CALL_DTMF_START')).toMatchObject({ param: '5' });
        await handset.asksPlugin({ request: 'dtmf_info', digit: '7' });
        expect(await phone.hears('CALL_DTMF_START')).toMatchObject({ param: '7' });
        const heardFive = until(
          'the handset hears the key',
          async () => {
            const now = (await soundIn(handset.page)) ?? 0;
            return toneOfFive.some((tone) => Math.abs(now - tone) < 15);
          },
          { everyMs: 10 },
        );
        await phone.presses('555');
        await heardFive;

        await handset.asksPlugin({ request: 'hold', direction: 'inactive' });
        await nothingArrives(handset);
        await handset.asksPlugin({ request: 'unhold' });
        await soundIsBack(handset, phone);

        await phone.hold();
        await until('the handset is held', () =>
          handset.wire.ladder.some((line) => line.startsWith('< updatingcall') && !line.includes('sendrecv')),
        );
        await nothingArrives(handset);
        await phone.resume();
        await soundIsBack(handset, phone);

        await handset.hangsUp();
        await phone.hears('CALL_CLOSED');
      });

      test(`over ${over} a phone calls a handset, and hangs up`, async () => {
        const phone = await startPhone();
        const handset = await world.handset(account);

        await phone.dial(world.kamailio.uri(account));
        await handset.isTold('incomingcall');
        await handset.answers();
        await soundBothWays(handset, phone);
        await phone.hangup();

        await handset.isTold('hangup');
      });
    }
  },
);

describeInWorld(
  'a PBX that asks for SHA-256 (RFC 8760)',
  {
    engine: 'embedded',
    kamailio: { algorithm: 'SHA-256', tls, webSocket: true },
    needs: ['kamailio-tls', 'kamailio-websocket', 'sipp'],
  },
  (world) => {
    for (const [account, over] of [
      ['1001', 'UDP'],
      ['1004', 'TCP'],
      ['1002', 'TLS'],
      ['1003', 'a secure WebSocket'],
    ] as const) {
      test(`over ${over} a handset registers, calls and is called`, async () => {
        const handset = await world.handset(account);
        expect(world.kamailio.registrationsOf(account)).toBeGreaterThan(0);

        const peer = await world.peer((media) => called.offersWhenAnswering({ media }), {
          port: world.peerPort,
        });
        await handset.calls('2001');
        await handset.isTold('accepted');
        await handset.hears(tones.peer);
        await peer.hears(tones.handset);
        await handset.hangsUp();
        await peer.isContent();

        const caller = await world.peerCalls(account, (media) => calling.callsWithOffer({ media }));
        await handset.isTold('incomingcall');
        await handset.answers();
        await handset.hears(tones.peer);
        await caller.hears(tones.handset);
        await handset.hangsUp();
        await caller.isContent();
      });
    }
  },
);
