import { expect, test } from 'vitest';
import { digestHa1 } from '../src/digest-hash.ts';
import { parseChallenges } from '../src/digest-parse.ts';
import { DigestServer } from '../src/digest-server.ts';
import { authorize } from '../src/digest.ts';

const alice = { username: 'alice', password: 'wonder"land' };
const secretOf = (username: string) => (username === 'alice' ? { password: 'wonder"land' } : undefined);

function serverAt(clock: { ms: number }, options: { maxNonces?: number } = {}) {
  let seed = 0;
  return new DigestServer({
    realm: 'exchange',
    secret: 'key',
    now: () => clock.ms,
    random: (bytes) => (seed++).toString(16).padStart(bytes * 2, '0'),
    nonceLifetimeMs: 1000,
    ...options,
  });
}

function answer(
  server: DigestServer,
  options: { nc?: number; method?: string; algorithm?: string; password?: string } = {},
) {
  const { nc = 1, method = 'REGISTER', algorithm = 'SHA-256', password = alice.password } = options;
  const challenge = parseChallenges(server.challenge()).find((each) => each.algorithm === algorithm);
  return authorize(challenge!, { username: 'alice', password }, method, 'sip:exchange', nc, 'cnonce');
}

for (const algorithm of ['SHA-256', 'MD5']) {
  test(`a right ${algorithm} answer is accepted`, () => {
    const server = serverAt({ ms: 0 });

    const verdict = server.verify(
      { method: 'REGISTER', credentials: [answer(server, { algorithm })] },
      secretOf,
    );

    expect(verdict).toEqual({ ok: true, username: 'alice' });
  });
}

test('an account that keeps only H(A1) can be verified', () => {
  const server = serverAt({ ms: 0 });
  const ha1 = { MD5: digestHa1('MD5', 'alice', 'exchange', alice.password) };
  const verify = (algorithm: string) =>
    server.verify({ method: 'REGISTER', credentials: [answer(server, { algorithm })] }, () => ({ ha1 }));

  expect(verify('MD5').ok).toBe(true);
  expect(verify('SHA-256')).toMatchObject({ ok: false, why: 'wrong' });
});

test('a nonce works again with a higher count, never with the same or a lower', () => {
  const server = serverAt({ ms: 0 });
  const [challenge] = parseChallenges(server.challenge());
  const verify = (nc: number) =>
    server.verify(
      { method: 'INVITE', credentials: [authorize(challenge!, alice, 'INVITE', 'sip:x', nc, 'c')] },
      secretOf,
    );

  expect(verify(2).ok).toBe(true);
  expect(verify(2)).toMatchObject({ why: 'replayed' });
  expect(verify(1)).toMatchObject({ why: 'replayed' });
  expect(verify(3).ok).toBe(true);
});

test('a client without qop gets one use of a nonce', () => {
  const server = serverAt({ ms: 0 });
  const [challenge] = parseChallenges(server.challenge());
  const value = authorize({ ...challenge!, qop: [] }, alice, 'INVITE', 'sip:x', 1, 'c');
  const verify = () => server.verify({ method: 'INVITE', credentials: [value] }, secretOf);

  expect(verify().ok).toBe(true);
  expect(verify()).toMatchObject({ why: 'replayed' });
});

test('a wrong answer does not use up a count', () => {
  const server = serverAt({ ms: 0 });
  const [challenge] = parseChallenges(server.challenge());
  const value = (password: string) =>
    authorize(challenge!, { username: 'alice', password }, 'INVITE', 'sip:x', 1, 'c');

  expect(server.verify({ method: 'INVITE', credentials: [value('guess')] }, secretOf)).toMatchObject({
    why: 'wrong',
  });
  expect(server.verify({ method: 'INVITE', credentials: [value(alice.password)] }, secretOf).ok).toBe(true);
});

test('an answer to another method is wrong', () => {
  const server = serverAt({ ms: 0 });

  expect(server.verify({ method: 'INVITE', credentials: [answer(server)] }, secretOf)).toMatchObject({
    why: 'wrong',
  });
});

test('a nonce that is too old is stale, and the next challenge may say so', () => {
  const clock = { ms: 0 };
  const server = serverAt(clock);
  const value = answer(server);
  clock.ms = 1001;

  expect(server.verify({ method: 'REGISTER', credentials: [value] }, secretOf)).toMatchObject({
    why: 'stale',
  });
  expect(parseChallenges(server.challenge({ stale: true }))[0]?.stale).toBe(true);
});

test('a nonce that was never issued here is stale', () => {
  const other = new DigestServer({ realm: 'exchange', secret: 'other', now: () => 0, random: () => '00' });
  const server = serverAt({ ms: 0 });

  expect(server.verify({ method: 'REGISTER', credentials: [answer(other)] }, secretOf)).toMatchObject({
    why: 'stale',
  });
});

test('when too many nonces are in use the oldest become stale instead of replayable', () => {
  const clock = { ms: 0 };
  const server = serverAt(clock, { maxNonces: 2 });
  const values = [0, 1, 2].map((ms) => {
    clock.ms = ms;
    return answer(server);
  });
  const verify = (value: string) => server.verify({ method: 'REGISTER', credentials: [value] }, secretOf);

  expect(values.map(verify).map((verdict) => verdict.ok)).toEqual([true, true, true]);
  expect(verify(values[0]!)).toMatchObject({ ok: false, why: 'stale' });
});

for (const [what, credentials, why] of [
  ['no credentials', [], 'missing'],
  ['Basic', ['Basic YWxpY2U6cHc='], 'malformed'],
  [
    'another realm',
    ['Digest username="alice", realm="else", nonce="1", uri="sip:x", response="0"'],
    'malformed',
  ],
  ['a missing response', ['Digest username="alice", realm="exchange", nonce="1", uri="sip:x"'], 'malformed'],
  [
    'a nonce count that is none',
    [
      'Digest username="alice", realm="exchange", nonce="1", uri="sip:x", response="0", qop=auth, nc=1, cnonce="c"',
    ],
    'malformed',
  ],
  [
    'an algorithm not offered',
    [
      'Digest username="alice", realm="exchange", nonce="1", uri="sip:x", response="0", algorithm=SHA-512-256',
    ],
    'malformed',
  ],
] as const) {
  test(`${what} is ${why}`, () => {
    expect(serverAt({ ms: 0 }).verify({ method: 'REGISTER', credentials }, secretOf)).toMatchObject({
      ok: false,
      why,
    });
  });
}

test('a user nobody knows is told apart for the log', () => {
  const server = serverAt({ ms: 0 });

  expect(server.verify({ method: 'REGISTER', credentials: [answer(server)] }, () => undefined)).toEqual({
    ok: false,
    why: 'unknown-user',
    username: 'alice',
  });
});
