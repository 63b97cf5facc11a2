import { describe, expect, test } from 'vitest';
import { bench, Peer } from './ladder.ts';

const silent = { ended: () => undefined };

/** An account with two proxies, the second of which stands by. */
function registering() {
  const made = bench();
  const backup = new Peer(made.transport, made.clock, '192.0.2.10');
  const events: string[] = [];
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:1001@pbx.example',
    contactUser: 'c1',
    outboundProxy: 'sip:192.0.2.9',
    backupProxies: ['sip:192.0.2.10'],
  });
  const registration = userAgent.register({
    registered: ({ first }) => events.push(first ? 'registered first' : 'registered'),
    failed: ({ status, retryInMs }) =>
      events.push(`failed ${status} ${retryInMs === undefined ? '' : 'retries'}`.trim()),
  });
  const takes = async (peer: Peer) => {
    const register = await peer.hears('REGISTER');
    await peer.answers(register, '200 OK', { contact: register.header('Contact') });
    return register;
  };
  const refuses = async (peer: Peer, status = '503 Service Unavailable', ...headers: string[]) =>
    peer.answers(await peer.hears('REGISTER'), status, { headers });
  return { ...made, backup, events, userAgent, registration, takes, refuses };
}

describe('several registrars, one after the other', () => {
  test('the second takes what the first does not, at once; requests go there too', async () => {
    const { peer, backup, events, userAgent, takes, refuses } = registering();

    await refuses(peer, '503 Service Unavailable', 'Retry-After: 600');
    const register = await takes(backup);
    userAgent.invite('sip:bob@pbx.example', silent);

    expect(register.header('Route')).toBe('<sip:192.0.2.10;lr>');
    expect((await backup.hears('INVITE')).header('Route')).toBe('<sip:192.0.2.10;lr>');
    expect(events).toEqual(['registered first']);
    await peer.hearsNothing();
  });

  test('one that says nothing is left after timer F', async () => {
    const { peer, backup, events, takes } = registering();

    await peer.waits(32_000);
    await takes(backup);

    expect(events).toEqual(['registered first']);
  });

  test('it stays at the second as long as that takes it, and goes on to the first when it does not', async () => {
    const { peer, backup, registration, events, takes, refuses } = registering();
    await refuses(peer);
    await takes(backup);
    peer.drain();

    registration.refresh();
    await takes(backup);
    registration.refresh();
    await refuses(backup);
    await takes(peer);

    expect(events).toEqual(['registered first', 'registered', 'registered']);
  });

  test('RFC 3261 §20.33: none takes it: it waits as long as the last one wants, and begins with the first', async () => {
    const { peer, backup, events, takes, refuses } = registering();

    await refuses(peer);
    await refuses(backup, '503 Service Unavailable', 'Retry-After: 60');
    await peer.waits(59_999);
    await peer.hearsNothing();
    await peer.waits(1_001);
    await takes(peer);

    expect(events).toEqual(['failed 503 retries', 'registered first']);
  });

  test('a refusal is an answer: nobody else is asked', async () => {
    const { peer, backup, events, refuses } = registering();

    await refuses(peer, '403 Forbidden');

    await backup.hearsNothing();
    expect(events).toEqual(['failed 403']);
  });

  test('it is unregistered where it stands', async () => {
    const { peer, backup, registration, takes, refuses } = registering();
    await refuses(peer);
    await takes(backup);

    const gone = registration.unregister();
    expect((await takes(backup)).header('Expires')).toBe('0');

    await gone;
    await peer.hearsNothing();
  });
});
