import { expect, test } from 'vitest';
import { SessionTable } from '../../src/janus-api/session-table.ts';
import type { Session, SessionOwner } from '../../src/janus-api/session.ts';
import { FakeClock } from '../fake-clock.ts';
import { LogBook } from '../log-book.ts';
import { WsClient, HttpClient } from './clients.ts';
import { startTestServer } from './test-server.ts';

const plugin = 'janus.plugin.sipserver';

class Owner implements SessionOwner {
  readonly heard: unknown[] = [];
  heardAt = -Infinity;
  eventsReady(session: Session): void {
    this.heard.push(...session.take());
  }
}

function table(settings: { readonly queuedEvents?: number } = {}) {
  const clock = new FakeClock();
  const log = new LogBook();
  const sessions = new SessionTable({
    clock,
    log,
    timeoutMs: 60_000,
    reclaimMs: 120_000,
    leaveMs: 10_000,
    maxSessions: 4,
    sessionsPerAddress: 2,
    queuedEvents: settings.queuedEvents ?? 100,
    rate: { perSecond: 100, burst: 100 },
  });
  const owner = new Owner();
  const session = sessions.create(owner, 'home') as Session;
  return { clock, log, sessions, owner, session };
}

test('a session ends 60 s after it was last heard from, and says so', () => {
  const { clock, sessions, owner, session } = table();

  clock.advance(59_000);
  sessions.heardFrom(session);
  clock.advance(59_999);
  expect(sessions.find(session.id)).toBe(session);
  clock.advance(1);

  expect(sessions.find(session.id)).toBeUndefined();
  expect(owner.heard).toEqual([{ janus: 'timeout', session_id: session.id }]);
  expect(clock.timerCount).toBe(0);
});

test('a hidden tab that sends no keep-alive stays while its socket answers pings, and ends 60 s after the last', () => {
  const { clock, sessions, owner, session } = table();

  for (let at = 15_000; at <= 300_000; at += 15_000) {
    clock.advance(15_000);
    owner.heardAt = clock.now();
  }
  expect(sessions.find(session.id)).toBe(session);
  clock.advance(59_999);
  expect(sessions.find(session.id)).toBe(session);
  clock.advance(1);

  expect(sessions.find(session.id)).toBeUndefined();
  expect(owner.heard).toEqual([{ janus: 'timeout', session_id: session.id }]);
});

test('a session whose socket dropped waits 120 s, one that was left 10 s', () => {
  for (const [how, waitMs] of [
    ['dropped', 120_000],
    ['left', 10_000],
  ] as const) {
    const { clock, sessions, owner, session } = table();
    clock.advance(30_000);

    sessions.ownerGone(owner, how);
    clock.advance(waitMs - 1);
    expect(sessions.find(session.id)).toBe(session);
    clock.advance(1);

    expect(sessions.find(session.id)).toBeUndefined();
    expect(clock.timerCount).toBe(0);
  }
});

test('a claimed session tells its new owner what happened meanwhile, and times out as before', () => {
  const { clock, sessions, owner, session } = table();
  const next = new Owner();
  sessions.ownerGone(owner, 'dropped');
  session.deliver({ janus: 'webrtcup', session_id: session.id, sender: 1 });
  clock.advance(100_000);

  session.replyFirst(() => {
    sessions.claim(session, next);
    expect(next.heard).toEqual([]);
  });

  expect(next.heard).toEqual([{ janus: 'webrtcup', session_id: session.id, sender: 1 }]);
  expect(owner.heard).toEqual([]);
  clock.advance(59_999);
  expect(sessions.find(session.id)).toBe(session);
  clock.advance(1);
  expect(sessions.find(session.id)).toBeUndefined();
});

test('the death of a socket does not touch a session that has moved on', () => {
  const { clock, sessions, owner, session } = table();
  const next = new Owner();

  sessions.claim(session, next);
  sessions.ownerGone(owner, 'left');
  clock.advance(30_000);

  expect(sessions.find(session.id)?.owner).toBe(next);
});

test('a session that nobody empties ends, and only that', () => {
  const { clock, sessions, owner, session, log } = table({ queuedEvents: 3 });
  const other = sessions.create(new Owner(), 'home') as Session;
  sessions.ownerGone(owner, 'dropped');

  for (let n = 0; n < 50; n++) session.deliver({ janus: 'webrtcup', session_id: session.id, sender: n });
  expect(sessions.find(session.id)).toBe(session);
  clock.advance(0);

  expect(sessions.find(session.id)).toBeUndefined();
  expect(sessions.find(other.id)).toBe(other);
  expect(log.texts('warn')).toEqual(['session ended']);
});

