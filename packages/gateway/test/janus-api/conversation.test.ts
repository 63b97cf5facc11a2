import { describe, expect, test } from 'vitest';
import { HttpClient, WsClient, type ApiClient } from './clients.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const plugin = 'janus.plugin.sipserver';
const offer = { type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' };

const transports: Record<string, (server: TestServer) => Promise<ApiClient>> = {
  WebSocket: ({ wsUrl }) => WsClient.open(wsUrl),
  'HTTP long-poll': async ({ httpUrl }) => new HttpClient(httpUrl),
};

/** The same words over each transport: what is promised of the Janus API is promised of both. */
describe.each(Object.entries(transports))('over %s', (_name, connect) => {
  async function attached(opaqueId?: string) {
    const server = await startTestServer();
    const client = await connect(server);
    const session_id = (await client.ask({ janus: 'create' })).data!.id;
    const attach = await client.ask({ janus: 'attach', session_id, plugin, opaque_id: opaqueId });
    const handle_id = attach.data!.id;
    return { ...server, client, session_id, handle_id, at: { session_id, handle_id } };
  }

  test('the server says who it is and which plugins it has', async () => {
    const client = await connect(await startTestServer());

    const info = await client.ask({ janus: 'info' });

    expect(info).toMatchObject({
      janus: 'server_info',
      name: 'Soft Handset',
      'session-timeout': 60,
      'reclaim-session-timeout': 120,
      plugins: { [plugin]: { version: 1, author: 'Test' } },
    });
    expect(await client.ask({ janus: 'ping' })).toMatchObject({ janus: 'pong' });
  });

  test('a message is acknowledged, and its event carries its transaction and its jsep', async () => {
    const { client, at, session_id, handle_id } = await attached();

    const ack = await client.ask({
      janus: 'message',
      ...at,
      body: { request: 'hi' },
      jsep: offer,
      transaction: 'abc',
    });
    const event = await client.hear();

    expect(ack).toEqual({ janus: 'ack', session_id, transaction: 'abc' });
    expect(event).toEqual({
      janus: 'event',
      session_id,
      sender: handle_id,
      transaction: 'abc',
      plugindata: { plugin, data: { sip: 'event', result: { event: 'echo', number: 1 } } },
      jsep: { ...offer, type: 'answer' },
    });
  });

  test('events keep their order', async () => {
    const { client, at } = await attached();

    await client.ask({ janus: 'message', ...at, body: { count: 25 } });

    const numbers: unknown[] = [];
    while (numbers.length < 25) numbers.push((await client.hear()).plugindata?.data.result['number']);
    expect(numbers).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  test('what the plugin says while it is being attached is heard after the reply', async () => {
    const { client, handle_id } = await attached('greet');

    expect(await client.hear()).toMatchObject({
      sender: handle_id,
      plugindata: { data: { result: { event: 'hello' } } },
    });
  });

  test('candidates come one by one, in a list, and to an end', async () => {
    const { client, at, plugin: echo } = await attached();
    const one = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

    const replies = [
      await client.ask({ janus: 'trickle', ...at, candidate: one }),
      await client.ask({ janus: 'trickle', ...at, candidates: [one, one] }),
      await client.ask({ janus: 'trickle', ...at, candidate: { completed: true } }),
      await client.ask({ janus: 'trickle', ...at, candidate: null }),
    ];

    expect(replies.map(({ janus }) => janus)).toEqual(['ack', 'ack', 'ack', 'ack']);
    expect(echo.last.candidates).toEqual([one, one, one, { completed: true }, { completed: true }]);
  });

  test('the core events of a plugin have the names Janus gives them', async () => {
    const { client, session_id, handle_id, plugin: echo } = await attached();
    const from = { session_id, sender: handle_id };

    echo.last.handle.webrtcup();
    echo.last.handle.media({ type: 'audio', mid: '0', receiving: true });
    echo.last.handle.slowlink({ media: 'video', mid: '1', uplink: true, lost: 7 });
    echo.last.handle.hangup('DTLS alert');

    expect(await client.hear()).toEqual({ janus: 'webrtcup', ...from });
    expect(await client.hear()).toEqual({
      janus: 'media',
      ...from,
      type: 'audio',
      mid: '0',
      receiving: true,
    });
    expect(await client.hear()).toEqual({
      janus: 'slowlink',
      ...from,
      media: 'video',
      mid: '1',
      uplink: true,
      lost: 7,
    });
    expect(await client.hear()).toEqual({ janus: 'hangup', ...from, reason: 'DTLS alert' });
  });

  test('hangup and detach are answered and told to the plugin; a detached handle is silent', async () => {
    const { client, at, session_id, handle_id, plugin: echo } = await attached();

    expect(await client.ask({ janus: 'hangup', ...at })).toMatchObject({ janus: 'success', session_id });
    expect(await client.hear()).toMatchObject({ janus: 'hangup', reason: 'Janus API' });
    expect(await client.ask({ janus: 'detach', ...at })).toMatchObject({ janus: 'success', session_id });
    expect(await client.hear()).toEqual({ janus: 'detached', session_id, sender: handle_id });
    echo.last.handle.webrtcup();
    expect(await client.ask({ janus: 'message', ...at, body: {} })).toMatchObject({ error: { code: 459 } });

    expect(echo.last).toMatchObject({ hangups: 1, detaches: 1 });
  });

  test('destroy ends the session with all its handles', async () => {
    const { client, session_id, plugin: echo, server } = await attached();
    await client.ask({ janus: 'attach', session_id, plugin });

    expect(await client.ask({ janus: 'destroy', session_id })).toMatchObject({
      janus: 'success',
      session_id,
    });

    expect(echo.instances.map(({ detaches }) => detaches)).toEqual([1, 1]);
    expect(server.sessions.counts).toEqual({ sessions: 0, handles: 0 });
    expect(await client.ask({ janus: 'keepalive', session_id })).toMatchObject({ error: { code: 458 } });
  });

  test('keepalive is acknowledged', async () => {
    const { client, session_id } = await attached();

    expect(await client.ask({ janus: 'keepalive', session_id })).toMatchObject({ janus: 'ack', session_id });
  });

  test('a plugin that throws is answered with 490 and logged with its stack, and the handle lives on', async () => {
    const { client, at, session_id, log } = await attached();

    const failed = await client.ask({ janus: 'message', ...at, body: { request: 'throw' } });
    const attach = await client.ask({ janus: 'attach', session_id, plugin, opaque_id: 'throw' });

    expect(failed).toMatchObject({ janus: 'error', error: { code: 490 } });
    expect(attach).toMatchObject({ janus: 'error', error: { code: 490 } });
    expect(log.texts('error')).toEqual(['plugin threw', 'plugin threw']);
    expect((log.lines[0]?.facts['err'] as Error).stack).toContain('message was asked to throw');
    expect(await client.ask({ janus: 'message', ...at, body: {} })).toMatchObject({ janus: 'ack' });
  });

  test('with an API secret nothing but info and ping is answered without it', async () => {
    const client = await connect(await startTestServer({ api: { secret: 's3', tokens: ['tok'] } }));

    expect(await client.ask({ janus: 'info' })).toMatchObject({ janus: 'server_info' });
    expect(await client.ask({ janus: 'create' })).toMatchObject({ error: { code: 403 } });
    expect(await client.ask({ janus: 'create', apisecret: 's4' })).toMatchObject({ error: { code: 403 } });
    expect(await client.ask({ janus: 'create', apisecret: 5 })).toMatchObject({ error: { code: 403 } });
    expect(await client.ask({ janus: 'create', token: 'tok' })).toMatchObject({ janus: 'success' });
    const { data } = await client.ask({ janus: 'create', apisecret: 's3' });
    expect(await client.ask({ janus: 'keepalive', session_id: data!.id })).toMatchObject({
      error: { code: 403 },
    });
  });
});
