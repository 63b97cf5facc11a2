import { describe, expect, test } from 'vitest';
import type { SipStackOptions, UserAgentOptions } from '../src/contract.ts';
import { bench, Peer } from './ladder.ts';
import type { Heard } from './ladder.ts';

function registering(
  account: Partial<UserAgentOptions> = {},
  options: Partial<SipStackOptions> & { readonly protocol?: 'udp' | 'tcp' } = {},
) {
  const made = bench(options);
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:1001@192.0.2.9',
    contactUser: 'c1',
    ...account,
  });
  const events: string[] = [];
  const registration = userAgent.register({
    registered: ({ first }) => events.push(first ? 'registered first' : 'registered'),
    failed: ({ status }) => events.push(`failed ${status}`),
  });
  return { ...made, userAgent, registration, events };
}

const silent = { ended: () => undefined };
const sipUri = (contact: string) => /<([^>]+)>/.exec(contact)?.[1];

describe('RFC 3608: the way that the registrar names', () => {
  const served = async (serviceRoute: readonly string[], account: Partial<UserAgentOptions> = {}) => {
    const made = registering(account);
    const register = await made.peer.hears('REGISTER');
    const headers = serviceRoute.map((route) => `Service-Route: ${route}`);
    await made.peer.answers(register, '200 OK', { contact: register.header('Contact'), headers });
    return { ...made, register };
  };

  test('§6.1: INVITE, MESSAGE and SUBSCRIBE pass it, in its order, and go to its first proxy', async () => {
    const made = await served(['<sip:192.0.2.31;lr>, <sip:home.example;lr>']);
    const proxy = new Peer(made.transport, made.clock, '192.0.2.31');

    made.userAgent.invite('sip:bob@192.0.2.40', silent);
    void made.userAgent.request('MESSAGE', 'sip:bob@192.0.2.40', { body: 'hi' });
    made.userAgent.subscribe(
      'sip:bob@192.0.2.40',
      { notified: () => undefined, ended: () => undefined },
      { event: 'dialog' },
    );

    for (const method of ['INVITE', 'MESSAGE', 'SUBSCRIBE']) {
      const request = await proxy.hears(`${method} sip:bob@192.0.2.40`);
      expect(request.all('Route')).toEqual(['<sip:192.0.2.31;lr>', '<sip:home.example;lr>']);
    }
  });

  test('§6.1: the outbound proxy comes first, once', async () => {
    const outboundProxy = 'sip:192.0.2.9:5060';
    const far = await served(['<sip:home.example;lr>'], { outboundProxy });
    const near = await served(['<sip:orig@192.0.2.9:5060;lr>'], { outboundProxy });

    far.userAgent.invite('sip:bob@example.org', silent);
    near.userAgent.invite('sip:bob@example.org', silent);

    const invite = await far.peer.hears('INVITE');
    expect(invite.all('Route')).toEqual(['<sip:192.0.2.9:5060;lr>', '<sip:home.example;lr>']);
    expect((await near.peer.hears('INVITE')).all('Route')).toEqual(['<sip:orig@192.0.2.9:5060;lr>']);
  });

  test('§6.1: REGISTER does not take it; the next 2xx says it anew, or that there is none', async () => {
    const { peer, registration, userAgent } = await served(['<sip:192.0.2.9;lr>']);

    registration.refresh();
    const refresh = await peer.hears('REGISTER');
    expect(refresh.all('Route')).toEqual([]);
    await peer.answers(refresh, '200 OK', { contact: refresh.header('Contact') });
    userAgent.invite('sip:bob@192.0.2.9', silent);

    expect((await peer.hears('INVITE')).all('Route')).toEqual([]);
  });

  for (const [name, values] of [
    ['broken', ['<sip:192.0.2.9;lr>', 'nonsense']],
    ['no SIP address', ['<tel:+1>']],
    ['longer than eight', Array<string>(9).fill('<sip:192.0.2.31;lr>')],
  ] as const)
    test(`a way that is ${name} is not taken, and the registration stands`, async () => {
      const { peer, userAgent, events } = await served(values);

      userAgent.invite('sip:bob@192.0.2.9', silent);

      expect((await peer.hears('INVITE')).all('Route')).toEqual([]);
      expect(events).toEqual(['registered first']);
    });

  test('RFC 3327 §5.1: REGISTER says that we know of Path', async () => {
    expect((await served([])).register.header('Supported')).toBe('path');
  });
});

