import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaLog } from '../src/media-log.ts';
import { NosipClient, type NosipClientOptions } from '../src/nosip-client.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeJanus } from './fake-janus.ts';

let janus: FakeJanus;
let clock: FakeClock;
let client: NosipClient | undefined;

beforeEach(async () => {
  janus = await FakeJanus.start();
  clock = new FakeClock();
});

afterEach(async () => {
  await client?.close();
  await janus.close();
});

function clientOf(options: Partial<NosipClientOptions> = {}): NosipClient {
  client = new NosipClient({
    clock,
    random: () => 1,
    spareHandles: 0,
    ...options,
    url: options.url ?? janus.url,
  });
  return client;
}

async function upClient(options: Partial<NosipClientOptions> = {}): Promise<NosipClient> {
  const made = clientOf(options);
  await isUp(made);
  return made;
}

async function isUp(made: NosipClient, wanted = true): Promise<void> {
  await expect.poll(() => made.isUp, { interval: 5 }).toBe(wanted);
}

test('without Janus it is down and refuses at once, and comes up when Janus does', async () => {
  const { port, url } = janus;
  await janus.close();
  const said: string[] = [];
  const warnings: string[] = [];
  const write = (text: string): void => void said.push(text);
  const warn = (text: string, facts = {}): void => void warnings.push(`${text} ${JSON.stringify(facts)}`);
  const made = clientOf({ url, log: { info: write, warn, debug: write } });
  const changes: boolean[] = [];
  made.onUpChange = (now) => void changes.push(now);

  await expect(made.take()).rejects.toMatchObject({ code: 'engine-down' });
  await expect.poll(() => warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    `engine not reached, it is tried again {"url":"${url}","why":"Janus cannot be reached: socket error: connect ECONNREFUSED`,
  );
  clock.advance(250);
  await expect.poll(() => said).toContain('engine not reached');
  expect(warnings).toHaveLength(1);
  janus = await FakeJanus.start(port);
  clock.advance(500);

  await isUp(made);
  expect((await made.take()).isAttached).toBe(true);
  expect(changes).toEqual([true]);
});

test('each failure doubles the wait, up to a limit, and success ends that', async () => {
  const waits: number[] = [];
  const setTimer = clock.setTimeout.bind(clock);
  clock.setTimeout = (run, ms) => {
    if (ms !== 5000 && ms !== 10_000) waits.push(ms);
    return setTimer(run, ms);
  };
  janus.fault = (asked) => (asked.janus === 'create' ? { code: 403, reason: 'no' } : undefined);
  const made = clientOf({ longestRetryMs: 1500 });
  for (let tries = 1; tries <= 5; tries += 1) {
    await expect.poll(() => waits).toHaveLength(tries);
    if (tries === 5) janus.fault = () => undefined;
    clock.advance(1500);
  }
  await isUp(made);
  janus.cut();
  await isUp(made, false);

  expect(waits).toEqual([250, 500, 1000, 1500, 1500, 250]);
});

test('a lost socket drops each handle once, and a fresh session is made', async () => {
  const made = await upClient();
  const handle = await made.take();
  let lost = 0;
  handle.onLost = () => (lost += 1);

  janus.cut();
  await isUp(made, false);
  clock.advance(250);
  await isUp(made);

  expect([lost, handle.isAttached]).toEqual([1, false]);
  expect(janus.sessions.size).toBe(2 - 1);
  expect(janus.asked.findLast((each) => each.janus === 'destroy')).toMatchObject({ session_id: 101 });
});

test('a keepalive that is not answered is a lost session', async () => {
  const made = await upClient();
  const handle = await made.take();
  const lost = new Promise<void>((told) => (handle.onLost = told));
  janus.fault = (asked) => (asked.janus === 'keepalive' ? 'lost' : undefined);

  clock.advance(10_000);
  await expect.poll(() => janus.count('keepalive')).toBe(1);
  clock.advance(5000);

  await lost;
  expect(made.isUp).toBe(false);
});

