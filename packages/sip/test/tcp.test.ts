import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { dialSocket } from '../src/pipe.ts';
import { StreamTransport } from '../src/stream-transport.ts';
import { MessageFramer } from '../src/framing.ts';
import { streamOptions } from '../src/stream-options.ts';
import { openTcp } from '../src/tcp.ts';
import type { TcpOptions } from '../src/tcp.ts';
import { writeMessage } from '../src/write.ts';
import { makeResponse } from '../src/make.ts';
import { FakeClock } from './fake-clock.ts';
import { Inbox, optionsBytes } from './transport-contract.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function tcp(options: TcpOptions = {}) {
  const transport = await openTcp(options);
  open.push(transport);
  return { transport, inbox: new Inbox(transport), target: { protocol: 'tcp', ...transport.local } as const };
}

/** A bare socket to a transport, and what it hears. */
async function client(port: number) {
  const socket = connect(port, '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  socket.on('error', () => undefined);
  const heard: string[] = [];
  socket.on('data', (bytes) => heard.push(bytes.toString()));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return { socket, closed, heard: () => heard.join('') };
}

/** A bare server, for what a SIP peer would not do. */
async function server(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const bare = createServer(onSocket);
  open.push({ close: () => bare.close() });
  bare.listen(0, '127.0.0.1');
  await once(bare, 'listening');
  return { server: bare, port: (bare.address() as AddressInfo).port };
}

test('all messages to one target share one connection, also those sent at once', async () => {
  const alice = await tcp();
  const bob = await tcp();

  const flows = await Promise.all(
    ['1', '2', '3'].map((callId) => alice.transport.send(optionsBytes({ callId }), bob.target)),
  );
  flows.push(await alice.transport.send(optionsBytes({ callId: '4' }), bob.target));

  await bob.inbox.until(() => bob.inbox.messages.length === 4);
  expect(new Set(flows.map((flow) => flow.id)).size).toBe(1);
  expect([alice.transport.connections, bob.transport.connections]).toEqual([1, 1]);
});

test('a double CRLF is answered with a single one', async () => {
  const { transport, inbox } = await tcp();
  const phone = await client(transport.local.port);

  phone.socket.write('\r\n\r\n');
  await once(phone.socket, 'data');
  phone.socket.write(optionsBytes());

  await inbox.request();
  expect(phone.heard()).toBe('\r\n');
});

test('a connection that ends is reported once, and its flow takes no more', async () => {
  const { transport, inbox } = await tcp();
  const phone = await client(transport.local.port);
  phone.socket.write(optionsBytes());
  const { flow } = await inbox.request();

  phone.socket.destroy();
  await inbox.until(() => inbox.broken.length > 0);

  expect(inbox.broken).toEqual([flow]);
  expect(transport.connections).toBe(0);
  await expect(transport.send(optionsBytes(), flow)).rejects.toMatchObject({ code: 'transport' });
});

test('a target whose connection broke gets a new one', async () => {
  const alice = await tcp();
  const bob = await tcp();
  const first = await alice.transport.send(optionsBytes({ callId: '1' }), bob.target);
  await bob.inbox.request();
  await bob.transport.close();
  await alice.inbox.until(() => alice.inbox.broken.length > 0);
  const again = await tcp({ port: bob.target.port });

  const second = await alice.transport.send(optionsBytes({ callId: '2' }), again.target);

  await again.inbox.request();
  expect(second.id).not.toBe(first.id);
});

test('a stream that cannot be followed is answered, then closed', async () => {
  const { transport, inbox } = await tcp();
  transport.onMalformed = (fault, flow) => {
    void transport.send(writeMessage(makeResponse(fault.request!, fault.status)), flow);
  };
  const phone = await client(transport.local.port);

  phone.socket.write(
    optionsBytes()
      .toString()
      .replace(/Content-Length.*\r\n/, ''),
  );
  await phone.closed;

  expect(phone.heard()).toMatch(/^SIP\/2.0 400 Bad Request\r\n/);
  await inbox.until(() => transport.connections === 0);
});

test('a message that drips in too slowly ends its connection, others stay', async () => {
  const clock = new FakeClock();
  const { transport, inbox } = await tcp({ clock, connectionLimits: { messageTimeoutMs: 1_000 } });
  const good = await client(transport.local.port);
  good.socket.write(optionsBytes({ callId: 'good' }));
  await inbox.request();
  const slow = await client(transport.local.port);
  const bytes = optionsBytes();

  for (let at = 0; at < 4; at++) {
    slow.socket.write(bytes.subarray(at, at + 1));
    await new Promise((resolve) => setTimeout(resolve, 5)); // Real sockets: the byte must get there before the clock moves.
    await clock.advance(300);
  }
  await slow.closed;

  good.socket.write(optionsBytes({ callId: 'good again' }));
  expect((await inbox.request()).message.headers.get('Call-ID')).toBe('good again');
});

test('a busy connection may always be in the middle of some message', async () => {
  const clock = new FakeClock();
  const { transport, inbox } = await tcp({ clock, connectionLimits: { messageTimeoutMs: 1_000 } });
  const phone = await client(transport.local.port);
  const bytes = optionsBytes();
  phone.socket.write(bytes.subarray(0, 20));

  for (let round = 0; round < 4; round++) {
    phone.socket.write(Buffer.concat([bytes.subarray(20), bytes.subarray(0, 20)]));
    await inbox.request();
    await clock.advance(600);
  }

  expect(transport.connections).toBe(1);
});

test('who connects and says nothing is not kept', async () => {
  const clock = new FakeClock();
  const { transport, inbox } = await tcp({ clock, connectionLimits: { messageTimeoutMs: 1_000 } });
  const mute = await client(transport.local.port);
  await inbox.until(() => true);

  await clock.advance(1_000);

  await mute.closed;
});

test('a silent connection ends after the idle time, counted from the last byte', async () => {
  const clock = new FakeClock();
  const { transport, inbox } = await tcp({ clock, connectionLimits: { idleTimeoutMs: 60_000 } });
  const phone = await client(transport.local.port);
  phone.socket.write(optionsBytes());
  await inbox.request();

  await clock.advance(59_000);
  phone.socket.write(optionsBytes());
  await inbox.request();
  await clock.advance(59_000);

  expect(transport.connections).toBe(1);
  await clock.advance(1_000);
  await phone.closed;
  expect(clock.timers).toBe(0);
});

test('beyond the limit connections are refused, and a place that becomes free is used', async () => {
  const { transport, inbox } = await tcp({ maxConnections: 1 });
  const first = await client(transport.local.port);
  first.socket.write(optionsBytes());
  await inbox.request();

  const second = await client(transport.local.port);
  await second.closed;
  const other = await tcp();
  await expect(transport.send(optionsBytes(), other.target)).rejects.toMatchObject({ code: 'transport' });
  first.socket.destroy();
  await inbox.until(() => transport.connections === 0);

  await transport.send(optionsBytes(), other.target);
  expect(transport.connections).toBe(1);
});

test('a connect that nobody answers is given up in time', async () => {
  const clock = new FakeClock();
  const listener = { local: { host: '127.0.0.1', port: 5060 }, close: async () => undefined };
  const transport = new StreamTransport(listener, {
    ...streamOptions({ clock, connectTimeoutMs: 500, maxConnections: 1 }),
    protocol: 'tcp',
    framer: (limits) => new MessageFramer(limits),
    // The socket never connects.
    dial: (_, opened, failed) => dialSocket(new Socket(), 'connect', opened, failed),
  });
  const target = { protocol: 'tcp', host: '127.0.0.1', port: 9 } as const;
  const sent = transport.send(optionsBytes(), target).catch((error: unknown) => error);

  await clock.advance(500);

  expect(await sent).toMatchObject({ code: 'transport', cause: { code: 'timeout' } });
  expect(clock.timers).toBe(0);
});

test('a peer that does not read is cut off before it costs much memory', async () => {
  const { port } = await server((socket) => socket.pause());
  const { transport } = await tcp({ connectionLimits: { unsentBytes: 100_000 } });
  const target = { protocol: 'tcp', host: '127.0.0.1', port } as const;
  const bytes = optionsBytes({ body: 'x'.repeat(60_000) });
  const flow = await transport.send(bytes, target);

  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => transport.send(bytes, flow)));

  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(100);
  expect(refused[0]?.reason).toMatchObject({ code: 'transport' });
});

