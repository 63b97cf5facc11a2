import { called, calling, isBound, until } from '@soft-handset/parts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMortalBrowser } from './world/kill-browser.ts';
import { readMetrics } from './world/metrics.ts';
import type { Peer } from './world/peer.ts';
import { describeInWorld, describeOnEachEngine } from './world/suites.ts';
import { tones, type Pair, type World } from './world/world.ts';

/** Short, so that a test need not wait for what a user would. */
const sessions = { timeoutMs: 60_000, reclaimMs: 1_500, leaveMs: 500 };

async function inCall(world: World): Promise<Pair> {
  const pair = await world.pair((media) => called.offersWhenAnswering({ media }));
  await pair.handset.calls(pair.peer.uri);
  await pair.handset.isTold('accepted');
  await pair.handset.hears(tones.peer);
  return pair;
}

async function untilNoCalls(world: World): Promise<void> {
  await until('there are no calls', async () => (await readMetrics(world.origin)).get('calls') === 0);
}

/** Where the phone was told to send its sound. */
async function portForPeer(peer: Peer): Promise<number> {
  const heard = (await peer.messages()).filter(({ direction }) => direction === 'received');
  const ports = heard
    .map(({ text }) => /^m=audio (\d+) /m.exec(text)?.[1])
    .filter((port) => port !== undefined);
  return Number(ports.at(-1));
}

/** Whether its ports for RTP and RTCP are held. */
function boundOf(port: number): Promise<readonly boolean[]> {
  return Promise.all([isBound('udp', port), isBound('udp', port + 1)]);
}

describeOnEachEngine('when somebody vanishes', { needs: ['sipp'], config: { sessions } }, (world) => {
  async function hearsBye(peer: Peer): Promise<void> {
    await peer.isContent();
    expect(await peer.ladder()).toContain('< BYE');
  }

  describe('the phone', () => {
    test('while it rings there: the handset can hang up at once', async () => {
      const { peer, handset } = await world.pair(() => called.ringsUntilCancelled());
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
      await untilNoCalls(world);
    });

    test('while it rings here: the handset answers into nothing, and can hang up', async () => {
      const { handset, peer } = await world.pairRinging((media) => calling.callsWithOffer({ media }));
      await handset.isTold('incomingcall');

      await peer.vanishes();
      const answering = handset.answers();
      await until('the answer is on its way', () => handset.wire.ladder.length === 2);
      await handset.hangsUp();

      await expect(answering).rejects.toThrow();
      expect(handset.wire.ladder.at(-1)).toBe('< hangingup,transaction:2,call_id');
      await untilNoCalls(world);
    });

    test('in the call: the handset hears hangup', async () => {
      const { peer, handset } = await inCall(world);

      await peer.vanishes();

      expect(await handset.isTold('hangup')).toMatchObject({ code: 503 });
      await untilNoCalls(world);
    });

    test('after its 200, without an ACK: the handset can hang up', async () => {
      const handset = await world.handset('1001');
      await world.peerCalls('1001', (media) => calling.vanishes({ media }));
      await handset.isTold('incomingcall');

      const answering = handset.answers();
      await until('the answer is on its way', () => handset.wire.ladder.length === 2);
      await handset.hangsUp();

      await expect(answering).rejects.toThrow();
      await untilNoCalls(world);
    });
  });

  describe('the browser', () => {
    test('closes the tab in a call: the phone hears BYE', async () => {
      const { peer, handset } = await inCall(world);

      await handset.page.close();

      await hearsBye(peer);
    });

    test('is killed in a call: the phone hears BYE when the session cannot be claimed any more, and RTP ports are given back', async () => {
      const peer = await world.peer((media) => called.offersWhenAnswering({ media }));
      const browser = await startMortalBrowser(tones.handset);
      onTestFinished(() => browser.close().catch(() => undefined));
      const handset = await world.handset('1001', { browser });
      await handset.calls(peer.uri);
      await handset.isTold('accepted');
      await peer.hears(tones.handset);
      const port = await portForPeer(peer);
      expect(await boundOf(port)).toEqual([true, true]);

      await browser.kill();

      await hearsBye(peer);
      await until('the ports for its peer are free', async () => !(await boundOf(port)).includes(true));
    });

    test('closes the tab while a call of ours rings: the phone hears CANCEL', async () => {
      const { peer, handset } = await world.pair(() => called.ringsUntilCancelled());
      await handset.calls(peer.uri);
      await handset.isTold('ringing');

      await handset.page.close();

      await peer.isContent();
    });

    test('closes the tab while a phone rings here and does not come back: the phone hears that nobody is there', async () => {
      const { handset, peer } = await world.pairRinging((media) => calling.isRefused(480, { media }));
      await handset.isTold('incomingcall');

      await handset.page.close();

      await peer.isContent();
    });
  });

  test('what moves the media, in a call: both sides hear of it, and the next call has sound when it is back', async () => {
    const { peer, handset } = await inCall(world);

    await world.engine.kill();

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

    await world.startEngine();
    const next = await world.peer((media) => called.offersWhenAnswering({ media }));
    await handset.calls(next.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await next.hears(tones.handset);
    await handset.hangsUp();
    await next.isContent();
  });
});

describeInWorld('Janus', { needs: ['sipp'], engine: 'nosip', start: 'later' }, (world) => {
  test('is away at the start: handsets register, calls end with 503 at once, and work as soon as it is there', async () => {
    const { peer, handset } = await world.pair((media) => called.offersWhenAnswering({ media }));
    expect(await handset.isTold('registerResult')).toMatchObject({ event: 'succ' });

    await handset.calls(peer.uri);
    await handset.ladderIs(
      '> new_call,transaction:1',
      '< calling,transaction:1,call_id',
      '< hangup 503,call_id',
    );

    await world.startEngine();
    await handset.calls(peer.uri);
    await handset.isTold('accepted');
    await handset.hears(tones.peer);
    await handset.hangsUp();
    await peer.isContent();
  });

  test('goes away: a call ends with 503 at once', async () => {
    const handset = await world.handset('1001');
    await world.engine.kill();
    await until('the gateway knows', async () => (await readMetrics(world.origin)).get('engine_up') === 0);

    await handset.calls('2001');

    expect(await handset.isTold('hangup')).toMatchObject({ code: 503 });
  });
});