test('keepalives go on as long as they are answered', async () => {
  const made = await upClient();

  for (let beat = 1; beat <= 3; beat += 1) {
    await expect.poll(() => clock.waiting).toBe(1);
    clock.advance(10_000);
    await expect.poll(() => janus.count('keepalive')).toBe(beat);
  }

  expect(made.isUp).toBe(true);
});

test('a session that Janus lets time out is a lost one', async () => {
  const made = await upClient();

  janus.saysText(JSON.stringify({ janus: 'timeout', session_id: [...janus.sessions][0] }));

  await isUp(made, false);
});

test('a handle that comes after its time is given back', async () => {
  const made = await upClient();
  await made.take();
  janus.fault = (asked) => (asked.janus === 'attach' ? 'lost' : undefined);
  const taken = made.take();
  void taken.catch(() => undefined);
  await expect.poll(() => janus.count('attach')).toBe(2);
  clock.advance(5000);
  await expect(taken).rejects.toMatchObject({ code: 'timeout' });

  const { transaction } = janus.asked.findLast((each) => each.janus === 'attach')!;
  janus.saysText(JSON.stringify({ janus: 'success', transaction, data: { id: 777 } }));

  await expect.poll(() => janus.asked.at(-1)).toMatchObject({ janus: 'detach', handle_id: 777 });
});

test('handles are attached ahead, as many as told', async () => {
  const made = await upClient({ spareHandles: 3 });
  await expect.poll(() => janus.handles.size).toBe(3);

  await made.take();
  clock.advance(20);

  await expect.poll(() => janus.handles.size).toBe(4);
});

test('a spare handle that Janus drops is not given out', async () => {
  let dropped = 0;
  const ignore = (): void => undefined;
  const debug: MediaLog['debug'] = (_text, facts) => {
    if (JSON.stringify(facts).includes('detached')) dropped += 1;
  };
  const made = await upClient({ spareHandles: 2, log: { info: ignore, warn: ignore, debug } });
  await expect.poll(() => janus.handles.size).toBe(2);

  for (const handle of [...janus.handles.keys()]) janus.says({ janus: 'detached' }, handle);
  await expect.poll(() => dropped).toBe(2);

  expect((await made.take()).isAttached).toBe(true);
});

test('many may open at once', async () => {
  const made = await upClient({ spareHandles: 2 });

  const handles = await Promise.all(Array.from({ length: 40 }, () => made.take()));

  expect(new Set(handles).size).toBe(40);
  expect(handles.every((handle) => handle.isAttached)).toBe(true);
});

test('a Janus without the plugin stays down, and says so in the log', async () => {
  janus.fault = (asked) => (asked.janus === 'attach' ? { code: 460, reason: 'No such plugin' } : undefined);
  const said: string[] = [];
  const write = (text: string): void => void said.push(text);

  const made = clientOf({ log: { info: write, warn: write, debug: write } });

  await expect.poll(() => said).toContain('engine not reached, it is tried again');
  expect(made.isUp).toBe(false);
});

test('a refusal to give a handle is engine-down', async () => {
  const made = await upClient();
  await made.take();
  janus.fault = (asked) => (asked.janus === 'attach' ? { code: 461, reason: 'no more' } : undefined);

  await expect(made.take()).rejects.toMatchObject({ code: 'engine-down' });
});

test('closing destroys the session, leaves no timer, and may be done twice', async () => {
  const made = await upClient();
  await made.close();
  await made.close();

  expect([janus.sessions.size, clock.waiting, made.isUp]).toEqual([0, 0, false]);
  await expect(made.take()).rejects.toMatchObject({ code: 'engine-down' });
});

test('closing while it is still connecting leaves no session', async () => {
  const made = clientOf();
  await made.close();

  expect([janus.sessions.size, clock.waiting, made.isUp]).toEqual([0, 0, false]);
});

test('closing does not wait for a Janus that has gone quiet', async () => {
  const made = await upClient();
  janus.fault = () => 'lost';
  const closed = made.close();
  await expect.poll(() => janus.count('destroy')).toBe(1);

  clock.advance(5000);

  await closed;
});
