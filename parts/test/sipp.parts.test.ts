import { expect, test } from 'vitest';
import {
  called,
  calling,
  startLossyRelay,
  startSipp,
  type Parts,
  type SippOptions,
  type SippResult,
} from '@soft-handset/parts';
import { seeded } from '@soft-handset/parts/seeded';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';

interface Pair {
  readonly caller: string;
  readonly callee: string;
}

const pairs: Readonly<Record<string, Pair>> = {
  'an offer is answered and the caller hangs up': {
    caller: calling.callsWithOffer({ then: calling.hangUp(50) }),
    callee: called.answersOffer({ ringMs: 50 }),
  },
  'an offer is answered and the called one hangs up': {
    caller: calling.callsWithOffer(),
    callee: called.hangsUpAfter(50, called.answersOffer),
  },
  'a call without offer gets one and answers in the ACK': {
    caller: calling.callsWithoutOffer({ then: calling.hangUp(50) }),
    callee: called.offersWhenAnswering({ ringMs: 50 }),
  },
  'early media comes before the answer': {
    caller: calling.callsWithOffer({ then: calling.hangUp(50) }),
    callee: called.earlyMedia({ earlyMs: 50 }),
  },
  'the called one is busy': {
    caller: calling.isRefused(486),
    callee: called.refuses(486, 'Busy Here', 50),
  },
  'the caller gives up while it rings': {
    caller: calling.cancels(50),
    callee: called.ringsUntilCancelled(),
  },
  'sound and picture': {
    caller: calling.callsWithOffer({ media: { video: { codec: 'VP8' } }, then: calling.hangUp(50) }),
    callee: called.answersOffer({ media: { video: { codec: 'VP8' } } }),
  },
  'the called one puts the caller on hold': {
    caller: calling.callsWithOffer({
      then: [...calling.isReInvited(), ...calling.isReInvited(), ...calling.hangUp(50)],
    }),
    callee: called.holds(50, 50),
  },
};

describeWithParts(['sipp'], 'sipp as a scripted SIP peer', () => {
  for (const [title, pair] of Object.entries(pairs)) {
    test(title, async () => {
      const parts = partsOfThisTest();

      const [caller, callee] = await call(parts, pair, {});

      expect(caller).toMatchObject({ exitCode: 0, succeeded: 1, failed: 0, errors: '' });
      expect(callee).toMatchObject({ exitCode: 0, succeeded: 1, failed: 0, errors: '' });
    });
  }

  test('a call over TCP', async () => {
    const parts = partsOfThisTest();

    const [caller, callee] = await call(parts, pairs['an offer is answered and the caller hangs up']!, {
      transport: 'tcp',
    });

    expect(caller).toMatchObject({ exitCode: 0, errors: '' });
    expect(callee).toMatchObject({ exitCode: 0, errors: '' });
  });

  test('a scenario that does not fit fails, and says why', async () => {
    const parts = partsOfThisTest();

    const [, callee] = await call(
      parts,
      {
        caller: calling.callsWithOffer({ then: calling.hangUp(50) }),
        callee: called.offersWhenAnswering(),
      },
      {},
    );

    expect(callee).toMatchObject({ exitCode: 1, failed: 1 });
    expect(callee.errors).toMatch(/Regexp matched but should not.*m=audio/s);
  });

  test('a call survives a relay that loses every fifth datagram', async () => {
    const parts = partsOfThisTest();
    const caller = calling.callsWithOffer({ then: calling.hangUp(50) });
    const callee = called.answersOffer({ ringMs: 50, then: called.waitForBye(3_000) });
    const uas = await parts.use(startSipp({ scenario: callee, calls: 1 }));
    const relay = await parts.use(
      startLossyRelay({ target: uas.port, loss: 0.2, delayMs: 5, random: seeded(7) }),
    );
    const uac = await parts.use(startSipp({ scenario: caller, calls: 1, remotePort: relay.port }));

    const results = [await uac.finished(), await uas.finished()];

    expect(results.map((result) => result.exitCode)).toEqual([0, 0]);
    expect(relay.lost).toBeGreaterThan(0);
  });

  test('all messages can be read afterwards', async () => {
    const parts = partsOfThisTest();
    const uas = await parts.use(startSipp({ scenario: called.answersOffer() }));
    const uac = await parts.use(
      startSipp({
        scenario: calling.callsWithOffer({
          headers: ['X-Call-Type: call_dispatch'],
          then: calling.hangUp(50),
        }),
        service: '1001',
        calls: 1,
        remotePort: uas.port,
      }),
    );

    await uac.finished();
    const messages = await uac.messages();

    expect(messages.map(({ direction, text }) => `${direction} ${text.split(' ', 2).join(' ')}`)).toEqual([
      `sent INVITE ${uas.uri('1001')}`,
      'received SIP/2.0 200',
      expect.stringMatching(/^sent ACK sip:peer@127.0.0.1:/),
      expect.stringMatching(/^sent BYE sip:peer@127.0.0.1:/),
      'received SIP/2.0 200',
    ]);
    expect(messages[0]?.text).toContain('X-Call-Type: call_dispatch');
  });
});

async function call(
  parts: Parts,
  pair: Pair,
  options: Partial<SippOptions>,
): Promise<readonly [SippResult, SippResult]> {
  const uas = await parts.use(startSipp({ ...options, scenario: pair.callee, calls: 1 }));
  const uac = await parts.use(
    startSipp({ ...options, scenario: pair.caller, calls: 1, remotePort: uas.port, service: 'peer' }),
  );
  return Promise.all([uac.finished(8_000), uas.finished(8_000)]);
}
