import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createNosipEngine } from '@soft-handset/media';
import type { Jsep } from '@soft-handset/protocol';
import { startJanus } from '@soft-handset/parts';
import type { JanusPart } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { browserAnswer, browserOffer } from '../../../media/test/browser.ts';
import { gatewayOverSip } from '../fakes/gateway-over-sip.ts';
import type { TestHandset } from '../fakes/test-handset.ts';

/** Two handsets call each other over real SIP and through a real Janus; their browsers are texts, so no media flows. */
describeWithParts(['janus'], 'over real SIP and a real Janus', () => {
  let janus: JanusPart;
  beforeAll(async () => {
    janus = await startJanus();
  });
  afterAll(() => janus.close());

  async function gateway() {
    const engine = createNosipEngine({ url: janus.url });
    onTestFinished(() => engine.close());
    await expect.poll(() => engine.isUp).toBe(true);
    return gatewayOverSip(engine);
  }
  type World = Awaited<ReturnType<typeof gateway>>;

  test('a return call: the offer is that of the callee', async () => {
    const world = await gateway();
    const { alice, bob, engine } = world;

    const facts = await returnCall(world);
    expect(mediaLines(facts.offer)).toEqual(['audio', 'video']);
    expect(facts.offer.sdp).toMatch(/a=candidate:/);
    alice.asks({ request: 'hangup' });

    await alice.hears('hangingup');
    await bob.hears('hangup', { code: 200 });
    expect(engine.sessionCount).toBe(0);
  });

  async function returnCall({ alice, bob }: World): Promise<{ offer: Jsep }> {
    alice.asks({ request: 'new_call', uri: '1002' });
    await alice.hears('calling');
    await bob.hears('incomingcall');
    await alice.hears('ringing');
    bob.asks({ request: 'accept' }, browserOffer('audio-video'));
    const { jsep } = await alice.hears('new_accepted');
    alice.asks({ request: 'new_accept' }, browserAnswer(jsep!));
    await alice.hears('accept_reply');
    const reply = await bob.hears('accept_reply');
    expect(reply.jsep?.type).toBe('answer');
    return { offer: jsep! };
  }

  async function classicCall({ alice, bob }: World, how: 'audio' | 'audio-video' = 'audio'): Promise<void> {
    alice.asks({ request: 'call', uri: '1002' }, browserOffer(how));
    await alice.hears('calling');
    const { jsep } = await bob.hears('incomingcall', { audio: true, video: how === 'audio-video' });
    await alice.hears('ringing');
    bob.asks({ request: 'accept' }, browserAnswer(jsep!));
    await alice.hears('accepted');
    await alice.hears('accept_reply');
    await bob.hears('accept_reply');
  }

  test.each(['audio', 'audio-video'] as const)('a classic call with %s', async (how) => {
    const world = await gateway();

    await classicCall(world, how);
    world.bob.asks({ request: 'hangup' });

    await world.bob.hears('hangingup');
    await world.alice.hears('hangup');
  });

  async function change(one: TestHandset, other: TestHandset, refuse: readonly string[] = []): Promise<Jsep> {
    const update = one.asks({ request: 'update' }, browserOffer('audio-video'));
    await one.hears('updating');
    const { jsep } = await other.hears('updatingcall');
    other.asks({ request: 'update' }, browserAnswer(jsep!, refuse));
    await other.hears('updated');
    return (await one.hears('updated', { transaction: update })).jsep!;
  }

  test('video is added to a call, and refused once', async () => {
    const world = await gateway();
    await classicCall(world);

    const refused = await change(world.alice, world.bob, ['video']);
    const taken = await change(world.alice, world.bob);

    expect(mediaLines(refused)).toEqual(['audio']);
    expect(mediaLines(taken)).toEqual(['audio', 'video']);
  });

  test('a change that nobody can take leaves the call, and the next one works', async () => {
    const world = await gateway();
    const { alice, bob } = world;
    await classicCall(world);

    const update = alice.asks({ request: 'update' }, browserOffer('audio-video'));
    await alice.hears('updating');
    await bob.hears('updatingcall');
    bob.asks({ request: 'update' }, { type: 'answer', sdp: 'nothing of an SDP' });
    await bob.isRefused(444);
    await alice.isRefused(449, update);
    const taken = await change(alice, bob);

    expect(mediaLines(taken)).toEqual(['audio', 'video']);
  });

  test('SDP that is none: 444 to the handset, and it may go on', async () => {
    const { alice, bob } = await gateway();
    alice.asks({ request: 'call', uri: '1002' }, { type: 'offer', sdp: 'nothing of an SDP' });
    await alice.isRefused(444);

    alice.asks({ request: 'call', uri: '1002' }, browserOffer('audio'));
    await alice.hears('calling');
    const { jsep } = await bob.hears('incomingcall');
    await alice.hears('ringing');
    bob.asks({ request: 'accept' }, { type: 'answer', sdp: 'nothing of an SDP' });
    await bob.isRefused(444);
    bob.asks({ request: 'accept' }, browserAnswer(jsep!));

    await alice.hears('accepted');
  });

  test('200 calls leave no session, no line and no timer behind', { timeout: 60_000 }, async () => {
    const world = await gateway();
    const { alice, bob, engine, stack, sipserver, log } = world;
    const kinds = [
      () => returnCall(world),
      () => classicCall(world),
      () => classicCall(world, 'audio-video'),
    ];

    for (let call = 0; call < 200; call++) {
      await kinds[call % 3]!();
      const [one, other] = call % 2 === 0 ? [alice, bob] : [bob, alice];
      one.asks({ request: 'hangup' });
      await one.hears('hangingup');
      await other.hears('hangup');
      alice.forgets('close PC');
      bob.forgets('close PC');
    }

    await expect.poll(() => stack.counts().sessions).toBe(0);
    expect(engine.sessionCount).toBe(0);
    expect(sipserver.counts()).toEqual({ handles: 2, lines: 2, calls: 0, timers: 0 });
    expect(log.texts('error')).toEqual([]);
  });

  test('Janus dies in a call: hangup 503, and so is the next one', { timeout: 60_000 }, async () => {
    const own = await startJanus();
    const engine = createNosipEngine({ url: own.url });
    onTestFinished(() => engine.close());
    await expect.poll(() => engine.isUp).toBe(true);
    const world = await gatewayOverSip(engine);
    await classicCall(world);

    await own.close();

    await world.alice.hears('hangup', { code: 503 });
    await world.bob.hears('hangup');
    await expect.poll(() => engine.isUp).toBe(false);
    world.alice.forgets('close PC');
    world.alice.asks({ request: 'new_call', uri: '1002' });
    await world.alice.hears('calling');
    await world.alice.hears('hangup', { code: 503 });
  });
});

/** The live m-lines. */
function mediaLines({ sdp }: Jsep): string[] {
  return [...sdp.matchAll(/^m=(\w+) (\d+)/gm)].filter(([, , port]) => port !== '0').map(([, kind]) => kind!);
}
