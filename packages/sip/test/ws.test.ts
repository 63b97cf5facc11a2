import { once } from 'node:events';
import { get } from 'node:http';
import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openWs } from '../src/ws.ts';
import type { WsOptions } from '../src/ws.ts';
import { makeAuthority, makeCertificate } from '@soft-handset/parts/certificates';
import { Inbox, optionsBytes } from './transport-contract.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function ws(options: WsOptions = {}) {
  const transport = await openWs(options);
  open.push(transport);
  const target = { protocol: transport.protocol, ...transport.local };
  return { transport, inbox: new Inbox(transport), target };
}

/** A page in a browser, as far as its WebSocket goes. */
async function page(port: number, protocols: string[] = ['sip']) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/anything`, protocols);
  open.push({ close: () => socket.terminate() });
  socket.on('error', () => undefined);
  const heard: { text: string; isBinary: boolean }[] = [];
  socket.on('message', (data: Buffer, isBinary) => heard.push({ text: data.toString(), isBinary }));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await Promise.race([once(socket, 'open'), closed]);
  return { socket, heard, closed };
}

/** However it ends. */
function endOf(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('RFC 7118 §4: the sub-protocol is sip, and who does not offer it is refused', async () => {
  const { transport } = await ws({ port: 0 });

  const phone = await page(transport.local.port, ['xmpp', 'sip']);
  const stranger = await page(transport.local.port, ['janus-protocol']);

  expect(phone.socket.protocol).toBe('sip');
  expect(await stranger.closed).toBe(1006);
});

test('RFC 7118 §4: a server that does not choose sip is left', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  open.push(server);
  await once(server, 'listening');
  const gateway = await ws();
  const { port } = server.address() as { port: number };

  const sent = gateway.transport.send(optionsBytes(), { protocol: 'ws', host: '127.0.0.1', port });

  await expect(sent).rejects.toMatchObject({ code: 'transport' });
});

test('RFC 7118 §5: a message is one text frame, with or without Content-Length, and is heard as text or binary', async () => {
  const { transport, inbox } = await ws({ port: 0 });
  const phone = await page(transport.local.port);
  const short = optionsBytes({ body: 'hällo' })
    .toString()
    .replace(/Content-Length.*\r\n/, '');

  phone.socket.send(short);
  phone.socket.send(Buffer.from(short));
  const { message, flow } = await inbox.request();
  await inbox.request();
  await transport.send(optionsBytes({ callId: 'back' }), flow);
  await once(phone.socket, 'message');

  expect(message.body).toBe('hällo');
  expect(phone.heard).toEqual([{ text: optionsBytes({ callId: 'back' }).toString(), isBinary: false }]);
});

test('RFC 7118 §5.1: a client that cannot be reached names a host that cannot be looked up', async () => {
  const phone = await ws();
  const other = await ws();

  expect(phone.transport.local.host).toMatch(/^[0-9a-f]{12}\.invalid$/);
  expect(other.transport.local.host).not.toBe(phone.transport.local.host);
});

test('RFC 5626 §4.4.1, RFC 7118 §6: a double CRLF is answered by one, a WebSocket ping by a pong', async () => {
  const { transport } = await ws({ port: 0 });
  const phone = await page(transport.local.port);

  phone.socket.send('\r\n\r\n');
  await once(phone.socket, 'message');
  phone.socket.send('\r\n');
  phone.socket.ping();
  await once(phone.socket, 'pong');

  expect(phone.heard.map(({ text }) => text)).toEqual(['\r\n']);
});

test('a frame that is no SIP is reported, and the next is heard', async () => {
  const { transport, inbox } = await ws({ port: 0 });
  const phone = await page(transport.local.port);

  phone.socket.send('{"janus":"ping"}');
  phone.socket.send(optionsBytes().subarray(0, 60));
  phone.socket.send(optionsBytes());

  await inbox.fault();
  await inbox.fault();
  expect((await inbox.request()).message.method).toBe('OPTIONS');
});

test('a frame far beyond the limit ends its connection, others stay', async () => {
  const { transport, inbox } = await ws({ port: 0, limits: { messageBytes: 10_000 } });
  const phone = await page(transport.local.port);
  const flood = await page(transport.local.port);

  flood.socket.send(optionsBytes({ body: 'x'.repeat(30_000) }));
  await flood.closed;
  phone.socket.send(optionsBytes({ body: 'x'.repeat(12_000) }));

  expect((await inbox.fault()).fault.status).toBe(513);
});

test('a page that closes is reported once, and its flow takes no more', async () => {
  const { transport, inbox } = await ws({ port: 0 });
  const phone = await page(transport.local.port);
  phone.socket.send(optionsBytes());
  const { flow } = await inbox.request();

  phone.socket.close();
  await inbox.until(() => inbox.broken.length > 0);

  expect(inbox.broken).toEqual([flow]);
  await expect(transport.send(optionsBytes(), flow)).rejects.toMatchObject({ code: 'transport' });
});

test('plain HTTP is told to upgrade', async () => {
  const { transport } = await ws({ port: 0 });

  const [response] = (await once(get({ ...transport.local, agent: false }), 'response')) as [
    { statusCode: number; resume(): void },
  ];
  response.resume();

  expect(response.statusCode).toBe(426);
});

test('close ends sockets that have not come so far as a WebSocket', async () => {
  const { transport } = await ws({ port: 0 });
  const mute = connectPlain(transport.local.port, '127.0.0.1');
  const gone = endOf(mute);
  mute.write('GET /ws HTTP/1.1\r\n');
  await once(mute, 'connect');

  await transport.close();

  await gone;
});

test('over TLS the server must be whom the URI names; https lets a wildcard stand for one label', async () => {
  const authority = await makeAuthority();
  const pbx = await ws({
    protocol: 'wss',
    port: 0,
    credentials: await makeCertificate({ dns: ['*.pbx.example'] }, authority),
  });
  const gateway = await ws({ protocol: 'wss', credentials: { ca: authority.cert } });

  await gateway.transport.send(optionsBytes(), { ...pbx.target, name: 'sip.pbx.example' });
  const wrong = gateway.transport.send(optionsBytes(), { ...pbx.target, name: 'bank.example' });

  await expect(wrong).rejects.toMatchObject({ code: 'transport' });
  expect((await pbx.inbox.request()).flow.protocol).toBe('wss');
});

test('over TLS a certificate signed by itself is taken only where that is asked for', async () => {
  const pbx = await ws({
    protocol: 'wss',
    port: 0,
    credentials: await makeCertificate({ dns: ['whoever.example'] }),
  });
  const careful = await ws({ protocol: 'wss' });
  const careless = await ws({ protocol: 'wss', credentials: { acceptSelfSigned: true } });

  await expect(careful.transport.send(optionsBytes(), pbx.target)).rejects.toMatchObject({
    code: 'transport',
  });
  await careless.transport.send(optionsBytes(), pbx.target);

  await pbx.inbox.request();
});

test('a name that no URL can hold is a transport error', async () => {
  const { transport } = await ws();
  const target = { protocol: 'ws', host: '127.0.0.1', port: 9, name: '999.1.1.1' } as const;

  await expect(transport.send(optionsBytes(), target)).rejects.toMatchObject({ code: 'transport' });
});
