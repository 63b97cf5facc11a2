import { describe, expect, test } from 'vitest';
import type { ServerTransaction, SipRequest } from '../src/index.ts';
import { Headers } from '../src/headers.ts';
import { addressesOnly, bench, expectNothingLeft, Peer, recorder } from './ladder.ts';

function requestText(
  method: string,
  facts: { uri?: string; via?: string; to?: string; cseq?: number; headers?: readonly string[] } = {},
) {
  const {
    uri = 'sip:bob@192.0.2.1',
    via = '192.0.2.9:5060;branch=z9hG4bK1',
    to = '<sip:bob@192.0.2.1>',
    cseq = 1,
  } = facts;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${via}`,
    'From: <sip:peer@192.0.2.9>;tag=p',
    `To: ${to}`,
    'Call-ID: c1',
    `CSeq: ${cseq} ${method}`,
    ...(facts.headers ?? []),
    '',
    '',
  ].join('\n');
}

function outgoing(
  method: string,
  uri: string,
  headers: readonly (readonly [string, string])[] = [],
): SipRequest {
  return {
    kind: 'request',
    method,
    uri,
    headers: new Headers([
      ...headers,
      ['Max-Forwards', '70'],
      ['From', '<sip:us@192.0.2.1>;tag=u'],
      ['To', `<${uri}>`],
      ['Call-ID', 'out-1'],
      ['CSeq', `1 ${method}`],
    ]),
    body: '',
  };
}

/** A stack whose owner takes what no user agent claims. */
function owned(options: Parameters<typeof bench>[0] = {}) {
  const made = bench(options);
  const taken: ServerTransaction[] = [];
  const acks: SipRequest[] = [];
  made.stack.onRequest = (transaction) => taken.push(transaction);
  made.stack.onAck = (ack) => acks.push(ack);
  return { ...made, taken, acks };
}

describe('requests that nobody claims', () => {
  test('without an owner: 404, 481 inside a dialog, §21.5.2: 501 for a method that nobody knows, 405 for one that is not for us', async () => {
    const { peer } = bench();

    await peer.sends(requestText('MESSAGE'));
    await peer.hears('404');
    await peer.sends(
      requestText('BYE', { to: '<sip:bob@192.0.2.1>;tag=gone', via: '192.0.2.9;branch=z9hG4bK2' }),
    );
    await peer.hears('481');
    await peer.sends(requestText('JUGGLE', { via: '192.0.2.9;branch=z9hG4bK3' }));
    expect((await peer.hears('501')).header('Allow')).toContain('INVITE');
    await peer.sends(requestText('PUBLISH', { via: '192.0.2.9;branch=z9hG4bK4' }));
    expect((await peer.hears('405')).header('Allow')).toContain('INVITE');
  });

  test('an ACK that belongs to nothing is no cause for an answer', async () => {
    const { peer } = bench();

    await peer.sends(requestText('ACK', { to: '<sip:bob@192.0.2.1>;tag=x' }));

    await peer.hearsNothing();
  });

  test('with an owner they are its own, in dialogs too, and so are ACKs', async () => {
    const { peer, taken, acks } = owned();

    await peer.sends(requestText('INVITE'));
    await peer.hears('100');
    await peer.sends(
      requestText('BYE', { to: '<sip:bob@192.0.2.1>;tag=x', via: '192.0.2.9;branch=z9hG4bK2', cseq: 2 }),
    );
    await peer.sends(
      requestText('ACK', { to: '<sip:bob@192.0.2.1>;tag=x', via: '192.0.2.9;branch=z9hG4bK3' }),
    );

    expect(taken.map((one) => one.request.method)).toEqual(['INVITE', 'BYE']);
    expect(acks).toHaveLength(1);
  });

  test('who forwards gets nothing whose Max-Forwards is used up: 483; a registrar is the end of the way', async () => {
    const { peer, taken } = owned();

    await peer.sends(requestText('MESSAGE', { headers: ['Max-Forwards: 0'] }));
    await peer.hears('483');
    await peer.sends(
      requestText('REGISTER', { headers: ['Max-Forwards: 0'], via: '192.0.2.9;branch=z9hG4bK2' }),
    );

    expect(taken.map((one) => one.request.method)).toEqual(['REGISTER']);
  });

  test('a request to a call of a user agent that is over gets 481, not the owner', async () => {
    const { peer, stack, taken } = owned();
    stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' });

    for (const method of ['BYE', 'OPTIONS', 'INFO']) {
      const via = `192.0.2.9;branch=z9hG4bK${method}`;
      await peer.sends(requestText(method, { to: '<sip:bob@192.0.2.1>;tag=x', via }));
      await peer.hears('481');
    }

    expect(taken).toEqual([]);
  });

  test('an owner that throws: 500, and the next request is served', async () => {
    const { peer, stack, errors } = owned();
    stack.onRequest = (transaction) => {
      stack.onRequest = () => transaction.respond(200);
      throw new Error('ours');
    };

    await peer.sends(requestText('MESSAGE'));

    await peer.hears('500');
    expect(errors).toHaveLength(1);
  });

  test('an owner that forgets to answer leaves no transaction behind', async () => {
    const made = owned();

    await made.peer.sends(requestText('MESSAGE'));
    await made.clock.advance(60_000);

    await expectNothingLeft(made);
    expect(made.stack.stats['unansweredRequests']).toBe(1);
    made.taken[0]!.respond(200);
    await made.peer.hearsNothing();
  });
});

describe('requests outside a dialog to a user agent', () => {
  test('OPTIONS to nobody in particular asks whether we are alive', async () => {
    const { peer } = bench();

    await peer.sends(requestText('OPTIONS', { uri: 'sip:192.0.2.1:5060' }));
    expect((await peer.hears('200')).header('Allow')).toContain('INVITE');
    await peer.sends(
      requestText('OPTIONS', { uri: 'sip:nobody@192.0.2.1', via: '192.0.2.9;branch=z9hG4bK2', cseq: 2 }),
    );

    await peer.hears('404');
  });

  test('OPTIONS is answered with what we can, others 405; its owner may take them all', async () => {
    const { peer, stack } = bench();
    const userAgent = stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' });

    await peer.sends(requestText('OPTIONS'));
    expect((await peer.hears('200')).header('Allow')).toContain('INVITE');
    await peer.sends(requestText('MESSAGE', { via: '192.0.2.9;branch=z9hG4bK2', cseq: 2 }));
    await peer.hears('405');
    userAgent.onRequest = (transaction) => transaction.respond(202);
    await peer.sends(requestText('MESSAGE', { via: '192.0.2.9;branch=z9hG4bK3', cseq: 3 }));
    await peer.hears('202');
    await peer.sends(
      requestText('MESSAGE', { via: '192.0.2.9;branch=z9hG4bK4', cseq: 4, headers: ['Require: foo'] }),
    );
    expect((await peer.hears('420')).header('Unsupported')).toBe('foo');
  });

  for (const [method, status] of [
    ['INVITE', 480],
    ['BYE', 481],
    ['UPDATE', 481],
    ['PRACK', 481],
    ['CANCEL', 481],
    ['NOTIFY', 481],
    ['OPTIONS', 200],
    ['INFO', 405],
    ['MESSAGE', 405],
    ['REFER', 405],
    ['SUBSCRIBE', 405],
    ['PUBLISH', 405],
    ['REGISTER', 405],
    ['JUGGLE', 501],
  ] as const)
    test(`RFC 3261 §8.2.1, §21.5.2: ${method} outside a dialog, and nobody takes it: ${status}`, async () => {
      const { peer, stack } = bench();
      stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' });

      await peer.sends(requestText(method, { headers: ['Contact: <sip:peer@192.0.2.9>'] }));

      const [answer] = peer.drain().filter(({ text }) => !text.startsWith('SIP/2.0 100'));
      expect(answer?.message).toMatchObject({ status });
      if (status === 405 || status === 501) expect(answer?.header('Allow')).toMatch(/^INVITE, ACK,/);
    });

  test('RFC 3261 §8.2.1 before §8.2.2.3: a method that nobody knows is 501, whatever it requires', async () => {
    const { peer, stack } = bench();
    stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' });

    await peer.sends(requestText('JUGGLE', { headers: ['Require: foo'] }));

    await peer.hears('501');
  });

  test('two user agents do not take each other’s requests, and one that is closed takes none', async () => {
    const { peer, stack } = bench();
    const one = stack.createUserAgent({ aor: 'sip:1@192.0.2.1' });
    const two = stack.createUserAgent({ aor: 'sip:2@192.0.2.1' });
    const heard: string[] = [];
    one.onRequest = (transaction) => (heard.push('one'), transaction.respond(200));
    two.onRequest = (transaction) => (heard.push('two'), transaction.respond(200));

    await peer.sends(requestText('MESSAGE', { uri: `sip:${two.contactUser}@192.0.2.1` }));
    await peer.hears('200');
    two.close();
    two.close();
    await peer.sends(
      requestText('MESSAGE', { uri: `sip:${two.contactUser}@192.0.2.1`, via: '192.0.2.9;branch=z9hG4bK2' }),
    );
    await peer.hears('404');

    expect(heard).toEqual(['two']);
    expect(one.contactUser).not.toBe(two.contactUser);
    await expect(two.request('OPTIONS', 'sip:x@192.0.2.9')).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the way back', () => {
  test('rport: to the port that the request came from; without it to the port in Via', async () => {
    const { transport, clock, peer } = bench();
    const natted = new Peer(transport, clock, '198.51.100.1', 40_000);
    const byVia = new Peer(transport, clock, '198.51.100.1', 5070);

    await natted.sends(requestText('MESSAGE', { via: '10.0.0.1:5070;rport;branch=z9hG4bKa' }));
    expect((await natted.hears('404')).header('Via')).toContain('received=198.51.100.1');
    await natted.sends(requestText('MESSAGE', { via: '10.0.0.1:5070;branch=z9hG4bKb' }));

    await byVia.hears('404');
    await peer.hearsNothing();
  });

  test('over TCP: the same connection, and a new one to the port in Via when that is gone', async () => {
    const { transport, clock, taken } = owned({ protocol: 'tcp' });
    const client = new Peer(transport, clock, '198.51.100.1', 40_000);
    const listening = new Peer(transport, clock, '198.51.100.1', 5070);

    await client.sends(
      requestText('MESSAGE', { via: '198.51.100.1:5070;branch=z9hG4bKa' }).replace('/UDP', '/TCP'),
    );
    taken[0]!.respond(100);
    await client.hears('100');
    transport.dead.add(client.flow.id);
    taken[0]!.respond(200);

    await listening.hears('200');
  });
});

describe('bad messages', () => {
  for (const [name, text] of [
    ['no Via', requestText('MESSAGE').replace(/Via.*\n/, '')],
    ['a Via that is none', requestText('MESSAGE').replace('SIP/2.0/UDP', 'HTTP/1.1')],
    ['nothing but noise', 'noise'],
    [
      'a response to nobody',
      'SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>\nCall-ID: 1\nCSeq: 1 INVITE\n\n',
    ],
    ['a response without anything', 'SIP/2.0 200 OK\n\n'],
    ['an ACK with a broken CSeq', requestText('ACK').replace('CSeq: 1 ACK', 'CSeq: ACK')],
  ] as const) {
    test(`${name}: dropped and counted`, async () => {
      const { peer, stack, errors } = bench();

      await peer.sends(text);

      expect(peer.inbox.filter((one) => !one.startsWith('SIP/2.0 400'))).toEqual([]);
      expect((stack.stats['malformedMessages'] ?? 0) + (stack.stats['strayResponses'] ?? 0)).toBe(1);
      expect(errors).toEqual([]);
      expect(stack.counts().transactions).toBe(0);
    });
  }

  for (const [status, name, text] of [
    ['400', 'two Call-IDs', requestText('MESSAGE', { headers: ['Call-ID: c2'] })],
    ['400', 'a CSeq of another method', requestText('MESSAGE').replace('1 MESSAGE', '1 INVITE')],
    ['400', 'From that does not parse', requestText('MESSAGE').replace('<sip:peer@192.0.2.9>', '<sip:peer')],
    ['416', 'a scheme that we do not speak', requestText('MESSAGE', { uri: 'http://x' })],
    ['400', 'a Request-URI that is none', requestText('MESSAGE', { uri: 'sip:' })],
  ] as const) {
    test(`${name}: ${status}`, async () => {
      const { peer } = bench();

      await peer.sends(text);

      await peer.hears(status);
    });
  }

  test('more transactions than we keep: 503 with Retry-After', async () => {
    const { peer, stack } = owned({ limits: { serverTransactions: 2 } });

    for (const branch of ['a', 'b', 'c'])
      await peer.sends(requestText('MESSAGE', { via: `192.0.2.9;branch=z9hG4bK${branch}` }));

    expect((await peer.hears('503')).header('Retry-After')).toBe('5');
    expect(stack.counts().transactions).toBe(2);
  });
});

describe('a bug of our own', () => {
  /** A log that breaks when it is to note what `when` says: a stand-in for any line of ours that throws. */
  function broken(when: (facts: object, text: string) => boolean) {
    const logged: string[] = [];
    const ignore = () => undefined;
    const debug = (facts: object, text: string) => {
      if (when(facts, text)) throw new Error('ours');
    };
    const error = (_facts: object, text: string) => void logged.push(text);
    return { ...bench({ log: { debug, info: ignore, warn: ignore, error } }), logged };
  }

  test('while a response is handled ends the call that it belongs to, and no other', async () => {
    const { stack, peer, logged } = broken((facts) => 'status' in facts && facts.status === 183);
    const userAgent = stack.createUserAgent({ aor: 'sip:alice@192.0.2.1' });
    const [one, two] = [recorder(), recorder()];
    userAgent.invite('sip:1@192.0.2.9', one.handler);
    userAgent.invite('sip:2@192.0.2.9', two.handler);
    const first = await peer.hears('INVITE');

    await peer.answers(first, '183 Session Progress');

    expect(one.events).toEqual(['ended failure 500']);
    expect(two.events).toEqual([]);
    expect(logged).toHaveLength(1);
    expect(stack.stats['caughtExceptions']).toBe(1);
  });

  test('while a request is handled is answered 500', async () => {
    const { peer } = broken((facts, text) => text === 'received' && 'method' in facts);

    await peer.sends(requestText('MESSAGE'));

    await peer.hears('500');
  });

  test('in a timer is logged and goes no further', async () => {
    let isBroken = false;
    const { stack, peer, logged, clock } = broken((_facts, text) => isBroken && text === 'sent');
    stack.request(outgoing('OPTIONS', 'sip:x@192.0.2.9'), { final: () => undefined });
    isBroken = true;

    await clock.advance(500);
    isBroken = false;
    await clock.advance(1_000);

    expect(peer.drain()).toHaveLength(2);
    expect(logged).toHaveLength(1);
  });
});

describe('the peer speaks RFC 2543', () => {
  test('without the magic cookie retransmission, ACK and CANCEL find their INVITE all the same', async () => {
    const made = bench();
    const { peer, stack } = made;
    const { events, handler } = recorder();
    stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' }).onInvite = (session) => {
      session.attach(handler);
      session.ring();
    };
    const invite = requestText('INVITE', { via: '192.0.2.9', headers: ['Contact: <sip:peer@192.0.2.9>'] });

    await peer.sends(invite);
    await peer.hears('100');
    const { toTag } = await peer.hears('180');
    await peer.sends(invite);
    await peer.hears('180');
    await peer.sends(requestText('CANCEL', { via: '192.0.2.9' }));
    await peer.hears('200');
    await peer.hears('487');
    await peer.sends(requestText('ACK', { via: '192.0.2.9', to: `<sip:bob@192.0.2.1>;tag=${toTag}` }));
    await peer.waits(5_000);

    await peer.hearsNothing();
    expect(events).toEqual(['ended peer 487']);
    await expectNothingLeft(made);
  });
});

test('the ACK of an RFC 2543 peer to our 200 is not taken for one to a refusal', async () => {
  const { peer, stack } = bench();
  const { events, handler } = recorder();
  stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' }).onInvite = (session) => {
    session.attach(handler);
    session.accept('v=0\r\n');
  };

  await peer.sends(requestText('INVITE', { via: '192.0.2.9', headers: ['Contact: <sip:peer@192.0.2.9>'] }));
  await peer.hears('100');
  const { toTag } = await peer.hears('200');
  await peer.sends(requestText('ACK', { via: '192.0.2.9', to: `<sip:bob@192.0.2.1>;tag=${toTag}` }));

  expect(events).toEqual(['confirmed']);
});

describe('requests of the stack’s owner', () => {
  test('a proxy: our Via on top, the response forwarded without it', async () => {
    const { peer, taken, stack, transport, clock } = owned();
    const callee = new Peer(transport, clock, '192.0.2.20');
    await peer.sends(requestText('INVITE'));
    await peer.hears('100');
    const [incoming] = taken;

    const onward = {
      ...incoming!.request,
      uri: 'sip:bob@192.0.2.20',
      headers: incoming!.request.headers.clone(),
    };
    stack.request(onward, {
      provisional: (response) => forward(response),
      final: (response) => forward(response),
    });
    const forward = (response: Parameters<ServerTransaction['forward']>[0]) => {
      const headers = response.headers.clone();
      headers.shift('Via');
      incoming!.forward({ ...response, headers });
    };
    const invite = await callee.hears('INVITE');
    await callee.answers(invite, '180 Ringing', { tag: 'callee' });
    expect((await peer.hears('180')).all('Via')).toEqual(['SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1']);
    await callee.answers(invite, '200 OK', { tag: 'callee' });
    await peer.hears('200');
    await callee.answers(invite, '200 OK', { tag: 'callee' });
    await peer.hears('200');

    expect(invite.all('Via')).toHaveLength(2);
    expect(onward.headers.getAll('Via')).toHaveLength(1);
  });

  test('to a flow, to a target, by Route, by Request-URI, by name', async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => (asked.push(host), ['2001:db8::1', '192.0.2.9']);
    const { stack, peer } = bench({ dns: addressesOnly(resolve) });
    const nobody = { final: () => undefined };

    stack.request(outgoing('OPTIONS', 'sip:x@203.0.113.1'), nobody, peer.flow);
    await peer.hears('OPTIONS');
    stack.request(outgoing('OPTIONS', 'sip:x@203.0.113.1'), nobody, {
      protocol: 'udp',
      host: '192.0.2.9',
      port: 5060,
    });
    await peer.hears('OPTIONS');
    stack.request(
      outgoing('OPTIONS', 'sip:x@203.0.113.1', [['Route', '<sip:192.0.2.9;lr>, <sip:203.0.113.2;lr>']]),
      nobody,
    );
    await peer.hears('OPTIONS');
    stack.request(outgoing('OPTIONS', 'sip:x@203.0.113.1;maddr=192.0.2.9'), nobody);
    await peer.hears('OPTIONS');
    stack.request(outgoing('OPTIONS', 'sip:x@pbx.example'), nobody);
    stack.request(outgoing('OPTIONS', 'sip:y@pbx.example'), nobody);
    await peer.hears('OPTIONS');
    await peer.hears('OPTIONS');
    stack.send(outgoing('ACK', 'sip:x@192.0.2.9'));
    expect((await peer.hears('ACK')).header('Via')).toContain('192.0.2.1:5060');

    expect(asked).toEqual(['pbx.example']);
  });

  for (const [name, uri, resolve] of [
    ['a host that does not exist', 'sip:x@nowhere.example', () => Promise.reject(new Error('ENOTFOUND'))],
    ['a host with addresses of the other family only', 'sip:x@v6.example', async () => ['2001:db8::1']],
    ['a transport that is not open', 'sip:x@192.0.2.9;transport=tcp', undefined],
    ['a transport that does not exist', 'sip:x@192.0.2.9;transport=pigeon', undefined],
    ['a number without a host', 'tel:+49301234', undefined],
  ] as const) {
    test(`${name}: a made-up 503`, async () => {
      const { stack, peer } = bench(resolve ? { dns: addressesOnly(resolve) } : {});
      const statuses: [number, unknown][] = [];

      stack.request(outgoing('OPTIONS', uri), {
        final: (response, flow) => statuses.push([response.status, flow]),
      });
      expect(statuses).toEqual([]);
      await peer.waits(0);

      expect(statuses).toEqual([[503, undefined]]);
      expect(stack.counts().transactions).toBe(0);
    });
  }

  test('a resolver that never answers is given up', async () => {
    const { stack, peer } = bench({ dns: addressesOnly(() => new Promise(() => undefined)) });
    const statuses: number[] = [];

    stack.request(outgoing('OPTIONS', 'sip:x@slow.example'), {
      final: ({ status }) => statuses.push(status),
    });
    await peer.waits(5_000);

    expect(statuses).toEqual([503]);
  });

  test('an owner that throws in final ends nothing but its own request', async () => {
    const made = bench();
    made.stack.request(outgoing('OPTIONS', 'sip:x@192.0.2.9'), {
      final: () => {
        throw new Error('ours');
      },
    });

    await made.peer.answers(await made.peer.hears('OPTIONS'), '200 OK');
    await made.clock.advance(40_000);

    expect(made.errors).toHaveLength(1);
    expect(made.stack.counts().transactions).toBe(0);
  });

  test('a header that would forge another is refused on the way out, and the request ends with 503', async () => {
    const { stack, peer, errors } = bench();
    const statuses: number[] = [];

    stack.request(
      { ...outgoing('OPTIONS', 'sip:x@192.0.2.9'), method: 'A B' },
      { final: ({ status }) => statuses.push(status) },
    );
    await peer.waits(0);

    expect(statuses).toEqual([503]);
    expect(errors).toHaveLength(1);
  });
});

test('a call between two user agents of one stack: each end finds its own half', async () => {
  const made = bench();
  const { transport, stack, clock } = made;
  // What goes to our own address comes back in.
  const self = new Peer(transport, clock, '192.0.2.1', 5060);
  const loop = async () => {
    for (let round = 0; round < 20; round++) {
      const texts = self.inbox.splice(0);
      for (const text of texts) await self.sends(text);
      await clock.advance(0);
    }
  };
  const alice = stack.createUserAgent({ aor: 'sip:alice@192.0.2.1', contactUser: 'alice' });
  const bob = stack.createUserAgent({ aor: 'sip:bob@192.0.2.1', contactUser: 'bob' });
  const a = recorder();
  const b = recorder();
  bob.onInvite = (session) => {
    session.attach(b.handler);
    session.accept('v=0\r\n');
  };

  const session = alice.invite('sip:bob@192.0.2.1', a.handler, { sdp: 'v=0\r\n' });
  await loop();
  session.end();
  await loop();

  expect(a.events).toEqual(['accepted 200 v=0', 'ended local 200']);
  expect(b.events).toEqual(['confirmed', 'ended peer 200']);
  await expectNothingLeft(made);
});
