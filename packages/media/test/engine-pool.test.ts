import { expect, test, vi } from 'vitest';
import { createEnginePool, type EnginePool } from '../src/engine-pool.ts';
import { createNosipEngine } from '../src/nosip-engine.ts';
import { mediaEngineContract } from './engine-contract.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeJanus } from './fake-janus.ts';
import { FakeServer } from './fake-server.ts';

mediaEngineContract('a pool of two NoSIP engines before fake Januses', async () => {
  const januses = [await FakeJanus.start(), await FakeJanus.start()];
  const pool = createEnginePool();
  for (const { url } of januses) pool.add(url, createNosipEngine({ url }));
  const handles = (): number => januses.reduce((sum, janus) => sum + janus.handles.size, 0);
  await vi.waitFor(() => expect(pool.servers.every(({ isUp }) => isUp)).toBe(true));
  await vi.waitFor(() => expect(handles()).toBe(8));
  return {
    engine: pool,
    kill: () => januses.forEach((janus) => janus.cut()),
    stop: async () => {
      await Promise.all(januses.map((janus) => janus.close()));
    },
    resources: () => Promise.resolve({ handles: handles() }),
  };
});

interface Trio {
  readonly pool: EnginePool;
  readonly a: FakeServer;
  readonly b: FakeServer;
  readonly c: FakeServer;
  readonly clock: FakeClock;
}

function poolOfThree(): Trio {
  const clock = new FakeClock();
  const pool = createEnginePool({ clock });
  const [a, b, c] = [new FakeServer(), new FakeServer(), new FakeServer()];
  for (const [name, server] of Object.entries({ a, b, c })) pool.add(name, server);
  return { pool, a, b, c, clock };
}

const sessionsOf = ({ a, b, c }: Trio): readonly number[] => [a, b, c].map((server) => server.sessionCount);

test('calls go where there are fewest', async () => {
  const trio = poolOfThree();
  const { pool, b } = trio;

  for (let call = 0; call < 6; call += 1) await pool.open();
  b.endsCalls();
  await pool.open();
  await pool.open();

  expect(sessionsOf(trio)).toEqual([2, 2, 2]);
});

test('calls that come at the same moment are spread too', async () => {
  const trio = poolOfThree();

  await Promise.all(Array.from({ length: 9 }, () => trio.pool.open()));

  expect(sessionsOf(trio)).toEqual([3, 3, 3]);
});

test('a server whose calls end at once does not get all of them', async () => {
  const { pool, a, b, c } = poolOfThree();

  for (let call = 0; call < 9; call += 1) (await pool.open()).close();

  expect([a, b, c].map((server) => server.opened)).toEqual([3, 3, 3]);
});

test('a server that dies loses its own calls only, gets no new ones, and has calls again when it is back', async () => {
  const trio = poolOfThree();
  const { pool, a } = trio;
  const ends: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const session = await pool.open();
    void session.ended.then((end) => ends.push(`${name} ${end}`));
  }

  a.dies();
  await pool.open();
  const whileAway = sessionsOf(trio);
  a.comesBack();
  await pool.open();

  expect(ends).toEqual(['a engine-lost']);
  expect(whileAway).toEqual([0, 2, 1]);
  expect(sessionsOf(trio)).toEqual([1, 2, 1]);
  expect(pool.sessionCount).toBe(4);
});

test('the pool is up while one server is, and says so at each change only', () => {
  const { pool, a, b, c } = poolOfThree();
  const changes: boolean[] = [];
  pool.onUpChange = (isUp) => void changes.push(isUp);

  a.dies();
  b.dies();
  c.dies();
  b.comesBack();
  a.comesBack();

  expect(changes).toEqual([false, true]);
  expect(pool.isUp).toBe(true);
});

for (const code of ['engine-down', 'timeout'] as const) {
  test(`a server that answers ${code} is passed over: the call is made elsewhere, and later ones go there last for a while`, async () => {
    const { pool, a, b, c, clock } = poolOfThree();
    a.refusesWith = code;

    for (let call = 0; call < 4; call += 1) await pool.open();
    const asked = a.asked;
    a.refusesWith = undefined;
    await pool.open();
    clock.advance(30_001);
    await pool.open();

    expect(asked).toBe(1);
    expect([a, b, c].map((server) => server.sessionCount)).toEqual([1, 3, 2]);
  });
}

test('when no server gives a session the last refusal is told', async () => {
  const { pool, a, b, c } = poolOfThree();
  for (const server of [a, b, c]) server.refusesWith = 'timeout';

  await expect(pool.open()).rejects.toMatchObject({ name: 'MediaError', code: 'timeout' });
});

test('a pool without a server refuses at once', async () => {
  const pool = createEnginePool();

  await expect(pool.open()).rejects.toMatchObject({ name: 'MediaError', code: 'engine-down' });
  expect(pool.isUp).toBe(false);
});

test('a server that is drained keeps its calls and gets no new ones, until that is taken back', async () => {
  const trio = poolOfThree();
  const { pool, a } = trio;
  let hasEnded = false;
  void (await pool.open()).ended.then(() => (hasEnded = true));

  pool.drain('a', true);
  for (let call = 0; call < 4; call += 1) await pool.open();
  const drained = sessionsOf(trio);
  const [first] = pool.servers;
  pool.drain('a', false);
  await pool.open();

  expect(drained).toEqual([1, 2, 2]);
  expect(first).toEqual({ name: 'a', kind: 'fake', isUp: true, isDraining: true, sessionCount: 1 });
  expect(a.sessionCount).toBe(2);
  expect(hasEnded).toBe(false);
});

test('a pool whose servers are all drained is not up', () => {
  const { pool } = poolOfThree();
  const changes: boolean[] = [];
  pool.onUpChange = (isUp) => void changes.push(isUp);

  for (const name of ['a', 'b', 'c', 'nobody']) pool.drain(name, true);

  expect([pool.isUp, changes]).toEqual([false, [false]]);
});

test('a server that is removed is closed when its last call has ended, and its name is free before', async () => {
  const { pool, a, b } = poolOfThree();
  const last = await pool.open();
  const successor = new FakeServer();

  pool.remove('a');
  pool.remove('b');
  pool.add('a', successor);
  const during = pool.servers.map(({ name, isDraining }) => `${name} ${isDraining}`);
  const closedBefore = a.isClosed;
  last.close();
  await last.ended;
  await vi.waitFor(() => expect(a.isClosed).toBe(true));

  expect([closedBefore, b.isClosed]).toEqual([false, true]);
  expect(during).toEqual(['a true', 'c false', 'a false']);
  expect(pool.servers.map(({ name }) => name)).toEqual(['c', 'a']);
  expect(() => pool.add('a', new FakeServer())).toThrow('"a"');
});

test('the pool has counted what its servers have, those that have left among them', async () => {
  const { pool } = poolOfThree();
  for (let call = 0; call < 4; call += 1) (await pool.open()).close();

  pool.remove('a');

  expect(pool.servers).toHaveLength(2);
  expect(pool.counters()).toEqual({ sessionsOpened: 4 });
});

test('closing the pool closes every server, also one that leaves', async () => {
  const { pool, a, b, c } = poolOfThree();
  const session = await pool.open();
  pool.remove('a');

  await pool.close();

  expect([a, b, c].map((server) => server.isClosed)).toEqual([true, true, true]);
  expect(await session.ended).toBe('closed');
  await expect(pool.open()).rejects.toMatchObject({ code: 'engine-down' });
});
