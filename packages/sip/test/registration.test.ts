import { describe, expect, test } from 'vitest';
import type { RegistrationOptions, UserAgentOptions } from '../src/contract.ts';
import { bench } from './ladder.ts';
import type { Bench, Heard } from './ladder.ts';

function registering(
  options: RegistrationOptions = {},
  account: Partial<UserAgentOptions> = {},
  given: Bench = bench(),
) {
  const userAgent = given.stack.createUserAgent({
    aor: 'sip:1001@192.0.2.9',
    contactUser: 'c1',
    credentials: { username: '1001', password: 'secret' },
    ...account,
  });
  const events: string[] = [];
  const registration = userAgent.register(
    {
      registered: ({ expires, first }) => events.push(`registered ${expires}${first ? ' first' : ''}`),
      failed: ({ status, retryInMs }) =>
        events.push(`failed ${status}${retryInMs === undefined ? '' : ' retries'}`),
      unregistered: () => events.push('unregistered'),
    },
    options,
  );
  return { ...given, userAgent, registration, events };
}

const ok = (request: Heard, expires = 60) => ({
  contact: `${request.header('Contact').replace(/;expires=\d+/, '')};expires=${expires}`,
});

describe('REGISTER', () => {
  test('looks like this', async () => {
    const { peer } = registering(
      { contactParams: [['+sip.instance', '"<urn:uuid:1>"']] },
      { displayName: 'Line 1' },
    );

    expect((await peer.hears('REGISTER')).text).toBe(
      [
        'REGISTER sip:192.0.2.9 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK00000000000000000000000000000002;rport',
        'Max-Forwards: 70',
        'From: "Line 1" <sip:1001@192.0.2.9>;tag=0000000000000001',
        'To: <sip:1001@192.0.2.9>',
        'Call-ID: 00000000000000000000000000000000',
        'CSeq: 1 REGISTER',
        'Contact: <sip:c1@192.0.2.1:5060>;+sip.instance="<urn:uuid:1>";expires=3600',
        'Expires: 3600',
        'Supported: path',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  test('401, then 200: registered; the refresh comes before it expires, with the same Call-ID and the nonce counted', async () => {
    const { peer, registration, events, clock } = registering();
    const first = await peer.hears('REGISTER');
    await peer.answers(first, '401 Unauthorized', {
      headers: ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'],
    });
    const second = await peer.hears('REGISTER');
    await peer.answers(second, '200 OK', ok(second));
    expect(events).toEqual(['registered 60 first']);
    expect(registration.state).toBe('registered');

    await peer.waits(45_000 - 1);
    await peer.hearsNothing();
    await peer.waits(54_001 - clock.now());
    const refresh = await peer.hears('REGISTER');
    await peer.answers(refresh, '200 OK', ok(refresh, 120));

    expect(refresh.header('Call-ID')).toBe(first.header('Call-ID'));
    expect(refresh.fromTag).toBe(first.fromTag);
    expect([first.cseq, second.cseq, refresh.cseq]).toEqual([1, 2, 3]);
    expect(refresh.header('Authorization')).toContain('nc=00000002');
    expect(events).toEqual(['registered 60 first', 'registered 120']);
  });

  for (const [name, contact, headers, expires] of [
    [
      "our Contact's expires",
      '<sip:other@192.0.2.7>;expires=10, <sip:c1@192.0.2.1:5060>;expires=77',
      ['Expires: 300'],
      77,
    ],
    ['the Expires header', '<sip:c1@192.0.2.1:5060>', ['Expires: 300'], 300],
    ['a rewritten Contact, if it is the only one', '<sip:x@198.51.100.1:999>;expires=88', [], 88],
    ['what we asked for', '', [], 1800],
    ['nothing that is no number', '<sip:c1@192.0.2.1:5060>;expires=soon', ['Expires: later'], 1800],
  ] as const) {
    test(`the lifetime that counts is ${name}`, async () => {
      const { peer, events } = registering({ expires: 1800 });

      const answer = await peer.hears('REGISTER');
      await peer.answers(answer, '200 OK', { contact, headers });

      expect(events).toEqual([`registered ${expires} first`]);
    });
  }

  test('423: once more with the lifetime that the server wants', async () => {
    const { peer, events } = registering({ expires: 30 });

    await peer.answers(await peer.hears('REGISTER'), '423 Interval Too Brief', {
      headers: ['Min-Expires: 300'],
    });
    const second = await peer.hears('REGISTER');
    expect(second.header('Expires')).toBe('300');
    await peer.answers(second, '423 Interval Too Brief', { headers: ['Min-Expires: 300'] });

    expect(events).toEqual(['failed 423']);
    await peer.hearsNothing();
  });

  for (const status of ['403 Forbidden', '404 Not Found', '603 Decline', '302 Moved Temporarily']) {
    test(`${status} is not asked again`, async () => {
      const { peer, registration, events, clock } = registering();

      await peer.answers(await peer.hears('REGISTER'), status);
      await peer.waits(3_600_000);

      await peer.hearsNothing();
      expect(events).toEqual([`failed ${status.slice(0, 3)}`]);
      expect(registration.state).toBe('refused');
      expect(clock.timers).toBe(0);
      registration.refresh();
      await peer.hears('REGISTER');
    });
  }

  test('a wrong password gives up after one retry', async () => {
    const { peer, events } = registering();

    for (let round = 0; round < 2; round++) {
      await peer.answers(await peer.hears('REGISTER'), '401 Unauthorized', {
        headers: ['WWW-Authenticate: Digest realm="r", nonce="n"'],
      });
    }

    expect(events).toEqual(['failed 401']);
    await peer.hearsNothing();
  });

  test('a server that is away is asked again with growing distance, up to two minutes', async () => {
    const { peer, events, registration, clock } = registering();
    const waits: number[] = [];

    await peer.waits(0);
    for (let round = 0; round < 10; round++) {
      // With its first retransmission, perhaps: time moves by whole seconds here.
      const [register] = peer.drain();
      await peer.answers(register!, '503 Service Unavailable');
      expect(registration.state).toBe('waiting');
      const since = clock.now();
      while (peer.inbox.length === 0) await peer.waits(1_000);
      waits.push(clock.now() - since);
    }

    waits.forEach((wait, round) => {
      const longest = Math.min(120_000, 30_000 * 2 ** round);
      expect(wait).toBeGreaterThanOrEqual(longest / 2);
      expect(wait).toBeLessThanOrEqual(longest + 1_000);
    });
    expect(events).toEqual(Array(10).fill('failed 503 retries'));
    const [last] = peer.drain();
    await peer.answers(last!, '200 OK', ok(last!));
    expect(events.at(-1)).toBe('registered 60 first');

    await peer.waits(55_000);
    await peer.answers(peer.drain()[0]!, '503 Service Unavailable');
    await peer.waits(30_000);
    await peer.hears('REGISTER');
  });

  test('Retry-After says when', async () => {
    const { peer } = registering();

    await peer.answers(await peer.hears('REGISTER'), '503 Service Unavailable', {
      headers: ['Retry-After: 100 (busy)'],
    });
    await peer.waits(99_999);
    await peer.hearsNothing();
    await peer.waits(1_001);

    await peer.hears('REGISTER');
  });

  test('no answer at all is 408, and tried again', async () => {
    const { peer, events } = registering();

    await peer.waits(32_000);

    expect(peer.drain()).toHaveLength(11);
    expect(events).toEqual(['failed 408 retries']);
  });

  test('refresh() registers now, once', async () => {
    const { peer, registration, events, clock } = registering();
    const first = await peer.hears('REGISTER');
    await peer.answers(first, '200 OK', ok(first));

    registration.refresh();
    registration.refresh();
    const second = await peer.hears('REGISTER');
    await peer.hearsNothing();
    await peer.answers(second, '200 OK', ok(second));

    expect(events).toEqual(['registered 60 first', 'registered 60']);
    await peer.waits(20_000);
    expect(clock.timers).toBe(1);
  });
});

describe('unregistering', () => {
  test('expires 0 with the same Call-ID; it settles when the server has answered', async () => {
    const { peer, registration, events, stack, clock } = registering();
    const first = await peer.hears('REGISTER');
    await peer.answers(first, '200 OK', ok(first));

    const gone = registration.unregister();
    const again = registration.unregister();
    const last = await peer.hears('REGISTER');
    expect(last.header('Contact')).toBe('<sip:c1@192.0.2.1:5060>;expires=0');
    expect(last.header('Expires')).toBe('0');
    expect(last.header('Call-ID')).toBe(first.header('Call-ID'));
    await peer.answers(last, '200 OK', { contact: '' });
    await Promise.all([gone, again]);

    expect(events.at(-1)).toBe('unregistered');
    expect(registration.state).toBe('unregistered');
    expect(stack.counts().registrations).toBe(0);
    await peer.waits(64_000);
    expect(clock.timers).toBe(0);
    await registration.unregister();
    registration.refresh();
    await peer.hearsNothing();
  });

  test('while the first REGISTER is under way it waits for that, then goes out', async () => {
    const { peer, registration, events } = registering();
    const first = await peer.hears('REGISTER');

    const gone = registration.unregister();
    await peer.hearsNothing();
    await peer.answers(first, '200 OK', ok(first));
    await peer.answers(await peer.hears('REGISTER'), '200 OK', { contact: '' });
    await gone;

    expect(events).toEqual(['unregistered']);
  });

  test('a server that does not answer does not hold it up for longer than timer F', async () => {
    const { peer, registration } = registering();
    const first = await peer.hears('REGISTER');
    await peer.answers(first, '200 OK', ok(first));

    const gone = registration.unregister();
    await peer.waits(32_000);

    await gone;
    expect(registration.state).toBe('unregistered');
  });

  test('an account that is not registered has nothing to unregister', async () => {
    const { peer, registration, events } = registering();
    await peer.answers(await peer.hears('REGISTER'), '403 Forbidden');

    await registration.unregister();

    expect(events).toEqual(['failed 403', 'unregistered']);
    await peer.hearsNothing();
  });

  test('close() is silent, also while a REGISTER is under way', async () => {
    const { peer, registration, events, stack, userAgent } = registering();
    const first = await peer.hears('REGISTER');

    registration.close();
    registration.close();
    userAgent.close();
    await peer.answers(first, '200 OK', ok(first));
    await peer.waits(3_600_000);

    expect(events).toEqual([]);
    expect(stack.counts()).toEqual({ transactions: 0, sessions: 0, registrations: 0, connections: 0 });
  });
});

describe('over TCP', () => {
  test('a connection that is lost is made anew within two seconds', async () => {
    const { peer, transport, events, registration } = registering({}, {}, bench({ protocol: 'tcp' }));
    const first = await peer.hears('REGISTER');
    expect(first.header('Contact')).toBe('<sip:c1@192.0.2.1:5060;transport=tcp>;expires=3600');
    await peer.answers(first, '200 OK', { contact: '<sip:c1@192.0.2.1:5060;transport=tcp>;expires=60' });

    transport.onBroken?.(peer.flow);
    expect(registration.state).toBe('waiting');
    await peer.waits(2_000);
    const again = await peer.hears('REGISTER');
    await peer.answers(again, '200 OK', { contact: '<sip:c1@192.0.2.1:5060;transport=tcp>;expires=60' });

    expect(events).toEqual(['registered 60 first', 'failed 503 retries', 'registered 60']);
  });

  test('a connection that cannot be made is tried again', async () => {
    const given = bench({ protocol: 'tcp' });
    given.transport.isBroken = true;
    const { peer, transport, events } = registering({}, {}, given);
    await peer.waits(0);
    expect(events).toEqual(['failed 503 retries']);

    transport.isBroken = false;
    await peer.waits(30_000);

    await peer.hears('REGISTER');
  });
});

test('an owner that throws in registered does not stop the refreshes', async () => {
  const { stack, peer, errors } = bench();
  stack.createUserAgent({ aor: 'sip:1@192.0.2.9', contactUser: 'c' }).register({
    registered: () => {
      throw new Error('ours');
    },
    failed: () => undefined,
  });
  const first = await peer.hears('REGISTER');
  await peer.answers(first, '200 OK', ok(first));

  await peer.waits(60_000);

  await peer.hears('REGISTER');
  expect(errors).toHaveLength(1);
});

test(
  '2,000 accounts on one socket: when all are registered, each costs one timer and nothing else',
  { timeout: 120_000 },
  async () => {
    const { stack, peer, clock } = bench();
    let registered = 0;
    for (let account = 0; account < 2_000; account++) {
      stack
        .createUserAgent({ aor: `sip:${account}@192.0.2.9`, contactUser: `c${account}` })
        .register({ registered: () => (registered += 1), failed: () => undefined });
    }
    await peer.waits(0);
    const requests = peer.drain();
    for (const request of requests) await peer.answers(request, '200 OK', ok(request, 3_600));
    await peer.waits(10_000);

    expect(registered).toBe(2_000);
    expect(new Set(requests.map((one) => one.header('Call-ID'))).size).toBe(2_000);
    expect(clock.timers).toBe(2_000);
    expect(stack.counts()).toMatchObject({ transactions: 0, registrations: 2_000 });
  },
);
