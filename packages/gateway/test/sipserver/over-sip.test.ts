import { describe, expect, test } from 'vitest';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { gatewayOverSip } from '../fakes/gateway-over-sip.ts';
import { anAnswer, anOffer, TestHandset } from '../fakes/test-handset.ts';

/** Two accounts of one gateway call each other. The media is made up. */
const gatewayOverFakeMedia = () => gatewayOverSip(new FakeEngine());

type World = Awaited<ReturnType<typeof gatewayOverFakeMedia>>;

/** A return call of alice: bob's browser offers. */
async function returnCall({ alice, bob }: World): Promise<string> {
  alice.asks({ request: 'new_call', uri: '1002', headers: { 'X-Call-Type': 'call_dispatch' } });
  const { callId } = await alice.hears('calling');
  await bob.hears('incomingcall', { callee: '1002', type: 'call_dispatch' });
  await alice.hears('ringing');
  bob.asks({ request: 'accept' }, anOffer);
  await alice.hears('new_accepted', {
    callId,
    jsep: { type: 'offer', sdp: 'browser(plain(handset-offer))' },
  });
  const newAccept = alice.asks({ request: 'new_accept' }, anAnswer);
  await alice.hears('accept_reply', { transaction: newAccept, callId });
  await bob.hears('accept_reply', { jsep: { type: 'answer', sdp: 'browser(plain(handset-answer))' } });
  return callId!;
}

async function classicCall({ alice, bob }: World): Promise<string> {
  const call = alice.asks({ request: 'call', uri: '1002' }, anOffer);
  const { callId } = await alice.hears('calling', { transaction: call });
  await bob.hears('incomingcall', { jsep: { type: 'offer', sdp: 'browser(plain(handset-offer))' } });
  await alice.hears('ringing');
  bob.asks({ request: 'accept' }, anAnswer);
  await alice.hears('accepted', { jsep: { type: 'answer', sdp: 'browser(plain(handset-answer))' } });
  await alice.hears('accept_reply', { transaction: call });
  await bob.hears('accept_reply');
  return callId!;
}

describe('over real SIP', () => {
  test('a return call, ended by the callee', async () => {
    const world = await gatewayOverFakeMedia();
    const callId = await returnCall(world);

    world.bob.asks({ request: 'hangup' });

    await world.bob.hears('hangingup');
    await world.bob.hears('close PC');
    await world.alice.hears('hangup', { callId, code: 200 });
  });

  test('a classic call, ended by the caller', async () => {
    const world = await gatewayOverFakeMedia();
    await classicCall(world);

    world.alice.asks({ request: 'hangup' });

    await world.alice.hears('hangingup');
    await world.alice.hears('close PC');
    await world.bob.hears('hangup', { code: 200 });
  });

  test('the caller gives up while it rings', async () => {
    const { alice, bob } = await gatewayOverFakeMedia();
    alice.asks({ request: 'new_call', uri: '1002' });
    await alice.hears('calling');
    await bob.hears('incomingcall');
    await alice.hears('ringing');

    alice.asks({ request: 'hangup' });

    await alice.hears('hangingup');
    await bob.hears('hangup', { code: 487 });
    await alice.hearsNothing();
  });

  test.each([
    ['decline', { code: 603 }, 603],
    ['hangup', {}, 486],
  ] as const)('the callee answers with %s', async (request, more, code) => {
    const { alice, bob } = await gatewayOverFakeMedia();
    alice.asks({ request: 'call', uri: '1002' }, anOffer);
    await alice.hears('calling');
    await bob.hears('incomingcall');
    await alice.hears('ringing');

    bob.asks({ request, ...more });

    await alice.hears('hangup', { code });
  });

  test('a number that nobody has', async () => {
    const { alice } = await gatewayOverFakeMedia();

    alice.asks({ request: 'new_call', uri: '4711' });

    await alice.hears('calling');
    await alice.hears('hangup', { code: 404 });
  });

  test('the callee is in a call', async () => {
    const world = await gatewayOverFakeMedia();
    await returnCall(world);
    const carol = await new TestHandset(world.sipserver.plugin).registers('1001');

    carol.asks({ request: 'new_call', uri: '1002' });

    await carol.hears('calling');
    await carol.hears('hangup', { code: 486 });
    await world.bob.hears('missed_call');
  });

  test.each(['caller', 'callee'] as const)('the %s changes the call', async (who) => {
    const world = await gatewayOverFakeMedia();
    await classicCall(world);
    const { alice, bob } = world;
    const [one, other] = who === 'caller' ? [alice, bob] : [bob, alice];

    const ours = one.asks({ request: 'update' }, { type: 'offer', sdp: 'video' });
    await one.hears('updating');
    await other.hears('updatingcall', { jsep: { type: 'offer', sdp: 'browser(plain(video))' } });
    const theirs = other.asks({ request: 'update' }, { type: 'answer', sdp: 'video too' });

    await other.hears('updated', { transaction: theirs });
    await one.hears('updated', {
      transaction: ours,
      jsep: { type: 'answer', sdp: 'browser(plain(video too))' },
    });
  });

  test('a change that the peer refuses leaves the call', async () => {
    const world = await gatewayOverFakeMedia();
    await classicCall(world);

    const update = world.alice.asks({ request: 'update' }, { type: 'offer', sdp: 'no-common' });
    await world.alice.hears('updating');
    await world.bob.hears('updatingcall');
    const theirs = world.bob.asks({ request: 'update' }, { type: 'answer', sdp: 'no-common-codec' });
    await world.bob.isRefused(444, theirs);
    await world.alice.isRefused(449, update);
    world.alice.asks({ request: 'hangup' });

    await world.alice.hears('hangingup');
    await world.bob.hears('hangup');
  });

  test('a browser that vanishes', async () => {
    const world = await gatewayOverFakeMedia();
    await returnCall(world);

    world.alice.leaves();

    await world.bob.hears('hangup', { code: 480, reason: 'Handset gone' });
  });

  test('the engine is lost: both sides hear of it', async () => {
    const world = await gatewayOverFakeMedia();
    await returnCall(world);

    world.engine.lose();

    await world.alice.hears('hangup');
    await world.bob.hears('hangup');
  });

  test('the last handset logs out: the registrar hears it', async () => {
    const { alice, registrar, stack } = await gatewayOverFakeMedia();

    alice.asks({ request: 'unregister' });

    await alice.hears('unregistering');
    await alice.hears('unregistered');
    expect(registrar.has('1001')).toBe(false);
    expect(registrar.has('1002')).toBe(true);
    expect(stack.counts().registrations).toBe(1);
  });
});

