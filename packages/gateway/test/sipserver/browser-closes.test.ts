import { expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer } from '../fakes/test-handset.ts';

/*
 * A handset that hangs up closes its PeerConnection too, and Janus hears of that (a DTLS alert) before the request is here.
 */
async function inCall() {
  const world = gatewayOfFakes();
  const handset = await world.registered();
  handset.asks({ request: 'new_call', uri: '1002' });
  const { callId } = await handset.hears('calling');
  world.stack.agent.call.answers('peer-offer');
  await handset.hears('new_accepted');
  handset.asks({ request: 'new_accept' }, anAnswer);
  await handset.hears('accept_reply');
  return { ...world, handset, callId };
}

test('the browser closes its media and then hangs up: the hang-up counts', async () => {
  const { engine, stack, handset, callId, counts } = await inCall();

  engine.session.finish('closed');
  await handset.hearsNothing();
  const hangup = handset.asks({ request: 'hangup' });

  await handset.hears('hangingup', { transaction: hangup, callId });
  expect(stack.agent.call.did).toContain('BYE');
  expect(counts()).toMatchObject({ calls: 0, timers: 0 });
});

test('the browser closes its media and says nothing: both sides hear after a moment', async () => {
  const { engine, stack, clock, handset, callId } = await inCall();

  engine.session.finish('closed');
  await handset.hearsNothing();
  clock.advance(1_000);

  await handset.hears('hangup', { callId, code: 503 });
  expect(stack.agent.call.did).toContain('BYE');
});

test('the peer hangs up in that moment: it is not waited for', async () => {
  const { engine, stack, clock, handset, callId } = await inCall();

  engine.session.finish('closed');
  await handset.hearsNothing();
  stack.agent.call.ends({ status: 200, reason: 'OK' });

  await handset.hears('hangup', { callId, code: 200 });
  await handset.hears('close PC');
  clock.advance(1_000);
  await handset.hearsNothing();
});
