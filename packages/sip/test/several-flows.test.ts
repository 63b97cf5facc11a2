import { describe, expect, test } from 'vitest';
import { bench, Peer } from './ladder.ts';

const silent = { ended: () => undefined };
const instance = 'urn:uuid:00000000-0000-4000-8000-000000000001';

/** An account with two edge proxies, at which it is registered at the same time. */
function registering(protocol: 'udp' | 'tcp' = 'udp') {
  const made = bench({ protocol });
  const second = new Peer(made.transport, made.clock, '192.0.2.10');
  const events: string[] = [];
  const transport = protocol === 'tcp' ? ';transport=tcp' : '';
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:1001@pbx.example',
    contactUser: 'c1',
    outboundProxy: `sip:192.0.2.9${transport}`,
    backupProxies: [`sip:192.0.2.10${transport}`],
    instance,
  });
  const registration = userAgent.register({
    registered: ({ first }) => events.push(first ? 'registered first' : 'registered'),
    failed: ({ status, retryInMs }) =>
      events.push(`failed ${status}${retryInMs === undefined ? '' : ' retries'}`),
    unregistered: () => events.push('unregistered'),
  });
  const takes = async (peer: Peer, ...headers: string[]) => {
    const register = await peer.hears('REGISTER');
    await peer.answers(register, '200 OK', { contact: register.header('Contact'), headers });
    return register;
  };
  const refuses = async (peer: Peer, status = '503 Service Unavailable') =>
    peer.answers(await peer.hears('REGISTER'), status);
  return { ...made, second, events, userAgent, registration, takes, refuses };
}

describe('RFC 5626: several registrars at the same time', () => {
  test('§4.2.1: each flow has its own number and Call-ID, all have the instance', async () => {
    const { peer, second, events, takes, registration } = registering();

    const [one, two] = [await takes(peer), await takes(second)];

    const contacts = [one, two].map((register) => register.header('Contact'));
    expect(contacts).toEqual(
      ['1', '2'].map(
        (id) => `<sip:c1@192.0.2.1:5060>;+sip.instance="<${instance}>";reg-id=${id};expires=3600`,
      ),
    );
    expect([one, two].map((register) => register.header('Supported'))).toEqual(
      Array(2).fill('path, outbound'),
    );
    expect([one, two].map((register) => register.header('Route'))).toEqual([
      '<sip:192.0.2.9;lr>',
      '<sip:192.0.2.10;lr>',
    ]);
    expect(one.header('Call-ID')).not.toBe(two.header('Call-ID'));
    expect(events).toEqual(['registered first', 'registered']);
    expect(registration.state).toBe('registered');
  });

  test('one flow that fails is no failure; requests go out by the one that stands', async () => {
    const { peer, second, events, userAgent, takes, refuses, registration } = registering();

    await refuses(peer);
    expect(events).toEqual([]);
    await takes(second);
    userAgent.invite('sip:bob@pbx.example', silent);

    await second.hears('INVITE');
    expect(events).toEqual(['registered first']);
    expect(registration.state).toBe('registered');
    await peer.waits(30_000);
    const [again] = peer.drain();
    await peer.answers(again!, '200 OK', { contact: again!.header('Contact') });
    userAgent.invite('sip:bob@pbx.example', silent);
    await peer.hears('INVITE');
  });

  test('§4.5: a lost connection costs its flow only, which is made anew', async () => {
    const { peer, second, events, userAgent, takes, transport } = registering('tcp');
    await takes(peer);
    await takes(second);

    transport.onBroken?.(peer.flow);
    userAgent.invite('sip:bob@pbx.example', silent);
    await second.hears('INVITE');
    await peer.waits(2_000);
    await takes(peer);

    expect(events).toEqual(['registered first', 'registered', 'registered']);
  });

  test('all have failed: that is told once, with the time of the next try; a refusal by all is final', async () => {
    const away = registering();
    await away.refuses(away.peer);
    await away.refuses(away.second);
    const refused = registering();
    await refused.refuses(refused.peer, '403 Forbidden');
    await refused.refuses(refused.second, '403 Forbidden');

    expect(away.events).toEqual(['failed 503 retries']);
    expect(refused.events).toEqual(['failed 403']);
    await refused.peer.waits(3_600_000);
    await refused.peer.hearsNothing();
    await refused.second.hearsNothing();
  });

  test('§4.3: where the registrar has understood it (§6), dialogs are bound to their flow', async () => {
    const outbound = registering();
    await outbound.takes(outbound.peer, 'Require: outbound');
    const plain = registering();
    await plain.takes(plain.peer);

    outbound.userAgent.invite('sip:bob@pbx.example', silent);
    plain.userAgent.invite('sip:bob@pbx.example', silent);

    expect((await outbound.peer.hears('INVITE')).header('Contact')).toBe('<sip:c1@192.0.2.1:5060;ob>');
    expect((await plain.peer.hears('INVITE')).header('Contact')).toBe('<sip:c1@192.0.2.1:5060>');
  });

  test('unregistering takes all of them away, and then it is told once', async () => {
    const { peer, second, events, registration, takes, stack } = registering();
    await takes(peer);
    await takes(second);

    const gone = registration.unregister();
    for (const edge of [peer, second]) expect((await takes(edge)).header('Expires')).toBe('0');
    await gone;

    expect(events.at(-1)).toBe('unregistered');
    expect(events.filter((event) => event === 'unregistered')).toHaveLength(1);
    expect(stack.counts().registrations).toBe(0);
  });

  test('§5.3: a registrar that rings at both flows rings once', async () => {
    const { peer, second, userAgent, takes } = registering();
    await takes(peer);
    await takes(second);
    let rung = 0;
    userAgent.onInvite = (session) => {
      rung += 1;
      session.attach(silent);
    };

    for (const edge of [peer, second])
      await edge.sends(
        [
          'INVITE sip:c1@192.0.2.1:5060 SIP/2.0',
          `Via: SIP/2.0/UDP ${edge.host}:5060;branch=${edge.newBranch()}${edge.host}`,
          'From: <sip:bob@pbx.example>;tag=b',
          'To: <sip:1001@pbx.example>',
          'Call-ID: both',
          'CSeq: 1 INVITE',
          'Contact: <sip:bob@192.0.2.40>',
          '',
          '',
        ].join('\n'),
      );

    await peer.hears('100');
    await second.hears('100');
    await second.hears('482');
    expect(rung).toBe(1);
  });
});
