import { makeCertificate, type TestCertificate } from '@soft-handset/parts/certificates';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ackOf, World } from './world.ts';

let certificate: TestCertificate;
let world: World;
beforeAll(async () => {
  certificate = await makeCertificate({ ip: ['127.0.0.1'] });
});
beforeEach(async () => {
  world = await World.open(undefined, { tlsPort: 0, wsPort: 0, wssPort: 0, certificate });
});
afterEach(() => world.close());

describe('phones that cannot be called back', () => {
  for (const protocol of ['tls', 'ws', 'wss'] as const) {
    test(`register over ${protocol}, call a phone over UDP and are called by it, re-INVITE and BYE included`, async () => {
      const ours = await world.registeredPhone('1001', { protocol, ca: certificate.cert });
      const other = await world.registeredPhone('1002');

      for (const [caller, callee, number] of [
        [ours, other, '1002'],
        [other, ours, '1001'],
      ] as const) {
        const call = caller.call(`sip:${number}@127.0.0.1`, 'offer');
        const incoming = await callee.incoming.next();
        incoming.accept('answer');
        await call.answered.next();
        await ackOf(incoming);

        expect(await call.session.reinvite('hold')).toMatchObject({ status: 200, sdp: 'holdagain' });
        incoming.end();
        expect(await call.ended.next()).toMatchObject({ by: 'peer' });
      }
    });
  }

  test('ring with the others of the number', async () => {
    const caller = await world.registeredPhone('1001');
    const desk = await world.registeredPhone('1002');
    const page = await world.registeredPhone('1002', { protocol: 'ws' });

    const call = caller.call('sip:1002@127.0.0.1', 'offer');
    await desk.incoming.next();
    (await page.incoming.next()).accept('the page answers');

    expect(await call.answered.next()).toBe('the page answers');
  });

  test('are gone when their connection is, without waiting for the binding to expire', async () => {
    const page = await world.registeredPhone('1002', { protocol: 'ws' });
    const caller = await world.registeredPhone('1001');
    expect(world.exchange.counts().bindings).toBe(2);

    await page.stack.close();

    await expect.poll(() => world.exchange.counts().bindings, { timeout: 20_000 }).toBe(1);
    expect(await caller.call('sip:1002@127.0.0.1', 'offer').ended.next()).toMatchObject({ status: 480 });
  });
});

/** As JsSIP and SIP.js write it. */
const register = [
  'REGISTER sip:127.0.0.1 SIP/2.0',
  'Via: SIP/2.0/WS a1b2c3.invalid;branch=z9hG4bK1',
  'Max-Forwards: 69',
  'To: <sip:1001@127.0.0.1>',
  'From: "1001" <sip:1001@127.0.0.1>;tag=page',
  'Call-ID: page',
  'CSeq: 1 REGISTER',
  'Contact: <sip:x7y8@a1b2c3.invalid;transport=ws>;+sip.ice;reg-id=1;+sip.instance="<urn:uuid:1>";expires=600',
  'Expires: 600',
  'Allow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY',
  'Supported: path,gruu,outbound',
  'User-Agent: JsSIP 3.10.1',
  'Content-Length: 0',
  '\r\n',
].join('\r\n');

test('RFC 7118 §5: the REGISTER of a page is challenged over its own connection', async () => {
  const page = new WebSocket(`ws://127.0.0.1:${world.exchange.wsPort}/`, 'sip');
  const heard = new Promise<string>((resolve) => {
    page.once('message', (data: Buffer) => resolve(data.toString()));
  });
  page.once('open', () => page.send(register));

  const answer = await heard;

  expect(answer).toMatch(/^SIP\/2.0 401 /);
  expect(answer).toContain('Via: SIP/2.0/WS a1b2c3.invalid;branch=z9hG4bK1;received=127.0.0.1');
  page.terminate();
});
