import { fuzzed } from '@soft-handset/parts/seeded';
import { expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { quiet, TestHandset } from '../fakes/test-handset.ts';

/** Whatever handsets, peers, engine and clock do in whatever order: no error of ours, and nothing is left at the end. */
test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))('random walk %i', async (seed) => {
  const { stack, engine, clock, log, counts, plugin } = gatewayOfFakes({ ringTimeoutMs: 60_000 });
  const random = fuzzed(seed);
  const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const handsets = [new TestHandset(plugin), new TestHandset(plugin), new TestHandset(plugin)];
  const sdp = () => oneOf(['a', 'b', 'c', 'sdp-refused', 'no-common-codec', 'timeout']);
  const jsep = () => oneOf([undefined, { type: oneOf(['offer', 'answer'] as const), sdp: sdp() }]);
  const requests = ['new_call', 'call', 'new_accept', 'accept', 'decline', 'hangup', 'update', 'register'];
  const peer = () => stack.agents.flatMap(({ calls }) => calls).findLast((call) => call.state !== 'ended');
  const changes: ReturnType<NonNullable<ReturnType<typeof peer>>['offersChange']>[] = [];
  const media = () => (engine.sessions.length === 0 ? undefined : oneOf(engine.sessions));
  /** The next right thing for whatever call there is: without it a walk gets nowhere. */
  const goOn = async (): Promise<void> => {
    for (const handset of handsets) {
      handset.asks({ request: 'new_accept' }, { type: 'answer', sdp: 'a' });
      handset.asks({ request: 'accept' }, { type: oneOf(['answer', 'offer'] as const), sdp: 'a' });
    }
    const call = peer();
    if (call?.inviteOptions && (call.state === 'inviting' || call.state === 'early')) call.answers('a');
    if (call?.did.some((what) => what.startsWith('200')) && call.state === 'accepted') call.acknowledges('a');
    if (random() < 0.8) await quiet();
  };
  const steps: readonly (() => unknown)[] = [
    ...Array.from({ length: 12 }, () => goOn),
    () =>
      oneOf(handsets).asks({ request: 'update' }, { type: oneOf(['offer', 'answer'] as const), sdp: sdp() }),
    () => peer()?.answersChange({ sdp: 'd' }),
    () => media()?.halts(),
    () => media()?.goesOn(),
    () => oneOf(handsets).asks({ request: 'register', username: '1001', secret: 'page-secret' }),
    () => oneOf(handsets).asks({ request: oneOf(requests), uri: '1002', username: '1001' }, jsep()),
    () => random() < 0.2 && oneOf(handsets).asks({ request: 'unregister' }),
    () => oneOf(handsets).asks({ request: 'new_call', uri: '1002' }),
    () => oneOf(handsets).asks({ request: 'call', uri: '1002' }, { type: 'offer', sdp: 'a' }),
    () => oneOf(handsets).trickles({ completed: true }),
    () => random() < 0.2 && oneOf(handsets).closesPeerConnection(),
    () =>
      stack.agents.at(-1)?.isCalled({ callId: String(random()), ...(random() < 0.7 && { offer: sdp() }) }),
    () => peer()?.rings(oneOf([180, 183]), oneOf([undefined, sdp()])),
    () => peer()?.answers(oneOf([undefined, sdp()])),
    () => peer()?.acknowledges(oneOf([undefined, sdp()])),
    () => peer()?.answersChange(oneOf([{ sdp: sdp() }, { status: 488 }, { status: 491 }, {}])),
    () => peer()?.cannotChange(),
    () => changes.push(...[peer()?.offersChange(oneOf([undefined, sdp()])) ?? []].flat()),
    () => changes.at(-1)?.acknowledges(oneOf([undefined, sdp()])),
    () => changes.at(-1)?.isCancelled(),
    () => random() < 0.3 && peer()?.ends({ status: oneOf([200, 404, 487]), reason: 'No' }),
    () => random() < 0.2 && media()?.finish(oneOf(['closed', 'engine-lost', 'ice-failed'] as const)),
    () => media()?.handler.webrtcUp?.(),
    () => (engine.isUp = random() < 0.95),
    () =>
      engine.opens(
        oneOf(['at once', 'at once', 'at once', 'at once', 'at once', 'timeout', 'never'] as const),
      ),
    () => clock.advance(oneOf([10, 1000, 25_000])),
    () =>
      stack.agents
        .at(-1)
        ?.registrations.at(-1)
        ?.fails(oneOf([403, 503]), 'No', oneOf([undefined, 1000])),
    quiet,
    quiet,
  ];

  for (let step = 0; step < 300; step++) await oneOf(steps)();
  for (const session of engine.sessions) session.goesOn();
  for (const handset of handsets) handset.leaves();
  await quiet();
  clock.advance(10_000);
  await quiet();

  expect(counts()).toEqual({ handles: 0, lines: 0, calls: 0, timers: 0 });
  expect(clock.timerCount).toBe(0);
  expect(engine.sessionCount).toBe(0);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(stack.agents.flatMap(({ calls }) => calls).filter((call) => call.state !== 'ended')).toEqual([]);
});

/** The same numbers for the same seed (a linear congruential generator; good enough for a walk). */