test('a peer that does not take what is sent in time loses its connection', async () => {
  const clock = new FakeClock();
  const { port } = await server((socket) => socket.pause());
  const { transport, inbox } = await tcp({
    clock,
    connectionLimits: { sendTimeoutMs: 2_000, unsentBytes: 100_000_000 },
  });
  const target = { protocol: 'tcp', host: '127.0.0.1', port } as const;
  const flow = await transport.send(optionsBytes(), target);
  const bytes = optionsBytes({ body: 'x'.repeat(60_000) });
  const sends = Array.from({ length: 500 }, () =>
    transport.send(bytes, flow).catch((error: unknown) => error),
  );

  await clock.advance(2_000);

  await inbox.until(() => inbox.broken.length === 1);
  expect(await sends.at(-1)).toMatchObject({ code: 'transport' });
});

test('close ends connects under way and all connections', async () => {
  const { transport, target } = await tcp();
  const phone = await client(transport.local.port);
  const other = await tcp();
  const sending = other.transport.send(optionsBytes(), target).catch((error: unknown) => error);

  await other.transport.close();
  await transport.close();

  expect(await sending).toMatchObject({ code: 'transport' });
  await phone.closed;
  expect([transport.connections, other.transport.connections]).toEqual([0, 0]);
});

test('a port in use is a transport error, not an exception elsewhere', async () => {
  const { transport } = await tcp();

  await expect(openTcp({ port: transport.local.port })).rejects.toMatchObject({
    name: 'SipError',
    code: 'transport',
  });
});