describe('RFC 3581: a NAT between us and the registrar', () => {
  /** As the server behind the NAT answers. */
  const seenAs = async (peer: Peer, request: Heard, received: string, rport: number) => {
    const via = request
      .header('Via')
      .replace(/;rport(=\d+)?/, '')
      .replace(/;received=[^;]+/, '');
    const bindings = request.all('Contact').filter((contact) => !contact.endsWith('expires=0'));
    await peer.sends(
      [
        'SIP/2.0 200 OK',
        `Via: ${via};received=${received};rport=${rport}`,
        ...['From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${request.header(name)}`),
        `To: ${request.header('To')};tag=peer`,
        ...bindings.map((contact) => `Contact: ${contact}`),
        '',
        '',
      ].join('\n'),
    );
  };

  test('the binding moves at once to where the registrar sees us, and calls say the same', async () => {
    const { peer, userAgent, registration, events } = registering();
    await seenAs(peer, await peer.hears('REGISTER'), '198.51.100.7', 33001);

    const moved = await peer.hears('REGISTER');
    expect(moved.all('Contact')).toEqual([
      '<sip:c1@198.51.100.7:33001>;expires=3600',
      '<sip:c1@192.0.2.1:5060>;expires=0',
    ]);
    await seenAs(peer, moved, '198.51.100.7', 33001);
    await peer.hearsNothing();
    expect(events).toEqual(['registered first', 'registered']);

    userAgent.invite('sip:bob@192.0.2.9', silent);
    expect((await peer.hears('INVITE')).header('Contact')).toBe('<sip:c1@198.51.100.7:33001>');
    void registration.unregister();
    const last = await peer.hears('REGISTER');
    expect(last.all('Contact')).toEqual(['<sip:c1@198.51.100.7:33001>;expires=0']);
  });

  test('a NAT that changes its mind each time costs one REGISTER more for each refresh, not a storm', async () => {
    const { peer, registration } = registering();
    await seenAs(peer, await peer.hears('REGISTER'), '198.51.100.7', 33001);
    await seenAs(peer, await peer.hears('REGISTER'), '198.51.100.7', 33002);
    await peer.hearsNothing();

    registration.refresh();
    await seenAs(peer, await peer.hears('REGISTER'), '198.51.100.7', 33003);

    expect((await peer.hears('REGISTER')).all('Contact').map(sipUri)).toEqual([
      'sip:c1@198.51.100.7:33003',
      'sip:c1@198.51.100.7:33001',
    ]);
  });

  for (const [name, received, rport] of [
    ['where we are', '192.0.2.1', 5060],
    ['over loopback, which nobody else could use', '127.0.0.1', 5060],
    ['at no port', '198.51.100.7', 0],
    ['at no address', 'nat.example', 33001],
  ] as const)
    test(`seen ${name}: the binding stays`, async () => {
      const { peer, events } = registering();

      await seenAs(peer, await peer.hears('REGISTER'), received, rport);

      await peer.hearsNothing();
      expect(events).toEqual(['registered first']);
    });

  test('over TCP the port of the connection says nothing, another address does', async () => {
    const { peer } = registering({}, { protocol: 'tcp' });
    await seenAs(peer, await peer.hears('REGISTER'), '192.0.2.1', 49152);
    await peer.hearsNothing();

    const far = registering({}, { protocol: 'tcp' });
    await seenAs(far.peer, await far.peer.hears('REGISTER'), '198.51.100.7', 33001);

    expect((await far.peer.hears('REGISTER')).all('Contact').map(sipUri)[0]).toBe(
      'sip:c1@198.51.100.7:33001;transport=tcp',
    );
  });

  test('who is sure of the advertised host keeps it', async () => {
    const { peer } = registering({}, { contactFromServer: false });

    await seenAs(peer, await peer.hears('REGISTER'), '198.51.100.7', 33001);

    await peer.hearsNothing();
  });

  test('503 for the move: the next try moves too, when Retry-After says (RFC 3261 §20.33)', async () => {
    const { peer } = registering();
    await seenAs(peer, await peer.hears('REGISTER'), '198.51.100.7', 33001);
    await peer.answers(await peer.hears('REGISTER'), '503 Service Unavailable', {
      headers: ['Retry-After: 60'],
    });

    await peer.waits(59_999);
    await peer.hearsNothing();
    await peer.waits(1_001);

    expect((await peer.hears('REGISTER')).all('Contact').map(sipUri)).toEqual([
      'sip:c1@198.51.100.7:33001',
      'sip:c1@192.0.2.1:5060',
    ]);
  });
});
