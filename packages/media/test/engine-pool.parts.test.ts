import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEnginePool, type EnginePool } from '../src/engine-pool.ts';
import { createNosipEngine } from '../src/nosip-engine.ts';
import { browserAnswer } from './browser.ts';
import { mediaEngineContract } from './engine-contract.ts';
import { janusHandles, settled } from './janus-counts.ts';
import { audio, phoneSdp } from './peer.ts';
import { describeWithJanus, type RealJanus, realJanus } from './real-janus.ts';

const adminSecret = 'for the counts';
const offer = { type: 'offer', sdp: phoneSdp(...audio) } as const;
const held = { type: 'offer', sdp: phoneSdp(...audio, 'a=sendonly') } as const;

describeWithJanus('a pool of two real Januses', () => {
  let januses: [RealJanus, RealJanus];
  let pool: EnginePool;

  async function start(): Promise<void> {
    januses = await Promise.all([realJanus({ adminSecret }), realJanus({ adminSecret })]);
    pool = createEnginePool();
    for (const { url } of januses) {
      pool.add(url, createNosipEngine({ url, firstRetryMs: 20, longestRetryMs: 200 }));
    }
    await allUp();
  }

  const allUp = (): Promise<void> =>
    expect.poll(() => pool.servers.every(({ isUp }) => isUp), { timeout: 15_000, interval: 10 }).toBe(true);

  const sessions = (): readonly number[] => pool.servers.map(({ sessionCount }) => sessionCount);

  async function dispose(): Promise<void> {
    await Promise.all(januses.map((janus) => janus.dispose()));
  }

  mediaEngineContract('it', async () => {
    await start();
    const handles = async () =>
      Object.fromEntries(
        await Promise.all(
          januses.map(async ({ adminUrl = '' }) => [adminUrl, await janusHandles(adminUrl, adminSecret)]),
        ),
      ) as Record<string, number>;
    await settled(handles);
    return {
      engine: pool,
      kill: () => januses.forEach((janus) => janus.kill()),
      stop: dispose,
      resources: handles,
    };
  });

  describe('with calls on both', () => {
    beforeEach(start);

    afterEach(async () => {
      await pool.close();
      await dispose();
    });

    async function call() {
      const session = await pool.open();
      await session.toPeer(browserAnswer(await session.toHandset(offer)));
      return session;
    }

    test('one killed with -9 loses its own calls only, new ones go to the other, and it has calls again when it is back', async () => {
      const calls = [await call(), await call(), await call(), await call()];
      const ends = calls.map(() => 'goes on');
      calls.forEach((session, index) => void session.ended.then((end) => (ends[index] = end)));
      const [victim, other] = januses;
      const wsPort = Number(new URL(victim.url).port);

      victim.kill();
      await Promise.all([calls[0]!.ended, calls[2]!.ended]);
      const during = await call();
      const jsep = await calls[1]!.toHandset(held);
      await calls[1]!.toPeer(browserAnswer(jsep));

      expect(ends).toEqual(['engine-lost', 'goes on', 'engine-lost', 'goes on']);
      expect(sessions()).toEqual([0, 3]);
      expect(pool.isUp).toBe(true);

      await victim.dispose();
      januses = [await realJanus({ adminSecret, wsPort }), other];
      await allUp();
      const after = [await call(), await call()];

      expect(sessions()).toEqual([2, 3]);
      for (const session of [...calls, during, ...after]) session.close();
    });

    test('one that is drained keeps its calls, which can still change, and gets no new ones', async () => {
      const kept = await call();
      const [first] = pool.servers;

      pool.drain(first!.name, true);
      await call();
      await call();
      const jsep = await kept.toHandset(held);

      expect((await kept.toPeer(browserAnswer(jsep))).type).toBe('answer');
      expect(sessions()).toEqual([1, 2]);
    });

    test(
      'one that is frozen is found out by its keep-alive, and its calls end',
      { timeout: 60_000 },
      async () => {
        const [frozen] = januses;
        const lost = await call();
        const goesOn = await call();
        let ended = false;
        void goesOn.ended.then(() => (ended = true));

        process.kill(frozen.pid, 'SIGSTOP');
        try {
          expect(await lost.ended).toBe('engine-lost');
          expect(pool.servers.map(({ isUp }) => isUp)).toEqual([false, true]);
          expect(ended).toBe(false);
        } finally {
          process.kill(frozen.pid, 'SIGCONT');
        }
      },
    );
  });
});
