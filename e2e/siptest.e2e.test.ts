import { freeTcpPort, startBaresip, until, type Baresip } from '@soft-handset/parts';
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { startDemoServer, type DemoServer } from './world/demo-server.ts';
import { exchangePasswords } from './world/numbers.ts';
import { SiptestPage } from './world/siptest-page.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

/*
 * Meetecho's own page for the stock SIP plugin, unmodified: a page that was written for Janus works against our server.
 */
const demoPort = await freeTcpPort();

describeOnEachEngine(
  "Meetecho's SIP demo page",
  { needs: ['baresip', 'janus-demos'], config: { allowedOrigins: [`http://localhost:${demoPort}`] } },
  (world) => {
    let demos: DemoServer;
    beforeAll(async () => {
      demos = await startDemoServer(demoPort);
    });
    afterAll(() => demos.close());

    async function openPage(scheme: 'wss' | 'https' = 'wss'): Promise<SiptestPage> {
      const server = `${world.origin.replace('https', scheme)}/janus`;
      const page = await SiptestPage.open(await world.browser(), demos, server);
      onTestFinished(() => page.close());
      onTestFailed(() => console.error(`the wire of the demo:\n${page.wire.toString()}`));
      await page.registers('1101', atExchange());
      return page;
    }

    /** 1109, registered at the exchange. */
    async function startPhone(): Promise<Baresip> {
      const registrar = { port: world.exchange.port, password: exchangePasswords.get('1109')! };
      const phone = await startBaresip({ user: '1109', frequency: tones.peer, registrar });
      onTestFinished(() => phone.close());
      await phone.hears('REGISTER_OK');
      return phone;
    }

    /** 1109 has called the page, which has answered. */
    async function inCall(): Promise<{ page: SiptestPage; phone: Baresip }> {
      const [page, phone] = [await openPage(), await startPhone()];
      await phone.dial(uriOf('1101'));
      await page.answers('1109');
      await phone.hears('CALL_ESTABLISHED');
      await page.hears(tones.peer);
      return { page, phone };
    }

    test.each(['wss', 'https'] as const)(
      'it calls a phone over %s: sound, keys, and it hangs up',
      async (scheme) => {
        const [page, phone] = [await openPage(scheme), await startPhone()];

        await page.calls(uriOf('1109'));
        await page.isTold('Call accepted!');
        await page.hears(tones.peer);
        await phoneHears(phone, tones.handset);
        await page.presses('5');
        expect(await phone.hears('CALL_DTMF_START')).toMatchObject({ param: '5' });
        await page.hangsUp();

        await phone.hears('CALL_CLOSED');
        await page.isAlerted('200');
      },
    );

    test('a phone calls it, holds and comes back, and hangs up', async () => {
      const { page, phone } = await inCall();

      await phone.hold();
      await page.isToldByPlugin('updated', {});
      await phone.resume();
      await page.hears(tones.peer);
      await phone.hangup();

      await page.isAlerted('200');
      await page.hasEnded();
    });

    test('it holds the phone and takes it back, and sends INFO', async () => {
      const { page, phone } = await inCall();

      await page.asksPlugin({ request: 'hold' });
      await page.isToldByPlugin('holding', {});
      await page.asksPlugin({ request: 'unhold' });
      await page.isToldByPlugin('resuming', {});
      await page.hears(tones.peer);
      await page.asksPlugin({ request: 'dtmf_info', digit: '7' });
      expect(await phone.hears('CALL_DTMF_START')).toMatchObject({ param: '7' });
      await page.sendsInfo('application/json', '{"seat":4}');
      await page.isToldByPlugin('infosent', {});
    });

    test('it declines', async () => {
      const [page, phone] = [await openPage(), await startPhone()];

      await phone.dial(uriOf('1101'));
      await page.declines('1109');

      expect(await phone.hears('CALL_CLOSED')).toMatchObject({ param: '486 Busy Here' });
    });

    test('nobody is there: it says so and can call again', async () => {
      const page = await openPage();

      await page.calls(uriOf('4711'));

      await page.isAlerted('404');
      await page.hasEnded();
    });

    test('it sends the phone to somebody else', async () => {
      const other = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
      const { page, phone } = await inCall();

      await page.transfersTo(uriOf('1102'));
      expect(await other.isTold('incomingcall')).toMatchObject({ telNumber: '1109' });
      await other.answers();

      await phoneHears(phone, tones.otherHandset);
      await other.hangsUp();
    });

    test('the phone sends it to somebody else: it follows on a helper that it makes', async () => {
      const other = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
      const { page, phone } = await inCall();

      await phone.transfer(uriOf('1102'));
      await page.isAskedToCall(uriOf('1102'), 'OK');
      expect(await other.isTold('incomingcall')).toMatchObject({ telNumber: '1101' });
      await other.answers();

      await phone.hears('CALL_CLOSED');
      await other.hears(tones.handset);
      await page.hears(tones.otherHandset);
      await page.isAlerted('200');
      await page.hangsUp('1');
      await other.isTold('hangup');
    });

    test('the phone would send it to somebody else, and it refuses', async () => {
      const { page, phone } = await inCall();

      await phone.transfer(uriOf('1102'));
      await page.isAskedToCall(uriOf('1102'), 'Cancel');

      expect(await phone.hears('TRANSFER_FAILED')).toMatchObject({ param: '603 Decline' });
    });

    test('two calls at once, the second on a helper; the first goes on', async () => {
      const other = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
      const { page, phone } = await inCall();

      const helper = await page.addsHelper();
      await other.calls('1101');
      await page.answers('1102');
      await other.isTold('accepted');
      await page.hears(tones.otherHandset);
      await other.hears(tones.handset);
      await page.hangsUp(helper);
      await other.isTold('hangup');
      await phoneHears(phone, tones.handset);
    });

    test('it writes to whom it talks with, and is written to', async () => {
      const other = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });
      const page = await openPage();
      await page.calls(uriOf('1102'));
      await other.isTold('incomingcall');
      await other.answers();
      await page.isTold('Call accepted!');
      await page.hears(tones.otherHandset);

      await page.writes('Come to the <gate>');
      await other.isToldByPlugin('message', { content: 'Come to the <gate>' });
      await other.asksPlugin({ request: 'message', content: 'On my way', content_type: 'text/plain' });
      await page.isTold('On my way');
      await page.hangsUp();
    });

    function atExchange(): string {
      return `127.0.0.1:${world.exchange.port}`;
    }

    function uriOf(number: string): string {
      return `sip:${number}@${atExchange()}`;
    }

    async function phoneHears(phone: Baresip, frequency: number): Promise<void> {
      await until(`the phone hears ${frequency} Hz`, async () => {
        return Math.abs(((await phone.sound())?.frequency ?? 0) - frequency) <= 20;
      });
    }
  },
);
