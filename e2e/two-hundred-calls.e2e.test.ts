import { called, calling } from '@soft-handset/parts';
import { expect, test } from 'vitest';
import { countsOf } from './world/counts.ts';
import { madeUpSdp, NodeHandset } from './world/node-handset.ts';
import { startPeer, type Peer, type PeerOptions } from './world/peer.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';
import { freeSipPort } from '@soft-handset/parts';

/** How often each kind of call is made; with those in Chromium more than 200. */
const times = 11;

const quickly = { needs: ['sipp'], config: { sessions: { reclaimMs: 500, leaveMs: 500 } } } as const;

describeOnEachEngine('two hundred calls of all kinds', quickly, (world) => {
  test('give back all they took', async () => {
    await world.browser();
    await untilIdle();
    const before = await countsOf(world);

    const made = await Promise.all(accountsAndKinds().map(([account, kinds]) => oneByOne(account, kinds)));
    const calls = made.reduce((sum, count) => sum + count, await inChromium(5));

    expect(calls).toBeGreaterThanOrEqual(200);
    // RFC 3261 §17: the longest transaction lives 64 times T1, 32 s.
    await expect
      .poll(() => countsOf(world), { timeout: 60_000, interval: 250, message: 'what is left behind' })
      .toEqual(before);
  }, 180_000);

  /** Logins of the start have been answered and forgotten. */
  async function untilIdle(): Promise<void> {
    await expect
      .poll(() => countsOf(world), { timeout: 40_000, interval: 100 })
      .toMatchObject({ calls: 0, lines: 0, sip_transactions: 0 });
  }

  async function oneByOne(account: string, kinds: readonly Kind[]): Promise<number> {
    let calls = 0;
    for (const kind of kinds) {
      const made = await kind(account);
      calls += made;
    }
    return calls;
  }

  type Kind = (account: string) => Promise<number>;

  /** Three handsets side by side, each with kinds of its own. */
  function accountsAndKinds(): readonly (readonly [string, readonly Kind[]])[] {
    return [
      ['1001', [answeredAndEndedHere, refused, cancelled, unknownNumber, endedByThePhone, garbage]],
      ['1002', [classic, earlyMedia, classicGarbage, classicCancelled, handsetVanishes]],
      [
        '1003',
        [
          incoming,
          incomingEndedByThePhone,
          incomingRefused,
          incomingCancelled,
          incomingWithoutOffer,
          byeWithoutAck,
          busy,
        ],
      ],
    ];
  }

  /** One phone for a row of calls; it must be content with all of them. */
  async function withPeer(
    scenario: PeerOptions['scenario'],
    work: (peer: Peer) => Promise<void>,
    more: Partial<PeerOptions> = {},
  ): Promise<number> {
    const port = await freeSipPort();
    const peer = await startPeer({ port, frequency: tones.peer, scenario, count: times, ...more });
    try {
      await work(peer);
      await peer.isContent();
    } finally {
      await peer.close();
    }
    return times;
  }

  async function withHandset(account: string, work: (handset: NodeHandset) => Promise<void>): Promise<void> {
    const handset = await NodeHandset.logsIn(world.origin, account);
    await work(handset);
    await handset.logsOut();
  }

  /** The handset calls, again and again. */
  function dialled(
    scenario: PeerOptions['scenario'],
    call: (handset: NodeHandset, uri: string) => Promise<void>,
  ): Kind {
    return (account) =>
      withPeer(scenario, (peer) =>
        withHandset(account, async (handset) => {
          for (let time = 0; time < times; time += 1) await call(handset, peer.uri);
        }),
      );
  }

  /** The phone calls, one call after the other. */
  function rung(scenario: PeerOptions['scenario'], take: (handset: NodeHandset) => Promise<void>): Kind {
    return async (account) => {
      await withHandset(account, async (handset) => {
        for (let time = 0; time < times; time += 1) {
          await withPeer(scenario, () => take(handset), {
            count: 1,
            calls: { number: account, port: world.kamailio.port },
          });
        }
      });
      return times;
    };
  }

  async function answered(handset: NodeHandset, uri: string): Promise<void> {
    handset.asks({ request: 'new_call', uri });
    await handset.hears('new_accepted');
    handset.asks({ request: 'new_accept' }, madeUpSdp('answer'));
    await handset.hears('accept_reply');
  }

  async function hangUp(handset: NodeHandset): Promise<void> {
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
  }

  const answeredAndEndedHere = dialled(
    (media) => called.offersWhenAnswering({ media }),
    async (handset, uri) => {
      await answered(handset, uri);
      await hangUp(handset);
    },
  );
  const endedByThePhone = dialled(
    (media) => called.hangsUpAfter(50, called.offersWhenAnswering, { media }),
    async (handset, uri) => {
      await answered(handset, uri);
      await handset.hears('hangup');
    },
  );
  const refused = dialled(
    () => called.refuses(486, 'Busy Here'),
    async (handset, uri) => {
      handset.asks({ request: 'new_call', uri });
      await handset.hears('hangup');
    },
  );
  const cancelled = dialled(
    () => called.ringsUntilCancelled(),
    async (handset, uri) => {
      handset.asks({ request: 'new_call', uri });
      await handset.hears('ringing');
      await hangUp(handset);
    },
  );
  const garbage = dialled(
    (media) => called.offersWhenAnswering({ media }),
    async (handset, uri) => {
      handset.asks({ request: 'new_call', uri });
      await handset.hears('new_accepted');
      handset.asks({ request: 'new_accept' }, { type: 'answer', sdp: 'v=0\r\nno SDP at all\r\n' });
      await handset.isRefused(444);
      handset.asks({ request: 'accept' }, madeUpSdp('answer'));
      await handset.isRefused(447);
      handset.asks({ request: 'new_accept' }, madeUpSdp('answer'));
      await handset.hears('accept_reply');
      await hangUp(handset);
    },
  );
  const unknownNumber: Kind = async (account) => {
    await withHandset(account, async (handset) => {
      for (let time = 0; time < times; time += 1) {
        handset.asks({ request: 'new_call', uri: '4711' });
        await handset.hears('hangup');
      }
    });
    return times;
  };
  const handsetVanishes: Kind = (account) =>
    withPeer(
      (media) => called.offersWhenAnswering({ media }),
      async (peer) => {
        for (let time = 0; time < times; time += 1) {
          const handset = await NodeHandset.logsIn(world.origin, account);
          await answered(handset, peer.uri);
          handset.vanishes();
        }
      },
    );

  async function dialClassic(handset: NodeHandset, uri: string): Promise<void> {
    handset.asks({ request: 'call', uri }, madeUpSdp('offer'));
    await handset.hears('calling');
  }

  const classic = dialled(
    (media) => called.answersOffer({ media }),
    async (handset, uri) => {
      await dialClassic(handset, uri);
      await handset.hears('accept_reply');
      await hangUp(handset);
    },
  );
  const earlyMedia = dialled(
    (media) => called.earlyMedia({ media, earlyMs: 30 }),
    async (handset, uri) => {
      await dialClassic(handset, uri);
      await handset.hears('accept_reply');
      await hangUp(handset);
    },
  );
  const classicCancelled = dialled(
    () => called.ringsUntilCancelled(),
    async (handset, uri) => {
      await dialClassic(handset, uri);
      await handset.hears('ringing');
      await hangUp(handset);
    },
  );
  const classicGarbage: Kind = async (account) => {
    await withHandset(account, async (handset) => {
      for (let time = 0; time < times; time += 1) {
        handset.asks({ request: 'call', uri: '2001' }, { type: 'offer', sdp: 'v=0\r\nno SDP at all\r\n' });
        await handset.isRefused(444);
      }
    });
    return times;
  };

  async function takeCall(handset: NodeHandset, type: 'offer' | 'answer' = 'answer'): Promise<void> {
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept' }, madeUpSdp(type));
    await handset.hears('accept_reply');
  }

  const incoming = rung(
    (media) => calling.callsWithOffer({ media }),
    async (handset) => {
      await takeCall(handset);
      await hangUp(handset);
    },
  );
  const incomingEndedByThePhone = rung(
    (media) => calling.callsWithOffer({ media, then: calling.hangUp(20, { media }) }),
    async (handset) => {
      await takeCall(handset);
      await handset.hears('hangup');
    },
  );
  const incomingRefused = rung(
    (media) => calling.isRefused(486, { media }),
    async (handset) => {
      await handset.hears('incomingcall');
      await hangUp(handset);
    },
  );
  const incomingCancelled = rung(
    (media) => calling.cancels(20, { media }),
    async (handset) => {
      await handset.hears('hangup');
    },
  );
  const incomingWithoutOffer = rung(
    (media) => calling.callsWithoutOffer({ media }),
    async (handset) => {
      await takeCall(handset, 'offer');
      await hangUp(handset);
    },
  );
  const byeWithoutAck = rung(
    (media) => calling.hangsUpWithoutAck({ media }),
    async (handset) => {
      await handset.hears('incomingcall');
      handset.asks({ request: 'accept' }, madeUpSdp('answer'));
      await handset.hears('hangup');
    },
  );
  const busy = rung(
    (media) => calling.callsWithOffer({ media }),
    async (handset) => {
      await takeCall(handset);
      await withPeer(
        (media) => calling.isRefused(486, { media }),
        () => Promise.resolve(),
        {
          count: 1,
          calls: { number: '1003', port: world.kamailio.port },
        },
      );
      await hangUp(handset);
    },
  );

  async function inChromium(count: number): Promise<number> {
    const handset = await world.handset('1101');
    for (let call = 0; call < count; call += 1) {
      await handset.calls('600');
      await handset.isTold('accepted');
      await handset.hears(tones.handset);
      await handset.hangsUp();
    }
    await handset.close();
    return count;
  }
});
