import { describe, expect, test } from 'vitest';
import type { SipRequest, SipResponse } from '../src/index.ts';
import type { SipDns } from '../src/dns.ts';
import { Headers } from '../src/headers.ts';
import { bench, expectNothingLeft, Peer } from './ladder.ts';
import type { Bench } from './ladder.ts';

/** Two servers, the first preferred. */
const twoServers: SipDns = {
  naptr: async () => [],
  srv: async (name) =>
    name === '_sip._udp.example.com'
      ? [
          { priority: 1, weight: 1, name: 'one.example.com', port: 5060 },
          { priority: 2, weight: 1, name: 'two.example.com', port: 5060 },
        ]
      : [],
  addresses: async (host) => [host.startsWith('one') ? '192.0.2.9' : '192.0.2.10'],
};

function request(method: string, callId = `${method}@test`): SipRequest {
  const headers = new Headers([
    ['Max-Forwards', '70'],
    ['From', '<sip:me@example.com>;tag=me'],
    ['To', '<sip:you@example.com>'],
    ['Call-ID', callId],
    ['CSeq', `1 ${method}`],
    ['Contact', '<sip:me@192.0.2.1>'],
  ]);
  return { kind: 'request', method, uri: 'sip:you@example.com', headers, body: '' };
}

function servers() {
  const made = bench({ dns: twoServers });
  const second = new Peer(made.transport, made.clock, '192.0.2.10');
  return { ...made, first: made.peer, second };
}

function ask({ stack }: Bench, message: SipRequest) {
  const heard: string[] = [];
  const transaction = stack.request(message, {
    provisional: ({ status }) => void heard.push(String(status)),
    final: (response: SipResponse, flow) => void heard.push(`${response.status}${flow ? '' : ' made up'}`),
  });
  return { heard, transaction };
}

describe('RFC 3263 §4.3: a server that fails is followed by the next', () => {
  for (const method of ['OPTIONS', 'INVITE']) {
    test(`${method}: 503 of the first; the second gets a new branch and all else as it was`, async () => {
      const world = servers();
      const { heard } = ask(world, request(method));
      const toFirst = await world.first.hears(method);

      await world.first.answers(toFirst, '503 Service Unavailable');
      if (method === 'INVITE') await world.first.hears('ACK');
      const toSecond = await world.second.hears(method);
      await world.second.answers(toSecond, '200 OK');

      expect(heard).toEqual(['200']);
      expect(toSecond.branch).not.toBe(toFirst.branch);
      expect(toSecond.all('Via')).toHaveLength(1);
      expect(withoutVia(toSecond.text)).toBe(withoutVia(toFirst.text));
      await expectNothingLeft(world);
    });

    test(`${method}: the first does not answer at all (timers B, F)`, async () => {
      const world = servers();
      const { heard } = ask(world, request(method));
      await world.first.hears(method);

      await world.clock.advance(32_000);
      world.first.inbox.length = 0;
      const toSecond = await world.second.hears(method);
      await world.second.answers(toSecond, '200 OK');

      expect(heard).toEqual(['200']);
      await expectNothingLeft(world);
    });
  }

  test('the transport refuses the first', async () => {
    const world = servers();
    const send = world.transport.send.bind(world.transport);
    world.transport.send = async (bytes, to) => {
      if ('host' in to && to.host === '192.0.2.9') throw new Error('ECONNREFUSED');
      return send(bytes, to);
    };

    const { heard } = ask(world, request('OPTIONS'));
    await world.second.answers(await world.second.hears('OPTIONS'), '200 OK');

    expect(heard).toEqual(['200']);
  });

  test('where all fail, the last failure is heard, once', async () => {
    const world = servers();
    const { heard } = ask(world, request('OPTIONS'));

    await world.first.answers(await world.first.hears('OPTIONS'), '503 Service Unavailable');
    await world.second.answers(await world.second.hears('OPTIONS'), '503 Service Unavailable');

    expect(heard).toEqual(['503']);
    await expectNothingLeft(world);
  });

  for (const status of ['486 Busy Here', '500 Server Internal Error', '408 Request Timeout', '603 Decline']) {
    test(`${status} of the first is an answer: nobody else is asked`, async () => {
      const world = servers();
      const { heard } = ask(world, request('INVITE'));

      await world.first.answers(await world.first.hears('INVITE'), status);
      await world.first.hears('ACK');

      expect(heard).toEqual([status.slice(0, 3)]);
      await expectNothingLeft(world);
    });
  }

  test('who has given up is not rung at the next server', async () => {
    const world = servers();
    const { heard, transaction } = ask(world, request('INVITE'));
    const invite = await world.first.hears('INVITE');

    transaction.cancel();
    await world.first.answers(invite, '503 Service Unavailable');
    await world.first.hears('ACK');

    expect(heard).toEqual(['503']);
    await expectNothingLeft(world);
  });

  test('a CANCEL goes to the server that has the INVITE', async () => {
    const world = servers();
    const { transaction } = ask(world, request('INVITE'));
    await world.first.answers(await world.first.hears('INVITE'), '503 Service Unavailable');
    await world.first.hears('ACK');
    const invite = await world.second.hears('INVITE');
    await world.second.answers(invite, '180 Ringing');

    transaction.cancel();

    expect((await world.second.hears('CANCEL')).branch).toBe(invite.branch);
  });
});

describe('a server that failed a moment ago', () => {
  test('is asked last, and first again after a minute', async () => {
    const world = servers();
    ask(world, request('OPTIONS', '1'));
    await world.first.answers(await world.first.hears('OPTIONS'), '503 Service Unavailable');
    await world.second.answers(await world.second.hears('OPTIONS'), '200 OK');

    ask(world, request('OPTIONS', '2'));
    await world.second.answers(await world.second.hears('OPTIONS'), '200 OK');
    await world.clock.advance(61_000);
    ask(world, request('OPTIONS', '3'));

    await world.first.answers(await world.first.hears('OPTIONS'), '200 OK');
  });

  test('RFC 3261 §21.5.4: says by Retry-After how long', async () => {
    const world = servers();
    ask(world, request('OPTIONS', '1'));
    await world.first.answers(await world.first.hears('OPTIONS'), '503 Service Unavailable', {
      headers: ['Retry-After: 120'],
    });
    await world.second.answers(await world.second.hears('OPTIONS'), '200 OK');
    await world.clock.advance(100_000);

    ask(world, request('OPTIONS', '2'));

    await world.second.answers(await world.second.hears('OPTIONS'), '200 OK');
  });

  test('is asked all the same where there is no other', async () => {
    const world = bench();
    ask(world, { ...request('OPTIONS', '1'), uri: 'sip:you@192.0.2.9' });
    await world.peer.answers(await world.peer.hears('OPTIONS'), '503 Service Unavailable');

    ask(world, { ...request('OPTIONS', '2'), uri: 'sip:you@192.0.2.9' });

    await world.peer.hears('OPTIONS');
  });
});

function withoutVia(text: string): string {
  return text.replace(/^Via:.*\r\n/m, '');
}
