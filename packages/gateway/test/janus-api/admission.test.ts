import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AddressLimits } from '../../src/janus-api/address-limits.ts';
import { clientAddress, isLoopback, unknownAddress } from '../../src/janus-api/client-address.ts';
import { isAllowedOrigin } from '../../src/janus-api/origin.ts';
import { TokenBucket } from '../../src/janus-api/token-bucket.ts';
import { FakeClock } from '../fake-clock.ts';
import { startTestServer } from './test-server.ts';

describe('an origin', () => {
  const rules = {
    allowed: ['https://desk.example', 'http://localhost:5173'],
    isOwnHost: (host: string) => ['phone.example', '127.0.0.1', '::1', 'localhost'].includes(host),
  };

  test.each([
    ['a client that is no browser', undefined, 'phone.example', true],
    ['our own page', 'https://phone.example', 'phone.example', true],
    ['our own page at another port', 'https://phone.example:8443', 'phone.example:8443', true],
    ['our own page with the standard port spelled out', 'https://phone.example', 'phone.example:443', true],
    ['our own page, upper case', 'https://phone.example:8443', 'PHONE.example:8443', true],
    ['our own page at an IPv6 address', 'https://[::1]:8443', '[::1]:8443', true],
    ['a page of the list', 'https://desk.example', 'phone.example:8443', true],
    ['a page of the list without https', 'http://localhost:5173', 'localhost:8443', true],
    ['a foreign page', 'https://evil.example', 'phone.example', false],
    ['a foreign name that points here', 'https://evil.example:8443', 'evil.example:8443', false],
    ['our name without https', 'http://phone.example', 'phone.example', false],
    ['our host at another port', 'https://phone.example:9000', 'phone.example:8443', false],
    ['a longer name', 'https://phone.example.evil.example', 'phone.example', false],
    ['a page in a sandbox', 'null', 'phone.example', false],
    ['nonsense', '//', 'phone.example', false],
    ['no host', 'https://phone.example', undefined, false],
  ])('%s', (_what, origin, host, isAllowed) => {
    expect(isAllowedOrigin(origin, host, rules)).toBe(isAllowed);
  });
});