test('after 100 calls of all kinds nothing is left of them', { timeout: 30_000 }, async () => {
  const world = await gatewayOverFakeMedia();
  const { alice, bob, engine, stack, sipserver, log } = world;
  const ends: readonly (() => Promise<unknown>)[] = [
    async () => {
      await returnCall(world);
      alice.asks({ request: 'hangup' });
      return Promise.all([alice.hears('hangingup'), bob.hears('hangup')]);
    },
    async () => {
      await classicCall(world);
      bob.asks({ request: 'hangup' });
      return Promise.all([bob.hears('hangingup'), alice.hears('hangup')]);
    },
    async () => {
      await classicCall(world);
      engine.sessions.at(-1)!.finish('ice-failed');
      return Promise.all([alice.hears('hangup'), bob.hears('hangup')]);
    },
    async () => {
      alice.asks({ request: 'new_call', uri: '1002' });
      await alice.hears('calling');
      await bob.hears('incomingcall');
      await alice.hears('ringing');
      alice.asks({ request: 'hangup' });
      return Promise.all([alice.hears('hangingup'), bob.hears('hangup')]);
    },
    async () => {
      alice.asks({ request: 'call', uri: '1002' }, anOffer);
      await alice.hears('calling');
      await bob.hears('incomingcall');
      await alice.hears('ringing');
      bob.asks({ request: 'accept' }, { type: 'answer', sdp: 'no-common-codec' });
      return Promise.all([bob.hears('hangup'), alice.hears('hangup')]);
    },
    async () => {
      alice.asks({ request: 'new_call', uri: '1002' });
      alice.asks({ request: 'hangup' });
      await alice.hears('calling');
      await alice.hears('hangingup');
      // The INVITE may have been there before its CANCEL.
      await bob.hears('incomingcall');
      return bob.hears('hangup');
    },
  ];

  for (let call = 0; call < 100; call++) {
    await ends[call % ends.length]!();
    alice.forgets('close PC');
    bob.forgets('close PC');
  }

  await expect.poll(() => stack.counts().sessions).toBe(0);
  expect(engine.sessionCount).toBe(0);
  expect(sipserver.counts()).toEqual({ handles: 2, lines: 2, calls: 0, timers: 0 });
  expect(log.texts('error')).toEqual([]);
  alice.leaves();
  bob.leaves();
  await expect
    .poll(() => sipserver.counts())
    .toEqual({
      handles: 0,
      lines: 0,
      calls: 0,
      timers: 0,
    });
});

