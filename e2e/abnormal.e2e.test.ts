import { called, calling, until } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startMortalBrowser } from './world/kill-browser.ts';
import { readMetrics } from './world/metrics.ts';
import type { Peer } from './world/peer.ts';
import { tones, World } from './world/world.ts';

/** Short, so that a test need not wait for what a user would. */
const sessions = { timeoutMs: 60_000, reclaimMs: 1_500, leaveMs: 500 };

describeWithParts(['janus', 'kamailio', 'sipp', 'chromium'], 'when somebody vanishes', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ config: { sessions } });
  });
  afterAll(() => world.close());

  async function untilNoCalls(): Promise<void> {
    await until('there are no calls', async () => (await readMetrics(world.origin)).get('calls') === 0);
  }

  async function hearsBye(peer: Peer): Promise<void> {
    await peer.isContent();
    expect(await peer.ladder()).toContain('< BYE');
  }

  describe('the phone', () => {
    test('in a call: the handset hears hangup when Janus finds nobody there', async () => {
      const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
      const handset = await world.handset('1001');
      await handset.calls(peer.uri);
      await handset.isTold('accepted');
      await handset.hears(tones.peer);

      await peer.vanishes();

      expect(await handset.isTold('hangup', 15_000)).toMatchObject({ code: 503 });
      await untilNoCalls();
    });

    test('while it rings there: the handset can hang up at once', async () => {
      const peer = await world.peer(() => called.ringsUntilCancelled());
      const handset = await world.handset('1001');
      await handset.calls(peer.uri);
      await handset.isTold('ringing');

      await peer.vanishes();
      await handset.hangsUp();

      await handset.ladderIs(
        '> new_call,transaction:1',
        '< calling,transaction:1,call_id',
        '< ringing,call_id',
        '> hangup,transaction:2,call_id',
        '< hangingup,transaction:2,call_id',
      );
      await untilNoCalls();
    });

    test('while it rings here: the handset answers into nothing, and can hang up', async () => {
      const handset = await world.handset('1001');
      const peer = await world.peerCalls('1001', (media) => calling.callsWithOffer({ media }));
      await handset.isTold('incomingcall');

      await peer.vanishes();
      const answering = handset.answers();
      await until('the answer is on its way', () => handset.wire.ladder.length === 2);
      await handset.hangsUp();

      await expect(answering).rejects.toThrow();
      expect(handset.wire.ladder.at(-1)).toBe('< hangingup,transaction:2,call_id');
      await untilNoCalls();
    });

    test('after its 200, without an ACK: the handset can hang up', async () => {
      const handset = await world.handset('1001');
      await world.peerCalls('1001', (media) => calling.vanishes({ media }));
      await handset.isTold('incomingcall');

      const answering = handset.answers();
      await until('the answer is on its way', () => handset.wire.ladder.length === 2);
      await handset.hangsUp();

      await expect(answering).rejects.toThrow();
      await untilNoCalls();
    });
  });

  describe('the browser', () => {
    test('closes the tab in a call: the phone hears BYE', async () => {
      const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
      const handset = await world.handset('1001');
      await handset.calls(peer.uri);
      await handset.isTold('accepted');

      await handset.page.close();

      await hearsBye(peer);
    });

    test('is killed in a call: the phone hears BYE when the session cannot be claimed any more', async () => {
      const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
      const browser = await startMortalBrowser(tones.handset);
      onTestFinished(() => browser.close().catch(() => undefined));
      const handset = await world.handset('1001', { browser });
      await handset.calls(peer.uri);
      await handset.isTold('accepted');
      await peer.hears(tones.handset);

      await browser.kill();

      await hearsBye(peer);
    });

    test('closes the tab while a call of ours rings: the phone hears CANCEL', async () => {
      const peer = await world.peer(() => called.ringsUntilCancelled());
      const handset = await world.handset('1001');
      await handset.calls(peer.uri);
      await handset.isTold('ringing');

      await handset.page.close();

      await peer.isContent();
    });

    test('closes the tab while a phone rings here and does not come back: the phone hears that nobody is there', async () => {
      const handset = await world.handset('1001');
      const peer = await world.peerCalls('1001', (media) => calling.isRefused(480, { media }));
      await handset.isTold('incomingcall');

      await handset.page.close();

      await peer.isContent();
    });
  });

  describe('Janus', () => {
    test('in a call: both sides hear of it, and the next call has sound when Janus is back', async () => {
      const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
      const handset = await world.handset('1001');
      await handset.calls(peer.uri);
      await handset.isTold('accepted');
      await handset.hears(tones.peer);

      world.janus.kill();

      expect(await handset.isTold('hangup')).toMatchObject({ code: 503 });
      await hearsBye(peer);
      await handset.ladderIs(
        '> new_call,transaction:1',
        '< calling,transaction:1,call_id',
        '< new_accepted,transaction:1,call_id,offer:sdp(audio,mid:0,sendrecv,candidate)',
        '> new_accept,transaction:2,call_id,answer:sdp(audio,mid:0,sendrecv)',
        '< accept_reply,transaction:2,call_id',
        '< hangup 503,call_id',
      );

      await handset.wire.mark();
      await handset.calls(peer.uri);
      await handset.ladderIs(
        '> new_call,transaction:1',
        '< calling,transaction:1,call_id',
        '< hangup 503,call_id',
      );

      await world.startJanus();
      const next = await world.peer((media) => called.offersWhenAnswering({ media }));
      await handset.wire.mark();
      await handset.calls(next.uri);
      await handset.isTold('accepted');
      await handset.hears(tones.peer);
      await next.hears(tones.handset);
      await handset.hangsUp();
      await next.isContent();
    });
  });
});

describeWithParts(['janus', 'kamailio', 'sipp', 'chromium'], 'Janus is away at the start', () => {
  test('handsets register, calls end with 503 at once, and work as soon as it is there', async () => {
    const world = await World.start({ janus: 'later' });
    onTestFinished(() => world.close());
    const handset = await world.handset('1001');
    expect(await handset.isTold('registerResult')).toMatchObject({ event: 'succ' });

    await handset.calls('2001');
    expect(await handset.isTold('hangup')).toMatchObject({ code: 503 });

    await world.startJanus();
    const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
    await handset.calls(peer.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await handset.hangsUp();
    await peer.isContent();
  });
});
