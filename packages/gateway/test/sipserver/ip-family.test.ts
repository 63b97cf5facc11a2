import { expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anOffer } from '../fakes/test-handset.ts';

test.each([
  ['sip:[2001:db8::5]:5060', 6],
  ['sip:10.0.0.5', 4],
  ['sip:pbx.example', undefined],
])('at the server %s a call is offered media over IP version %s', async (uri, family) => {
  const { engine, registered } = gatewayOfFakes({ servers: [{ name: 'pbx', uri }] });
  const handset = await registered();

  handset.asks({ request: 'call', uri: '1002' }, anOffer);
  await handset.hears('calling');

  expect(engine.session.familiesWanted).toEqual([family]);
});

test('the handset that offers to a caller who did not is offered over the IP of the server', async () => {
  const servers = [{ name: 'pbx', uri: 'sip:[2001:db8::5]' }];
  const { stack, engine, registered } = gatewayOfFakes({ servers });
  const handset = await registered();

  stack.agent.isCalled({});
  await handset.hears('incomingcall');
  handset.asks({ request: 'accept' }, anOffer);

  await expect.poll(() => engine.session.familiesWanted).toEqual([6]);
});
