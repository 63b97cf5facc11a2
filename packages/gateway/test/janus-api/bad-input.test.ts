import { describe, expect, test } from 'vitest';
import { HttpClient, post, WsClient } from './clients.ts';
import { badRequests, message, plugin } from './bad-requests.ts';
import { startTestServer } from './test-server.ts';

for (const transport of ['WebSocket', 'HTTP'] as const) {
  describe(`over ${transport}`, () => {
    test.each(badRequests)('%s', async (_what, place, request, code) => {
      const { wsUrl, httpUrl, plugin: echo, refused } = await startTestServer();
      const client = transport === 'HTTP' ? new HttpClient(httpUrl) : await WsClient.open(wsUrl);
      const session_id = (await client.ask({ janus: 'create' })).data!.id;
      const handle_id = (await client.ask({ janus: 'attach', session_id, plugin })).data!.id;
      const where = { server: {}, session: { session_id }, handle: { session_id, handle_id } }[place];

      const reply = await client.ask({ ...where, ...request });

      expect(reply).toMatchObject({ janus: 'error', error: { code } });
      expect(reply.error?.reason).not.toBe('');
      expect(refused).toEqual([`core ${code}`]);
      expect(echo.last).toMatchObject({ messages: [], candidates: [], detaches: 0 });
      expect(await client.ask({ janus: 'message', body: {}, session_id, handle_id })).toMatchObject({
        janus: 'ack',
      });
    });
  });
}

describe('over WebSocket', () => {
  test.each([
    ['no JSON', '{nope', 454],
    ['an empty message', '', 454],
    ['a JSON text', '"x"', 455],
    ['a JSON list', '[1]', 455],
    ['null', 'null', 455],
    ['a number', '5', 455],
    ['a binary frame', Buffer.from('{"janus":"ping","transaction":"t"}'), 454],
  ])('%s is refused and the connection goes on', async (_what, data, code) => {
    const { wsUrl } = await startTestServer();
    const client = await WsClient.open(wsUrl);

    expect(await client.shout(data)).toMatchObject({ janus: 'error', error: { code } });

    expect(await client.ask({ janus: 'ping' })).toMatchObject({ janus: 'pong' });
  });

  test.each([
    ['unknown', 4242, 458],
    ['negative', -5, 458],
    ['a fraction', 1.5, 457],
    ['a text', 'x', 457],
    ['zero', 0, 457],
  ])('a session id that is %s', async (_what, session_id, code) => {
    const { wsUrl } = await startTestServer();
    const client = await WsClient.open(wsUrl);

    expect(await client.ask({ janus: 'keepalive', session_id })).toMatchObject({ error: { code } });
  });

  test.each([99, 0, 'x', null])('a handle id that is %s', async (handle_id) => {
    const { wsUrl } = await startTestServer();
    const client = await WsClient.open(wsUrl);
    const session_id = (await client.ask({ janus: 'create' })).data!.id;

    expect(await client.ask({ ...message, session_id, handle_id })).toMatchObject({ error: { code: 459 } });
  });

  test('a session of another socket cannot be used, a session of HTTP neither', async () => {
    const { wsUrl, httpUrl, plugin: echo } = await startTestServer();
    const owner = await WsClient.open(wsUrl);
    const stranger = await WsClient.open(wsUrl);
    const session_id = (await owner.ask({ janus: 'create' })).data!.id;
    const handle_id = (await owner.ask({ janus: 'attach', session_id, plugin })).data!.id;
    const overHttp = (await new HttpClient(httpUrl).ask({ janus: 'create' })).data!.id;

    const refusals = [
      await stranger.ask({ ...message, session_id, handle_id }),
      await stranger.ask({ janus: 'destroy', session_id }),
      await stranger.ask({ janus: 'keepalive', session_id: overHttp }),
      await new HttpClient(httpUrl).ask({ janus: 'destroy', session_id }),
    ];

    expect(refusals.map(({ error }) => error?.code)).toEqual([458, 458, 458, 458]);
    expect((await fetch(`${httpUrl}/${session_id}`)).status).toBe(404);
    expect(echo.last).toMatchObject({ messages: [], detaches: 0 });
    expect(await owner.ask({ janus: 'keepalive', session_id })).toMatchObject({ janus: 'ack' });
  });

  test('a frame that is too large closes its own connection with 1009 and no other', async () => {
    const { wsUrl } = await startTestServer({ limits: { messageBytes: 2048 } });
    const loud = await WsClient.open(wsUrl);
    const quiet = await WsClient.open(wsUrl);
    const session_id = (await quiet.ask({ janus: 'create' })).data!.id;
    const { closed } = loud;

    loud.socket.send('x'.repeat(4096));

    expect(await closed).toBe(1009);
    expect(await quiet.ask({ janus: 'keepalive', session_id })).toMatchObject({ janus: 'ack' });
  });

  test('a flood is refused with 429, then closed with 1008; another client of the address does not notice', async () => {
    const { wsUrl } = await startTestServer({ limits: { messagesPerSecond: 1, messageBurst: 20 } });
    const loud = await WsClient.open(wsUrl);
    const quiet = await WsClient.open(wsUrl);
    const session_id = (await quiet.ask({ janus: 'create' })).data!.id;
    const { closed } = loud;
    const ping = JSON.stringify({ janus: 'ping', transaction: 'flood' });

    for (let sent = 0; sent < 2000; sent++) loud.socket.send(ping);

    expect(await closed).toBe(1008);
    const codes = loud.inbox.map(({ janus, error, transaction }) =>
      [janus, error?.code, transaction].join(' '),
    );
    expect(new Set(codes)).toEqual(new Set(['pong  flood', 'error 429 flood']));
    expect(codes.filter((code) => code.startsWith('pong')).length).toBeLessThan(30);
    expect(await quiet.ask({ janus: 'keepalive', session_id })).toMatchObject({ janus: 'ack' });
  });

  test('too many sessions, too many handles', async () => {
    const { wsUrl } = await startTestServer({ limits: { sessions: 1, handlesPerSession: 1 } });
    const client = await WsClient.open(wsUrl);
    const session_id = (await client.ask({ janus: 'create' })).data!.id;
    await client.ask({ janus: 'attach', session_id, plugin });

    expect(await client.ask({ janus: 'create' })).toMatchObject({ error: { code: 429 } });
    expect(await client.ask({ janus: 'attach', session_id, plugin })).toMatchObject({ error: { code: 429 } });
  });

  test('a session id that is taken', async () => {
    const { wsUrl } = await startTestServer();
    const client = await WsClient.open(wsUrl);

    expect(await client.ask({ janus: 'create', id: 777 })).toMatchObject({ data: { id: 777 } });
    expect(await client.ask({ janus: 'create', id: 777 })).toMatchObject({ error: { code: 468 } });
  });
});

