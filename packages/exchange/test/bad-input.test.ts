import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '@soft-handset/sip';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GuessLimit } from '../src/guess-limit.ts';
import { World } from './world.ts';

let world: World;
let socket: Socket;
beforeEach(async () => {
  world = await World.open();
  socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 }).bind(0, '127.0.0.1');
  await once(socket, 'listening');
});
afterEach(async () => {
  socket.close();
  await world.close();
});

let count = 0;
function register(changes: Readonly<Record<string, string | undefined>> = {}): string {
  count += 1;
  const headers: Record<string, string | undefined> = {
    Via: `SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bKbad${count}`,
    'Max-Forwards': '70',
    From: '<sip:1001@127.0.0.1>;tag=a',
    To: '<sip:1001@127.0.0.1>',
    'Call-ID': `bad-${count}`,
    CSeq: '1 REGISTER',
    Contact: '<sip:1001@127.0.0.1:9>',
    'Content-Length': '0',
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return ['REGISTER sip:127.0.0.1 SIP/2.0', ...lines, '\r\n'].join('\r\n');
}

async function statusOf(text: string): Promise<number> {
  const heard = once(socket, 'message', { signal: AbortSignal.timeout(20_000) }) as Promise<[Buffer]>;
  socket.send(text, world.exchange.port, '127.0.0.1');
  return Number((await heard)[0].toString('latin1', 8, 11));
}

describe('a REGISTER that is no good is answered, and the next phone registers', () => {
  const cases: readonly (readonly [
    what: string,
    changes: Readonly<Record<string, string | undefined>>,
    status: number,
  ])[] = [
    ['with a header line that is none', { 'No Token': 'x' }, 400],
    ['with another method in CSeq', { CSeq: '1 INVITE' }, 400],
    ['with credentials that are none', { Authorization: 'Digest nonsense' }, 401],
    ['with credentials of another kind', { Authorization: 'Basic MTAwMTpvbmU=' }, 401],
    [
      'with credentials for another realm',
      {
        Authorization:
          'Digest username="1001", realm="bank", nonce="x", uri="sip:127.0.0.1", response="0123456789abcdef0123456789abcdef"',
      },
      401,
    ],
    [
      'with a nonce that is not ours',
      {
        Authorization:
          'Digest username="1001", realm="soft-handset", nonce="x.y.z", uri="sip:127.0.0.1", response="0123456789abcdef0123456789abcdef"',
      },
      401,
    ],
  ];
  for (const [what, changes, status] of cases) {
    test(what, async () => {
      expect(await statusOf(register(changes))).toBe(status);
      expect(await (await world.phone('1001')).register()).toBe(200);
    });
  }
});

/** Authenticated, with headers of the test's own. */
async function registersAs(number: string, headers: readonly (readonly [string, string])[]) {
  const phone = await world.phone(number);
  const { status, headers: answer } = await phone.userAgent.request('REGISTER', `sip:${number}@127.0.0.1`, {
    headers,
  });
  return { status, contacts: answer.getAll('Contact').length };
}

const contacts = (many: number) =>
  Array.from({ length: many }, (_, at): readonly [string, string] => [
    'Contact',
    `<sip:1001@127.0.0.1:${10_000 + at}>`,
  ]);

describe('contacts of an account', () => {
  test('are ten at most; of a REGISTER with more none is taken (RFC 3261 §10.3)', async () => {
    expect(await registersAs('1001', contacts(11))).toMatchObject({ status: 403 });
    expect(world.exchange.counts().bindings).toBe(0);
    expect(await registersAs('1001', contacts(10))).toEqual({ status: 200, contacts: 10 });
    expect(await registersAs('1001', [['Contact', '<sip:1001@127.0.0.1:9>']])).toMatchObject({ status: 403 });
    expect(await registersAs('1001', contacts(10))).toEqual({ status: 200, contacts: 10 });
    expect(world.exchange.counts().bindings).toBe(10);
  });

  test('that come as ten thousand are too large a message', async () => {
    const all = Array.from({ length: 10_000 }, (_, at) => `<sip:a@127.0.0.1:${1 + at}>`).join(', ');
    const phone = await world.registeredPhone('1002', { protocol: 'tcp' });

    const { status } = await phone.userAgent.request('REGISTER', 'sip:1002@127.0.0.1', {
      headers: [['Contact', all]],
    });

    expect([400, 413, 503, 513]).toContain(status);
    expect(world.exchange.counts().bindings).toBe(1);
    expect(await (await world.phone('1001')).register()).toBe(200);
  });

  test('for too short a time are refused with the shortest (423), and * needs Expires 0', async () => {
    expect(await registersAs('1001', [...contacts(1), ['Expires', '5']])).toMatchObject({ status: 423 });
    expect(
      await registersAs('1001', [
        ['Contact', '*'],
        ['Expires', '60'],
      ]),
    ).toMatchObject({ status: 400 });
    expect(await registersAs('1001', [['Contact', 'no contact at all <']])).toMatchObject({ status: 400 });
  });
});

describe('a storm of REGISTERs', () => {
  test('is answered, and a phone registers through it', async () => {
    let answered = 0;
    socket.on('message', () => (answered += 1));
    for (let sent = 0; sent < 3_000; sent++) socket.send(register(), world.exchange.port, '127.0.0.1');

    expect(await (await world.phone('1001')).register()).toBe(200);

    await expect.poll(() => answered, { timeout: 20_000 }).toBeGreaterThan(2_000);
    expect(world.exchange.counts().bindings).toBe(1);
  });

  test('with wrong passwords makes account and address wait after twenty, and nobody else', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 25; guess++) {
      const phone = await world.phone('1001', { password: `guess ${guess}` });
      const { status } = await phone.userAgent.request('REGISTER', 'sip:1001@127.0.0.1', {
        headers: contacts(1),
      });
      statuses.push(status);
    }

    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(403));
    expect(statuses.slice(20)).toEqual(Array(5).fill(503));
    expect(await (await world.phone('1002')).register()).toBe(200);
  });

  test('with wrong passwords is forgotten after a minute', () => {
    let now = 0;
    const limit = new GuessLimit({ ...systemClock, now: () => now });
    for (let guess = 0; guess < 20; guess++) limit.wrong('192.0.2.1');

    expect([limit.waitMs('192.0.2.1'), limit.waitMs('192.0.2.2')]).toEqual([60_000, 0]);
    now = 60_000;
    expect(limit.waitMs('192.0.2.1')).toBe(0);
    limit.wrong('192.0.2.1');
    expect(limit.waitMs('192.0.2.1')).toBe(0);
  });
});
