import { once } from 'node:events';
import { connect as connectPlain, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openTls } from '../src/tls.ts';
import type { TlsOptions } from '../src/tls.ts';
import { makeAuthority, makeCertificate } from '@soft-handset/parts/certificates';
import type { TestCertificate } from '@soft-handset/parts/certificates';
import { FakeClock } from './fake-clock.ts';
import { Inbox, optionsBytes } from './transport-contract.ts';

let authority: TestCertificate;
let ofDomain: TestCertificate;
beforeAll(async () => {
  authority = await makeAuthority();
  ofDomain = await makeCertificate({ uri: ['sip:pbx.example'], dns: ['sip1.pbx.example'] }, authority);
});

const identities = 'sip1.pbx.example, pbx.example';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function tls(options: TlsOptions) {
  const transport = await openTls(options);
  open.push(transport);
  return { transport, inbox: new Inbox(transport), target: { protocol: 'tls', ...transport.local } as const };
}

const server = (options: TlsOptions = {}) => tls({ port: 0, credentials: ofDomain, ...options });
const client = () => tls({ credentials: { ca: authority.cert } });

/** However it ends. */
function endOf(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('RFC 5922 §7.3: the server must be whom the URI names, wherever DNS led', async () => {
  const pbx = await server();
  const gateway = await client();

  const flow = await gateway.transport.send(optionsBytes(), { ...pbx.target, name: 'pbx.example' });

  expect(flow.protocol).toBe('tls');
  expect((await pbx.inbox.request()).message.method).toBe('OPTIONS');
});

test('RFC 5922 §7.3: a server that proves to be somebody else hears nothing', async () => {
  const pbx = await server();
  const gateway = await client();

  const sent = gateway.transport.send(optionsBytes(), { ...pbx.target, name: 'bank.example' });

  await expect(sent).rejects.toMatchObject({
    code: 'transport',
    cause: { message: `the certificate is not for the SIP domain bank.example: it speaks for ${identities}` },
  });
  expect(pbx.inbox.messages).toEqual([]);
});

test('RFC 5922 §7.2: a connection counts for the name it was opened for, and is opened anew for another', async () => {
  const pbx = await server();
  const gateway = await client();
  const send = (name: string) => gateway.transport.send(optionsBytes(), { ...pbx.target, name });

  const first = await send('pbx.example');
  const again = await send('PBX.example');
  const other = await send('sip1.pbx.example');

  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
  await expect(send('bank.example')).rejects.toMatchObject({ code: 'transport' });
});

test('an authority that is not known is refused', async () => {
  const pbx = await server();
  const gateway = await tls({ credentials: {} });

  const sent = gateway.transport.send(optionsBytes(), { ...pbx.target, name: 'pbx.example' });

  await expect(sent).rejects.toMatchObject({ code: 'transport' });
});

test('a certificate signed by itself is taken only where that is asked for', async () => {
  const own = await server({ credentials: await makeCertificate({ dns: ['whoever.example'] }) });
  const careful = await client();
  const careless = await tls({ credentials: { ca: authority.cert, acceptSelfSigned: true } });
  const target = { ...own.target, name: 'pbx.example' };

  await expect(careful.transport.send(optionsBytes(), target)).rejects.toMatchObject({ code: 'transport' });
  await careless.transport.send(optionsBytes(), target);

  await own.inbox.request();
});

test('who takes self-signed ones still checks the others', async () => {
  const pbx = await server();
  const careless = await tls({ credentials: { ca: authority.cert, acceptSelfSigned: true } });
  const stranger = await tls({ credentials: { acceptSelfSigned: true } });

  await expect(
    careless.transport.send(optionsBytes(), { ...pbx.target, name: 'bank.example' }),
  ).rejects.toMatchObject({ code: 'transport' });
  await expect(
    stranger.transport.send(optionsBytes(), { ...pbx.target, name: 'pbx.example' }),
  ).rejects.toMatchObject({ code: 'transport' });
});

test('RFC 5923: a phone that cannot be called back hears over the connection it opened', async () => {
  const pbx = await server();
  const phone = await client();
  await phone.transport.send(optionsBytes(), { ...pbx.target, name: 'pbx.example' });
  const { flow } = await pbx.inbox.request();

  await pbx.transport.send(optionsBytes({ callId: 'back' }), flow);

  expect((await phone.inbox.request()).message.headers.get('Call-ID')).toBe('back');
  expect(phone.transport.local.port).toBe(0);
});

test('who speaks no TLS, or none that is new enough, gets no connection', async () => {
  const pbx = await server();
  const plain = connectPlain(pbx.target.port, pbx.target.host);
  const gone = endOf(plain);
  plain.write(optionsBytes());
  await gone;

  const old = connect({ ...pbx.target, maxVersion: 'TLSv1.1', rejectUnauthorized: false });
  const [error] = (await once(old, 'error')) as [Error];

  expect(error).toBeInstanceOf(Error);
  expect(pbx.transport.connections).toBe(0);
});

test('close ends handshakes that hang too', async () => {
  const pbx = await server();
  const mute = connectPlain(pbx.target.port, pbx.target.host);
  const gone = endOf(mute);
  await once(mute, 'connect');

  await pbx.transport.close();

  await gone;
});

test('a server that never finishes its handshake is given up in time', async () => {
  const clock = new FakeClock();
  const mute = createServer(() => undefined).listen(0, '127.0.0.1');
  open.push({ close: () => mute.close() });
  await once(mute, 'listening');
  const { transport } = await tls({ clock, connectTimeoutMs: 500 });
  const { port } = mute.address() as { port: number };
  const sent = transport.send(optionsBytes(), { protocol: 'tls', host: '127.0.0.1', port });
  const outcome = sent.catch((error: unknown) => error);

  await clock.advance(500);

  expect(await outcome).toMatchObject({ code: 'transport', cause: { code: 'timeout' } });
});

for (const [what, credentials] of [
  ['without a certificate', {}],
  ['with a certificate that is none', { cert: 'nonsense', key: 'nonsense' }],
] as const) {
  test(`listening ${what} is a transport error`, async () => {
    await expect(openTls({ port: 0, credentials })).rejects.toMatchObject({
      name: 'SipError',
      code: 'transport',
    });
  });
}