test('one address cannot take all sessions, and gets each back', () => {
  const { sessions, session } = table();
  const create = (address: string) => typeof sessions.create(new Owner(), address);

  expect([create('home'), create('home')]).toEqual(['object', 'string']);
  expect([create('away'), create('away'), create('third')]).toEqual(['object', 'object', 'string']);
  sessions.end(session, 'destroyed');
  sessions.end(session, 'destroyed');
  expect([create('home'), create('home')]).toEqual(['object', 'string']);
});

test('ids cannot be guessed: 53 bits, none twice', () => {
  const { sessions } = table();

  const ids = new Set(Array.from({ length: 1000 }, () => sessions.randomId()));

  expect(ids.size).toBe(1000);
  for (const id of ids) expect(Number.isSafeInteger(id) && id > 0).toBe(true);
  expect(Math.max(...ids)).toBeGreaterThan(2 ** 52);
});

test('a session is claimed from a new socket after the old one broke, with its handles and without a gap', async () => {
  const { wsUrl, server, plugin: echo } = await startTestServer();
  const first = await WsClient.open(wsUrl);
  const session_id = (await first.ask({ janus: 'create' })).data!.id;
  const handle_id = (await first.ask({ janus: 'attach', session_id, plugin })).data!.id;
  first.socket.terminate();
  await until(() => server.connectionCount === 0);
  echo.last.handle.webrtcup();

  const second = await WsClient.open(wsUrl);
  expect(await second.ask({ janus: 'keepalive', session_id })).toMatchObject({ error: { code: 458 } });
  expect(await second.ask({ janus: 'claim', session_id })).toMatchObject({ janus: 'success', session_id });

  expect(await second.hear()).toEqual({ janus: 'webrtcup', session_id, sender: handle_id });
  expect(await second.ask({ janus: 'message', session_id, handle_id, body: {} })).toMatchObject({
    janus: 'ack',
  });
  expect(echo.last.detaches).toBe(0);
});

test('a session is claimed while the old socket still seems to live; the old one has lost it', async () => {
  const { wsUrl } = await startTestServer();
  const first = await WsClient.open(wsUrl);
  const session_id = (await first.ask({ janus: 'create' })).data!.id;

  const second = await WsClient.open(wsUrl);
  await second.ask({ janus: 'claim', session_id });

  expect(await first.ask({ janus: 'keepalive', session_id })).toMatchObject({ error: { code: 458 } });
  await first.close();
  expect(await second.ask({ janus: 'keepalive', session_id })).toMatchObject({ janus: 'ack' });
});

test('a session that is not there cannot be claimed', async () => {
  const { wsUrl } = await startTestServer();
  const client = await WsClient.open(wsUrl);

  expect(await client.ask({ janus: 'claim', session_id: 4242 })).toMatchObject({ error: { code: 458 } });
});

test('sessions and handles end with the server, each plugin is told once', async () => {
  const { wsUrl, server, plugin: echo, log } = await startTestServer();
  const client = await WsClient.open(wsUrl);
  const session_id = (await client.ask({ janus: 'create' })).data!.id;
  await client.ask({ janus: 'attach', session_id, plugin, opaque_id: 'throw at the end' });
  await client.ask({ janus: 'attach', session_id, plugin });
  const { closed } = client;

  server.close();
  server.close();

  expect(await closed).toBe(1001);
  expect(echo.instances.map(({ detaches }) => detaches)).toEqual([1, 1]);
  expect(log.texts('error')).toEqual(['plugin threw']);
});

test('a peer that does not answer pings is found dead, and its session can be claimed', async () => {
  const clock = new FakeClock();
  const { wsUrl, server } = await startTestServer({}, { clock });
  const client = await WsClient.open(wsUrl, { autoPong: false });
  await client.ask({ janus: 'create' });
  const { closed } = client;

  clock.advance(15_000);
  await new Promise((pinged) => client.socket.once('ping', pinged));
  clock.advance(15_000);

  expect(await closed).toBe(1006);
  expect(server.sessions.counts.sessions).toBe(1);
});

test('a client that was heard a moment ago is not asked whether it is there', async () => {
  const clock = new FakeClock();
  const { wsUrl } = await startTestServer({}, { clock });
  const client = await WsClient.open(wsUrl);
  let pings = 0;
  client.socket.on('ping', () => (pings += 1));

  clock.advance(10_000);
  const session_id = (await client.ask({ janus: 'create' })).data!.id;
  clock.advance(14_999);
  // The reply comes after a ping that had been sent before.
  await client.ask({ janus: 'keepalive', session_id });
  expect(pings).toBe(0);

  clock.advance(15_000);
  await new Promise((pinged) => client.socket.once('ping', pinged));
  expect(pings).toBe(1);
});

