import { describe, expect, test } from 'vitest';
import { account, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet, TestHandset } from '../fakes/test-handset.ts';

const uri = 'sip:1001@pbx.example';

async function stockPage(options: Parameters<typeof gatewayOfFakes>[0] = {}) {
  const gateway = gatewayOfFakes(options);
  const page = new TestHandset(gateway.stockPlugin);
  await page.registers(uri, { proxy: 'sip:10.0.0.5' });
  return { ...gateway, page };
}

/** A page of the stock SIP plugin, attached as `janus.plugin.sip`, hears the orders that Meetecho documents. */
describe('a page of the stock SIP plugin', () => {
  test('is registered by its SIP URI, also where it gave only a number', async () => {
    const { stockPlugin, page } = await stockPage();
    const second = new TestHandset(stockPlugin);

    second.asks({ request: 'register', username: '1001', secret: 'page-secret' });
    await second.hears('registering');
    await second.hears('registered', { username: uri, register_sent: true });
    page.asks({ request: 'unregister' });

    await page.hears('unregistering');
    await page.hears('unregistered', { username: uri });
  });

  test('an answered call is accepted, the peer ends it with hangup', async () => {
    const { stack, page } = await stockPage();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    const { callId } = await page.hears('incomingcall');

    const transaction = page.asks({ request: 'accept' }, anAnswer);
    await quiet();
    call.acknowledges();

    await page.hears('accepted', { transaction, callId });
    call.ends();
    await page.hears('hangup', { code: 200 });
  });

  test.each([
    ['Q.850;cause=16;text="Terminated"', 'Terminated', 'Q.850', '16'],
    ['SIP;cause=600', 'SIP;cause=600', 'SIP', '600'],
    ['garbage;;', 'garbage;;', undefined, undefined],
  ])('a Reason header is taken apart: %s', async (reasonHeader, text, protocol, cause) => {
    const { stack, page } = await stockPage();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await page.hears('incomingcall');

    call.ends({ status: 487, reasonHeader });

    const { reason_header, reason_header_protocol, reason_header_cause } = await page.hears('hangup');
    expect([reason_header, reason_header_protocol, reason_header_cause]).toEqual([text, protocol, cause]);
  });

  test('an offerless INVITE is accepting, then accepted with the answer of the ACK', async () => {
    const { stack, page } = await stockPage();
    const call = stack.agent.isCalled();
    await page.hears('incomingcall');

    page.asks({ request: 'accept' }, anOffer);
    await page.hears('accepting');
    call.acknowledges('peer-answer');

    const { jsep } = await page.hears('accepted');
    expect(jsep?.type).toBe('answer');
  });

  test.each([
    ['decline', 'declining', 486],
    ['hangup', 'hangingup', 486],
  ] as const)('%s of a ringing call is %s, then hangup %d', async (request, event, code) => {
    const { stack, page } = await stockPage();
    stack.agent.isCalled({ offer: 'peer-offer' });
    await page.hears('incomingcall');

    const transaction = page.asks({ request });

    await page.hears(event, { transaction });
    const { transaction: ofHangup } = await page.hears('hangup', { code });
    expect(ofHangup).toBeUndefined();
  });

  test('what becomes of a call is told under the transaction that has placed it, until it is up', async () => {
    const { stack, page } = await stockPage();
    const call = page.asks({ request: 'call', uri: 'sip:1002@pbx.example' }, anOffer);
    await page.hears('calling', { transaction: call });
    await quiet();
    stack.agent.call.rings();
    await page.hears('ringing', { transaction: call });
    stack.agent.call.ends({ status: 486, reason: 'Busy Here' });
    await page.hears('hangup', { code: 486, transaction: call });
    page.forgets('close PC');

    const later = stack.agent.isCalled({ offer: 'peer-offer' });
    await page.hears('incomingcall');
    later.ends({ status: 487 });

    const { transaction } = await page.hears('hangup', { code: 487 });
    expect(transaction).toBeUndefined();
  });

  test('its own call that it takes back is hangingup, then hangup 487', async () => {
    const { page } = await stockPage();
    page.asks({ request: 'call', uri: 'sip:1002@pbx.example' }, anOffer);
    await page.hears('calling');

    page.asks({ request: 'hangup' });

    await page.hears('hangingup');
    await page.hears('hangup', { code: 487 });
  });

  test('a second call rings on a handle that is free while the other one is in a call', async () => {
    const { stack, stockPlugin, page } = await stockPage();
    const first = stack.agent.isCalled({ offer: 'peer-offer' });
    await page.hears('incomingcall');
    page.asks({ request: 'accept' }, anAnswer);
    await quiet();
    first.acknowledges();
    await page.hears('accepted', { callId: 'in-1' });
    const free = await new TestHandset(stockPlugin).registers(uri);

    stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-2' });

    await free.hears('incomingcall', { callId: 'in-2' });
    await page.hearsNothing();
  });

  test('as a guest it calls without a REGISTER, if the account lets it in', async () => {
    const { stockPlugin } = gatewayOfFakes({ accounts: [account('1001', { open: true }), account('1003')] });
    const [guest, stranger] = [new TestHandset(stockPlugin), new TestHandset(stockPlugin)];

    guest.asks({ request: 'register', type: 'guest', username: uri });
    stranger.asks({ request: 'register', type: 'guest', username: 'sip:1003@pbx.example' });

    await guest.hears('registering');
    await guest.hears('registered', { register_sent: false });
    await stranger.hears('registering');
    await stranger.hears('registration_failed', { code: 1001 });
  });
});
