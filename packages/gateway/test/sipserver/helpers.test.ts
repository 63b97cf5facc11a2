import { describe, expect, test } from 'vitest';
import { stockSipPlugin } from '@soft-handset/protocol';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet, TestHandset } from '../fakes/test-handset.ts';

/** Several handles of one page as one telephone: `type: helper`, as the stock plugin has it, under both names. */
describe.each(['janus.plugin.sipserver', stockSipPlugin])('helpers under %s', (name) => {
  const isStock = name === stockSipPlugin;
  const answered = isStock ? 'accepted' : 'accept_reply';
  const uri = 'sip:1001@pbx.example';

  async function withMaster() {
    const gateway = gatewayOfFakes();
    const handle = () => new TestHandset(isStock ? gateway.stockPlugin : gateway.plugin);
    const master = handle();
    master.asks({ request: 'register', username: uri, secret: 'page-secret' });
    await master.hears('registering');
    const { master_id: masterId } = await master.hears('registered', { register_sent: true });
    return { ...gateway, handle, master, masterId };
  }

  async function withHelper() {
    const world = await withMaster();
    const helper = world.handle();
    const asked = helper.asks({
      request: 'register',
      type: 'helper',
      username: uri,
      master_id: world.masterId,
    });
    await helper.hears('registered', {
      transaction: asked,
      username: uri,
      register_sent: false,
      helper: true,
      master_id: world.masterId,
    });
    return { ...world, helper };
  }

  type World = Awaited<ReturnType<typeof withHelper>>;

  /** A call that the master has taken. */
  async function masterInCall(world: World) {
    const call = world.stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-1' });
    await world.master.hears('incomingcall', { callId: 'in-1' });
    world.master.asks({ request: 'accept' }, anAnswer);
    await quiet();
    call.acknowledges();
    await world.master.hears(answered);
    return call;
  }

  test('it needs no secret and makes no registration of its own', async () => {
    const { stack, counts, masterId } = await withHelper();

    expect(Number.isSafeInteger(masterId)).toBe(true);
    expect(stack.agent.registrations).toHaveLength(1);
    expect(counts()).toMatchObject({ handles: 2, lines: 1 });
  });

  test('a call rings at the master alone while that is free', async () => {
    const world = await withHelper();

    world.stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-1' });

    await world.master.hears('incomingcall', { callId: 'in-1' });
    await world.helper.hearsNothing();
  });

  test('the next call rings at the helper, and both talk', async () => {
    const world = await withHelper();
    await masterInCall(world);

    const second = world.stack.agent.isCalled({ offer: 'other-offer', callId: 'in-2' });
    await world.helper.hears('incomingcall', { callId: 'in-2' });
    const accept = world.helper.asks({ request: 'accept' }, anAnswer);
    await quiet();
    second.acknowledges();

    await world.helper.hears(answered, { callId: 'in-2', transaction: accept });
    await world.master.hearsNothing();
    expect(world.counts().calls).toBe(2);
  });

  test('with all of them busy the caller hears busy, and the master of it', async () => {
    const world = await withHelper();
    await masterInCall(world);
    world.helper.asks({ request: 'call', uri: '1002' }, anOffer);
    await world.helper.hears('calling');

    const third = world.stack.agent.isCalled({ offer: 'third-offer', callId: 'in-3' });

    await world.master.hears('missed_call');
    await world.helper.hearsNothing();
    expect(third.did).toEqual(['486']);
  });

  test('another telephone of the account rings beside it', async () => {
    const world = await withHelper();
    const other = await new TestHandset(world.plugin).registers();

    world.stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-1' });

    await world.master.hears('incomingcall');
    await other.hears('incomingcall');
    await world.helper.hearsNothing();
  });

  test('a helper that comes while it rings at its master is not rung too', async () => {
    const world = await withMaster();
    world.stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-1' });
    await world.master.hears('incomingcall');

    const helper = world.handle();
    helper.asks({ request: 'register', type: 'helper', username: uri, master_id: world.masterId });

    await helper.hears('registered');
    await helper.hearsNothing();
  });

  test('what happens to the line is told to the master', async () => {
    const world = await withHelper();

    world.stack.agent.registration.fails(503, 'Service Unavailable', 1000);

    await world.master.hears('registration_failed', { code: 503 });
    await world.helper.hearsNothing();
  });

  test('a helper that leaves leaves its master as it is', async () => {
    const world = await withHelper();
    const asked = world.helper.asks({ request: 'unregister' });

    await world.helper.hears('unregistering', { transaction: asked });
    await world.helper.hears('unregistered', { register_sent: false });
    await world.master.hearsNothing();
    expect(world.counts().lines).toBe(1);
  });

  test('with its master the helper goes, and so does its call', async () => {
    const world = await withHelper();
    world.helper.asks({ request: 'call', uri: '1002' }, anOffer);
    await world.helper.hears('calling');

    world.master.asks({ request: 'unregister' });

    await world.master.hears('unregistering');
    await world.helper.hears('detached');
    await quiet();
    expect(world.stack.agent.call.did).toEqual(['CANCEL']);
    expect(world.counts()).toMatchObject({ handles: 1, calls: 0 });
  });

  test('nobody is a helper of a master that is not there', async () => {
    const world = await withMaster();
    const stranger = world.handle();
    const ask = (more: object) =>
      stranger.asks({ request: 'register', type: 'helper', username: uri, ...more });

    await stranger.isRefused(443, ask({}));
    await stranger.isRefused(453, ask({ master_id: 1 }));
    await stranger.isRefused(444, ask({ master_id: 'one' }));
    world.master.asks({ request: 'unregister' });
    await world.master.hears('unregistering');
    world.stack.agent.registration.isGone();
    await world.master.hears('unregistered', { register_sent: true });
    await stranger.isRefused(453, ask({ master_id: world.masterId }));
  });

  test('who is registered cannot become a helper, nor a helper a master', async () => {
    const world = await withHelper();
    const about = { username: uri, secret: 'page-secret' };

    await world.master.isRefused(
      445,
      world.master.asks({ request: 'register', type: 'helper', master_id: world.masterId, ...about }),
    );
    await world.helper.isRefused(
      445,
      world.helper.asks({ request: 'register', ...about, username: 'sip:1003@pbx.example' }),
    );
  });
});