describe('the address of a client', () => {
  const request = (remoteAddress: string, headers: IncomingMessage['headers'] = {}) =>
    ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

  test.each([
    ['straight', '192.0.2.7', {}, '192.0.2.7'],
    ['straight from this machine', '127.0.0.1', {}, '127.0.0.1'],
    ['IPv4 on a dual-stack socket', '::ffff:192.0.2.7', {}, '192.0.2.7'],
    ['a stranger that claims to be a proxy', '192.0.2.7', { 'x-forwarded-for': '127.0.0.1' }, '192.0.2.7'],
    ['through a proxy on this machine', '127.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    ['through a configured proxy', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    [
      'with an entry of the client itself',
      '127.0.0.1',
      { 'x-forwarded-for': '127.0.0.1, 192.0.2.7' },
      '192.0.2.7',
    ],
    [
      'a proxy that passes on a loopback address',
      '127.0.0.1',
      { 'x-forwarded-for': '127.0.0.1' },
      unknownAddress,
    ],
    ['a proxy that passes on nonsense', '::1', { 'x-forwarded-for': 'me' }, unknownAddress],
    ['a proxy that names nobody', '127.0.0.1', { via: '1.1 cache' }, unknownAddress],
    ['a proxy with another header', '127.0.0.1', { forwarded: 'for=127.0.0.1' }, unknownAddress],
  ])('%s', (_what, peer, headers, address) => {
    expect(clientAddress(request(peer, headers), ['10.0.0.1'])).toBe(address);
  });

  test('what came through a proxy is no loopback address', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1'].map(isLoopback)).toEqual([true, true, true]);
    expect([unknownAddress, '192.0.2.7', '127.evil.example', ''].map(isLoopback)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

test('a bucket lets a burst pass, then its rate, and is full again in time', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, { perSecond: 2, burst: 3 });
  const takeAll = (): number => {
    let taken = 0;
    while (bucket.take()) taken++;
    return taken;
  };

  expect(takeAll()).toBe(3);
  clock.advance(1000);
  expect(takeAll()).toBe(2);
  expect(bucket.isFull).toBe(false);
  clock.advance(60_000);
  expect(bucket.isFull).toBe(true);
  expect(takeAll()).toBe(3);
});

test('an address has so many connections and no more, and gets each back once', () => {
  const limits = new AddressLimits({
    clock: new FakeClock(),
    rate: { perSecond: 1, burst: 5 },
    connections: 2,
  });
  const first = limits.connect('192.0.2.7');
  limits.connect('192.0.2.7');

  expect(limits.connect('192.0.2.7')).toBeUndefined();
  expect(limits.connect('192.0.2.8')).toBeDefined();
  first?.();
  first?.();
  expect(limits.connect('192.0.2.7')).toBeDefined();
  expect(limits.connect('192.0.2.7')).toBeUndefined();
});

describe('a WebSocket', () => {
  /** The HTTP status of a refused handshake, or `open`. */
  function knock(
    url: string,
    protocol: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    return new Promise((answer) => {
      const socket = new WebSocket(url, protocol, { headers });
      socket.on('unexpected-response', (_request, response) => answer(response.statusCode));
      socket.on('open', () => answer(`open ${socket.protocol}`));
      socket.on('error', () => undefined);
      setTimeout(() => socket.terminate(), 1000).unref();
    });
  }

  test('is opened at /janus and /janus/ with the sub-protocol of Janus, also among others', async () => {
    const { wsUrl } = await startTestServer();

    expect(await knock(wsUrl, 'janus-protocol')).toBe('open janus-protocol');
    expect(await knock(`${wsUrl}/`, 'janus-protocol')).toBe('open janus-protocol');
    expect(await knock(`${wsUrl}?x=1`, 'janus-protocol')).toBe('open janus-protocol');
  });

  test('is refused elsewhere, in another protocol, and for a page of another origin', async () => {
    const { wsUrl, host, refused } = await startTestServer();

    expect(await knock(`ws://${host}/other`, 'janus-protocol')).toBe(404);
    expect(await knock(wsUrl, undefined)).toBe(400);
    expect(await knock(wsUrl, 'chat')).toBe(400);
    expect(await knock(wsUrl, 'janus-protocol', { Origin: 'https://evil.example' })).toBe(403);
    expect(await knock(wsUrl, 'janus-protocol', { Origin: `https://${host}` })).toBe('open janus-protocol');
    expect(refused).toEqual(['websocket 404', 'websocket 400', 'websocket 400', 'websocket 403']);
  });

  test('is refused with 429 when an address has too many, or knocks too often', async () => {
    const few = await startTestServer({ limits: { connectionsPerAddress: 1 } });
    const slow = await startTestServer({ limits: { connectsPerSecond: 1, connectBurst: 1 } });

    expect(await knock(few.wsUrl, 'janus-protocol')).toBe('open janus-protocol');
    expect(await knock(few.wsUrl, 'janus-protocol')).toBe(429);
    expect(await knock(slow.wsUrl, 'janus-protocol')).toBe('open janus-protocol');
    expect(await knock(slow.wsUrl, 'janus-protocol')).toBe(429);
  });
});

describe('HTTP', () => {
  test('pages of other origins are refused, those of the list are told that they may', async () => {
    const { httpUrl } = await startTestServer({ allowedOrigins: ['https://desk.example'] });
    const ask = (origin: string, method = 'POST') =>
      fetch(httpUrl, {
        method,
        headers: { Origin: origin },
        ...(method === 'POST' && { body: '{"janus":"ping","transaction":"t"}' }),
      });

    const allowed = await ask('https://desk.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://desk.example');
    expect(allowed.headers.get('vary')).toBe('Origin');
    const preflight = await ask('https://desk.example', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('Content-Type');
    const refused = await ask('https://evil.example');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask('https://evil.example', 'OPTIONS')).status).toBe(403);
  });

  test('the server tells about itself at /janus/info', async () => {
    const { httpUrl } = await startTestServer();

    expect(await (await fetch(`${httpUrl}/info`)).json()).toMatchObject({
      janus: 'server_info',
      name: 'Soft Handset',
    });
  });
});