describe('transfers over real SIP', () => {
  /** Another handset of an account. */
  const another = ({ sipserver }: World, account: string) =>
    new TestHandset(sipserver.plugin).registers(account);

  test('RFC 5589 §6: bob calls carol because alice has asked him to, and alice is out of it', async () => {
    const world = await gatewayOverFakeMedia();
    const carol = await another(world, '1003');
    const callId = await classicCall(world);
    const { alice, bob } = world;
    const bobToo = await another(world, '1002');

    alice.asks({ request: 'transfer', uri: '1003' });
    await alice.hears('transferring', { callId });
    const { refer_id, refer_to } = await bob.hears('transfer');
    expect(refer_to).toMatch(/^sip:1003@/);
    bobToo.asks({ request: 'call', uri: refer_to, refer_id }, anOffer);
    await bobToo.hears('calling');
    await carol.hears('incomingcall', { referred_by: expect.stringMatching(/^sip:1001@/) as string });
    await alice.hears('notify', { content: 'SIP/2.0 100 Trying' });
    await alice.hears('notify', { content: 'SIP/2.0 180 Ringing' });
    carol.asks({ request: 'accept' }, anAnswer);
    await bobToo.hears('ringing');
    await bobToo.hears('accepted');

    await alice.hears('notify', { substate: 'terminated', content: 'SIP/2.0 200 OK' });
    await alice.hears('hangup', { callId, code: 200, reason: 'Transferred' });
    await bob.hears('hangup', { callId, code: 200 });
    await carol.hears('accept_reply');
  });

  test('RFC 5589 §7: alice has asked carol first; bob takes her place in that call', async () => {
    const world = await gatewayOverFakeMedia();
    const carol = await another(world, '1003');
    const callId = await classicCall(world);
    const { alice, bob } = world;
    const [aliceToo, bobToo] = [await another(world, '1001'), await another(world, '1002')];
    aliceToo.asks({ request: 'call', uri: '1003' }, anOffer);
    const { callId: toCarol } = await aliceToo.hears('calling');
    await carol.hears('incomingcall');
    await aliceToo.hears('ringing');
    carol.asks({ request: 'accept' }, anAnswer);
    for (const event of ['accepted', 'accept_reply'] as const) await aliceToo.hears(event);
    await carol.hears('accept_reply');

    alice.asks({ request: 'transfer', replace: toCarol });
    await alice.hears('transferring');
    const { refer_id, refer_to, replaces } = await bob.hears('transfer');
    expect(replaces).toBe(toCarol);
    bobToo.asks({ request: 'call', uri: refer_to, refer_id }, anOffer);
    await bobToo.hears('calling');
    await carol.hears('updatingcall', { username: expect.stringMatching(/^sip:1002@/) as string });
    carol.asks({ request: 'update' }, anAnswer);
    await carol.hears('updated');
    await bobToo.hears('accepted');

    await aliceToo.hears('hangup', { callId: toCarol, code: 200 });
    await alice.hears('notify', { content: 'SIP/2.0 100 Trying' });
    await alice.hears('notify', { content: 'SIP/2.0 200 OK' });
    await alice.hears('hangup', { callId, reason: 'Transferred' });
    await bob.hears('hangup', { callId });
    bobToo.asks({ request: 'hangup' });
    await carol.hears('hangup', { code: 200 });
  });

  test('nobody there: alice hears why, and talks to bob again', async () => {
    const world = await gatewayOverFakeMedia();
    await classicCall(world);
    const { alice, bob } = world;
    const bobToo = await another(world, '1002');
    alice.asks({ request: 'transfer', uri: '1009' });
    await alice.hears('transferring');
    const { refer_id } = await bob.hears('transfer');

    bobToo.asks({ request: 'call', uri: '1009', refer_id }, anOffer);
    await bobToo.hears('calling');
    await bobToo.hears('hangup', { code: 404 });

    await alice.hears('notify', { content: 'SIP/2.0 100 Trying' });
    await alice.hears('notify', { substate: 'terminated', content: 'SIP/2.0 404 Not Found' });
    await alice.hearsNothing();
    alice.asks({ request: 'hangup' });
    await bob.hears('hangup', { code: 200 });
  });
});