test('a client that does not read is given up before it fills the memory; its session can be claimed', async () => {
  const { wsUrl, server, plugin: echo, log } = await startTestServer({ limits: { unsentBytes: 65_536 } });
  const deaf = await WsClient.open(wsUrl);
  const session_id = (await deaf.ask({ janus: 'create' })).data!.id;
  await deaf.ask({ janus: 'attach', session_id, plugin });

  deaf.socket.pause();
  const reason = 'x'.repeat(10_000);
  for (let n = 0; n < 5000 && server.connectionCount > 0; n++) {
    echo.last.handle.hangup(reason);
    await new Promise((tick) => setImmediate(tick));
  }

  expect(server.connectionCount).toBe(0);
  expect(log.texts('warn')).toEqual(['websocket client does not read']);
  const next = await WsClient.open(wsUrl);
  expect(await next.ask({ janus: 'claim', session_id })).toMatchObject({ janus: 'success' });
});

test('a poll without events answers keepalive: in a list with maxev, alone without', async () => {
  const clock = new FakeClock();
  const { httpUrl } = await startTestServer({}, { clock });
  const session_id = (await new HttpClient(httpUrl).ask({ janus: 'create' })).data!.id;

  const answers = [];
  for (const query of ['?maxev=5', '']) {
    const polled = fetch(`${httpUrl}/${session_id}${query}`);
    await untilTimers(clock, 2);
    clock.advance(30_000);
    answers.push(await (await polled).json());
  }

  expect(answers).toEqual([[{ janus: 'keepalive' }], { janus: 'keepalive' }]);
});

test('polling keeps a session alive; one that is not polled times out', async () => {
  const clock = new FakeClock();
  const { httpUrl, server } = await startTestServer({}, { clock });
  const session_id = (await new HttpClient(httpUrl).ask({ janus: 'create' })).data!.id;

  for (let n = 0; n < 4; n++) {
    const polled = fetch(`${httpUrl}/${session_id}?maxev=5`);
    await untilTimers(clock, 2);
    clock.advance(30_000);
    await polled;
  }
  expect(server.sessions.counts.sessions).toBe(1);
  clock.advance(60_000);

  expect(server.sessions.counts.sessions).toBe(0);
});

test('of two polls the newer one gets the event, the older one nothing', async () => {
  const clock = new FakeClock();
  const { httpUrl, plugin: echo } = await startTestServer({}, { clock });
  const client = new HttpClient(httpUrl);
  const session_id = (await client.ask({ janus: 'create' })).data!.id;
  await client.ask({ janus: 'attach', session_id, plugin });

  const older = fetch(`${httpUrl}/${session_id}?maxev=5`);
  await untilTimers(clock, 2);
  const newer = fetch(`${httpUrl}/${session_id}?maxev=5`);
  expect(await (await older).json()).toEqual([{ janus: 'keepalive' }]);
  await untilTimers(clock, 2);
  echo.last.handle.webrtcup();

  expect(await (await newer).json()).toMatchObject([{ janus: 'webrtcup' }]);
});

test('an event is not lost with a poll that its client has given up', async () => {
  const clock = new FakeClock();
  const { httpUrl, plugin: echo } = await startTestServer({}, { clock });
  const client = new HttpClient(httpUrl);
  const session_id = (await client.ask({ janus: 'create' })).data!.id;
  await client.ask({ janus: 'attach', session_id, plugin });
  const givenUp = new AbortController();
  const polled = fetch(`${httpUrl}/${session_id}?maxev=5`, { signal: givenUp.signal });
  await untilTimers(clock, 2);

  givenUp.abort();
  await expect(polled).rejects.toThrow();
  await untilTimers(clock, 1);
  echo.last.handle.webrtcup();

  expect(await client.hear()).toMatchObject({ janus: 'webrtcup' });
});

test('maxev limits a list, and what is left comes with the next poll', async () => {
  const { httpUrl, plugin: echo } = await startTestServer();
  const client = new HttpClient(httpUrl);
  const session_id = (await client.ask({ janus: 'create' })).data!.id;
  await client.ask({ janus: 'attach', session_id, plugin });
  for (let n = 0; n < 5; n++) echo.last.handle.hangup(String(n));

  const lists = [];
  for (const query of ['?maxev=2', '?maxev=0', '?maxev=nonsense', '?maxev=100'])
    lists.push(await (await fetch(`${httpUrl}/${session_id}${query}`)).json());

  expect(lists).toMatchObject([
    [{ reason: '0' }, { reason: '1' }],
    { reason: '2' },
    { reason: '3' },
    [{ reason: '4' }],
  ]);
});

/** A poll waits once it has its timer beside the session's own. */
function untilTimers(clock: FakeClock, count: number): Promise<void> {
  return until(() => clock.timerCount === count);
}

async function until(isSo: () => boolean): Promise<void> {
  const limit = Date.now() + 2000;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error('it did not come about within 2 s');
    await new Promise((tick) => setImmediate(tick));
  }
}
