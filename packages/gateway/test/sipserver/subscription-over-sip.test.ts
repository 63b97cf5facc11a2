import { expect, test } from 'vitest';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { gatewayOverSip } from '../fakes/gateway-over-sip.ts';

test('RFC 6665 over real SIP: subscribed, refreshed with another time, ended with the last NOTIFY', async () => {
  const { registrar, alice } = await gatewayOverSip(new FakeEngine());
  const asked: string[] = [];
  registrar.redirects = (transaction) => {
    if (transaction.request.method !== 'SUBSCRIBE') return false;
    const expires = transaction.request.headers.get('Expires') ?? '';
    asked.push(expires);
    transaction.respond(200, {
      toTag: 'notifier',
      headers: [
        ['Expires', expires],
        ['Contact', `<${registrar.uri}>`],
      ],
    });
    registrar.notifies(transaction, expires === '0' ? 'terminated' : `active;expires=${expires}`, 'state');
    return true;
  };
  const mwi = { event: 'message-summary' };

  const first = alice.asks({ request: 'subscribe', ...mwi, subscribe_ttl: 600 });
  await alice.hears('subscribing');
  await alice.hears('subscribe_succeeded', { transaction: first });
  await alice.hears('notify', { substate: 'active', content: 'state' });
  const second = alice.asks({ request: 'subscribe', ...mwi, subscribe_ttl: 60 });
  await alice.hears('subscribing');
  await alice.hears('subscribe_succeeded', { transaction: second });
  await alice.hears('notify', { substate: 'active' });
  alice.asks({ request: 'unsubscribe', ...mwi });
  await alice.hears('unsubscribing');
  await alice.hears('notify', { substate: 'terminated' });

  expect(asked).toEqual(['600', '60', '0']);
});
