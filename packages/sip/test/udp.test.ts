import { createSocket } from 'node:dgram';
import { expect, test } from 'vitest';
import { openUdp } from '../src/udp.ts';
import { Inbox, optionsBytes } from './transport-contract.ts';

test('keep-alives of line ends are nothing', async () => {
  const alice = await openUdp();
  const bob = await openUdp();
  const inbox = new Inbox(bob);
  const target = { protocol: 'udp', ...bob.local } as const;
  try {
    for (const bytes of ['\r\n\r\n', '\r\n', '\n']) await alice.send(Buffer.from(bytes), target);
    await alice.send(optionsBytes(), target);

    await inbox.request();
    expect(inbox.faults).toEqual([]);
  } finally {
    await alice.close();
    await bob.close();
  }
});

test('a datagram too large for UDP is a transport error', async () => {
  const alice = await openUdp();
  try {
    const sent = alice.send(Buffer.alloc(70_000), { protocol: 'udp', ...alice.local });

    await expect(sent).rejects.toMatchObject({ name: 'SipError', code: 'transport' });
  } finally {
    await alice.close();
  }
});

test('an address of the other family is a transport error', async () => {
  const alice = await openUdp();
  try {
    const sent = alice.send(optionsBytes(), { protocol: 'udp', host: '::1', port: 5060 });

    await expect(sent).rejects.toMatchObject({ name: 'SipError', code: 'transport' });
  } finally {
    await alice.close();
  }
});

test('a burst of 2,000 requests arrives whole', async () => {
  const bob = await openUdp();
  const inbox = new Inbox(bob);
  const socket = createSocket('udp4');
  try {
    for (let count = 0; count < 2_000; count++)
      socket.send(optionsBytes({ callId: `c${count}` }), bob.local.port, bob.local.host);

    await inbox.until(() => inbox.messages.length === 2_000);
  } finally {
    socket.close();
    await bob.close();
  }
});

test('a port in use is a transport error, not an exception elsewhere', async () => {
  const bob = await openUdp();
  try {
    await expect(openUdp({ port: bob.local.port })).rejects.toMatchObject({
      name: 'SipError',
      code: 'transport',
    });
  } finally {
    await bob.close();
  }
});

test('a host that is no address is refused, not looked up', async () => {
  await expect(openUdp({ host: 'localhost' })).rejects.toMatchObject({ name: 'SipError', code: 'transport' });
});