describe('over HTTP', () => {
  test.each([
    ['no JSON', '{nope', 454],
    ['an empty body', '', 454],
    ['a JSON list', '[1]', 455],
  ])('%s', async (_what, body, code) => {
    const { httpUrl } = await startTestServer();

    expect(await post(httpUrl, body)).toMatchObject({ janus: 'error', error: { code } });
  });

  test('any content type will do, for a beacon sends text', async () => {
    const { httpUrl } = await startTestServer();
    const request = JSON.stringify({ janus: 'ping', transaction: 't' });

    for (const type of ['text/plain;charset=UTF-8', 'application/json', 'application/octet-stream']) {
      expect(await post(httpUrl, request, { 'Content-Type': type })).toMatchObject({ janus: 'pong' });
    }
  });

  test('a body that is too large', async () => {
    const { httpUrl } = await startTestServer({ limits: { messageBytes: 2048 } });
    const response = await fetch(httpUrl, { method: 'POST', body: 'x'.repeat(4096) });

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ janus: 'error' });
  });

  test('a poll for a session that is not there is 404, so that janus.js does not poll for ever', async () => {
    const { httpUrl } = await startTestServer();

    for (const id of ['4242', '0', 'x', '99999999999999999999']) {
      const response = await fetch(`${httpUrl}/${id}?maxev=5`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 458 } });
    }
  });

  test('a flood in one session is refused with 429, another session does not notice', async () => {
    const { httpUrl } = await startTestServer({ limits: { messagesPerSecond: 1, messageBurst: 5 } });
    const loud = new HttpClient(httpUrl);
    const quiet = new HttpClient(httpUrl);
    const loudId = (await loud.ask({ janus: 'create' })).data!.id;
    const quietId = (await quiet.ask({ janus: 'create' })).data!.id;

    const replies = [];
    for (let sent = 0; sent < 10; sent++)
      replies.push(await loud.ask({ janus: 'keepalive', session_id: loudId }));

    expect(replies.slice(0, 5).every(({ janus }) => janus === 'ack')).toBe(true);
    expect(replies.at(-1)).toMatchObject({ error: { code: 429 } });
    expect(await quiet.ask({ janus: 'keepalive', session_id: quietId })).toMatchObject({ janus: 'ack' });
  });

  test('creating sessions without end is refused with 429', async () => {
    const { httpUrl } = await startTestServer({ limits: { connectsPerSecond: 1, connectBurst: 3 } });
    const client = new HttpClient(httpUrl);

    const codes = [];
    for (let asked = 0; asked < 5; asked++) codes.push((await client.ask({ janus: 'create' })).error?.code);

    expect(codes.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(codes.at(-1)).toBe(429);
  });
});
