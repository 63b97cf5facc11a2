import { describe, expect, test } from 'vitest';
import { gatewayInCall, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';

const waiting = 'Messages-Waiting: yes';
const mwi = { request: 'subscribe', event: 'message-summary' };

async function subscribed(body: object = mwi) {
  const gateway = gatewayOfFakes();
  const handset = await gateway.registered();
  const transaction = handset.asks(body);
  await handset.hears('subscribing', { transaction });
  return { ...gateway, handset, transaction, subscription: gateway.stack.agent.subscriptions.at(-1)! };
}

describe('subscribe', () => {
  test("to the messages of one's own number, and each NOTIFY is told", async () => {
    const { handset, transaction, subscription } = await subscribed();

    subscription.isTaken(202);
    subscription.notifies('active', waiting);

    await handset.hears('subscribe_succeeded', { transaction, code: 202, reason: 'OK' });
    await handset.hears('notify', {
      notify: 'message-summary',
      substate: 'active',
      'content-type': 'application/simple-message-summary',
      content: waiting,
    });
    expect(subscription.target).toBe('sip:1001@pbx.example');
    expect(subscription.options).toEqual({ event: 'message-summary' });
  });

  test('to the calls of another, with everything that the handset may say', async () => {
    const { subscription, handset } = await subscribed({
      request: 'subscribe',
      event: 'dialog;id=7',
      to: '1002',
      accept: 'application/dialog-info+xml',
      subscribe_ttl: 120,
      headers: { 'X-A': 'b' },
      call_id: 'mine',
    });

    subscription.notifies('active', '<dialog-info/>');

    await handset.hears('notify', { notify: 'dialog', callId: 'mine' });
    expect(subscription.target).toBe('sip:1002@pbx.example');
    expect(subscription.options).toEqual({
      event: 'dialog;id=7',
      accept: 'application/dialog-info+xml',
      expires: 120,
      headers: [['X-A', 'b']],
      callId: 'mine',
    });
  });

  test('twice is once, refreshed', async () => {
    const { handset, subscription, stack } = await subscribed();
    subscription.isTaken();
    await handset.hears('subscribe_succeeded');

    const again = handset.asks({ ...mwi, to: 'sip:1001@pbx.example' });
    await handset.hears('subscribing', { transaction: again });
    subscription.isTaken();

    await handset.hears('subscribe_succeeded', { transaction: again });
    expect([stack.agent.subscriptions.length, subscription.refreshes]).toEqual([1, 1]);
  });

  test('asked for twice before the first answer: each request has its outcome', async () => {
    const { handset, transaction, subscription, stack } = await subscribed();

    const again = handset.asks(mwi);
    await handset.hears('subscribing', { transaction: again });
    subscription.isTaken();

    await handset.hears('subscribe_succeeded', { transaction });
    await handset.hears('subscribe_succeeded', { transaction: again });
    await handset.hearsNothing();
    expect(stack.agent.subscriptions).toHaveLength(1);
  });

  test('and refused, both hear it', async () => {
    const { handset, transaction, subscription } = await subscribed();
    const again = handset.asks(mwi);
    await handset.hears('subscribing', { transaction: again });

    subscription.ends(403, 'Forbidden');

    await handset.hears('subscribe_failed', { transaction, code: 403 });
    await handset.hears('subscribe_failed', { transaction: again, code: 403 });
    await handset.hearsNothing();
  });

  test('with another time, Accept and header it is refreshed so', async () => {
    const { handset, subscription, stack } = await subscribed({ ...mwi, subscribe_ttl: 600 });
    subscription.isTaken();
    await handset.hears('subscribe_succeeded');

    handset.asks({ ...mwi, subscribe_ttl: 60, accept: 'text/plain', headers: { 'X-A': 'b' } });

    await handset.hears('subscribing');
    expect(subscription.change).toEqual({ expires: 60, accept: 'text/plain', headers: [['X-A', 'b']] });
    expect(stack.agent.subscriptions).toHaveLength(1);
  });

  test('with another Call-ID is 447, for that cannot change', async () => {
    const { handset, subscription } = await subscribed({ ...mwi, call_id: 'mine' });

    await handset.isRefused(447, handset.asks({ ...mwi, call_id: 'other' }));
    const same = handset.asks({ ...mwi, call_id: 'mine' });

    await handset.hears('subscribing', { transaction: same, callId: 'mine' });
    expect(subscription.refreshes).toBe(1);
  });

  test('refreshes are not told, a loss is once, and that it is there again', async () => {
    const { handset, subscription } = await subscribed();
    subscription.isTaken();
    await handset.hears('subscribe_succeeded');

    subscription.isTaken();
    subscription.fails(408, 'No NOTIFY');
    subscription.fails(503, 'Service Unavailable');
    subscription.isTaken();

    await handset.hears('subscribe_failed', { code: 408, reason: 'No NOTIFY' });
    await handset.hears('subscribe_succeeded', { code: 200 });
    await handset.hearsNothing();
  });

  test('that is refused is told once, and may be asked for again', async () => {
    const { handset, transaction, subscription, stack } = await subscribed();

    subscription.ends(489, 'Bad Event');
    await handset.hears('subscribe_failed', { transaction, code: 489, reason: 'Bad Event' });
    handset.asks(mwi);

    await handset.hears('subscribing');
    expect(stack.agent.subscriptions).toHaveLength(2);
  });

  test('a terminated NOTIFY is told, and there is nothing to unsubscribe any more', async () => {
    const { handset, subscription } = await subscribed();
    subscription.isTaken();
    await handset.hears('subscribe_succeeded');

    subscription.notifies('terminated', '');
    subscription.ends(200, 'noresource');

    await handset.hears('notify', { substate: 'terminated' });
    await handset.isRefused(447, handset.asks({ request: 'unsubscribe', event: 'message-summary' }));
  });

  test('is for whom is registered: 447', async () => {
    const handset = gatewayOfFakes().handset();

    await handset.isRefused(447, handset.asks(mwi));
    await handset.isRefused(447, handset.asks({ request: 'unsubscribe', event: 'message-summary' }));
  });

  test('has an end: 447', async () => {
    const { handset, stack } = await subscribed();

    for (let number = 0; number < 128; number++) handset.asks({ ...mwi, to: `2${number}` });
    handset.forgets('subscribing');

    await handset.isRefused(447);
    expect(stack.agent.subscriptions).toHaveLength(128);
  });

  test.each([
    ['no event', { request: 'subscribe' }, 443],
    ['an event that is none', { ...mwi, event: 'a b' }, 444],
    ['an event with a line break', { ...mwi, event: 'dialog;a\r\nVia: x' }, 444],
    ['no time', { ...mwi, subscribe_ttl: 0 }, 444],
    ['a time that is text', { ...mwi, subscribe_ttl: '60' }, 444],
    ['nobody', { ...mwi, to: '<sip:a@b>' }, 446],
    ['an Accept with a line break', { ...mwi, accept: 'a/b\r\nVia: x' }, 444],
    ['a header of the stack', { ...mwi, headers: { Expires: '1' } }, 444],
    ['a Call-ID with a blank', { ...mwi, call_id: 'a b' }, 444],
    ['the Call-ID of its call', { ...mwi, call_id: 'in-1' }, 444],
    ['what is not subscribed', { request: 'unsubscribe', event: 'presence' }, 447],
  ])('%s costs nothing else', async (_, body, code) => {
    const { handset, call, stack } = await gatewayInCall();

    await handset.isRefused(code, handset.asks(body));

    await handset.hearsNothing();
    expect([stack.agent.subscriptions, call.state]).toEqual([[], 'confirmed']);
  });
});

describe('the end of a subscription', () => {
  test('is asked for; the last NOTIFY is still told', async () => {
    const { handset, subscription } = await subscribed();
    subscription.isTaken();
    await handset.hears('subscribe_succeeded');

    const transaction = handset.asks({ request: 'unsubscribe', event: 'message-summary' });

    await handset.hears('unsubscribing', { transaction });
    expect(subscription.state).toBe('unsubscribing');
    subscription.notifies('terminated', '');
    await handset.hears('notify', { substate: 'terminated' });
  });

  test.each([
    ['the page goes', { request: 'detach' }],
    ['the handset logs out', { request: 'unregister' }],
  ])('comes when %s, for its own and for no other', async (_, { request }) => {
    const { handset, subscription, registered, stack } = await subscribed();
    const other = await registered();
    other.asks(mwi);

    if (request === 'detach') handset.leaves();
    else handset.asks({ request });

    expect(stack.agent.subscriptions.map(({ state }) => state)).toEqual(['unsubscribing', 'subscribing']);
    expect(subscription.state).toBe('unsubscribing');
  });
});

describe('a NOTIFY that nobody has asked for', () => {
  const type = 'application/simple-message-summary';
  const event = ['Event', 'message-summary'] as const;

  test('RFC 3842: of messages that wait is told to all handsets of the account', async () => {
    const { stack, registered } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];

    const notify = stack.agent.isNotified({ body: waiting, type, headers: [event] });

    for (const handset of [one, two])
      await handset.hears('notify', {
        notify: 'message-summary',
        substate: 'active',
        'content-type': type,
        content: waiting,
      });
    expect(notify.answers).toEqual([200]);
  });

  test.each([
    ['of something else', { body: waiting, type, headers: [['Event', 'dialog']] }, 489],
    ['of nothing', { body: waiting, type }, 489],
    ['that says nothing', { headers: [event] }, 200],
    ['that is packed', { body: waiting, type, headers: [event, ['Content-Encoding', 'gzip']] }, 415],
    ['that is too long', { body: 'x'.repeat(40_000), type, headers: [event] }, 413],
  ] as const)('%s is told to nobody', async (_, facts, status) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    expect(stack.agent.isNotified(facts).answers).toEqual([status]);
    await handset.hearsNothing();
  });

  test('is 480 while the page reloads', async () => {
    const { stack, registered } = gatewayOfFakes();
    (await registered()).leaves();

    expect(stack.agent.isNotified({ body: waiting, type, headers: [event] }).answers).toEqual([480]);
  });
});
