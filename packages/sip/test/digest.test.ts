import { expect, test } from 'vitest';
import { algorithmOf, digestHa1, digestResponse } from '../src/digest-hash.ts';
import { parseChallenges, parseDigestCredentials } from '../src/digest-parse.ts';
import { authorize, chooseChallenges, unanswerable } from '../src/digest.ts';
import { SipError } from '../src/sip-error.ts';

const mufasa = { username: 'Mufasa', password: 'Circle Of Life' };

test('RFC 2617 §3.5: the worked example', () => {
  const [challenge] = parseChallenges([
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  ]);

  const value = authorize(challenge!, mufasa, 'GET', '/dir/index.html', 1, '0a4f113b');

  const params = parseDigestCredentials(value)!;
  expect(params.get('response')).toBe('6629fae49393a05397450978507c4ef1');
  expect(params.get('nc')).toBe('00000001');
  expect(params.get('opaque')).toBe('5ccc069c403ebaf9f0171e9517f40e41');
});

const rfc7616 = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
const rfc7616Cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

for (const [algorithm, response] of [
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const) {
  test(`RFC 7616 §3.9.1: the worked example with ${algorithm}`, () => {
    const [challenge] = parseChallenges([rfc7616(algorithm)]);
    const credentials = { username: 'Mufasa', password: 'Circle of Life' };

    const value = authorize(challenge!, credentials, 'GET', '/dir/index.html', 1, rfc7616Cnonce);

    expect(parseDigestCredentials(value)!.get('response')).toBe(response);
  });
}

test('RFC 7616 §3.9.2 as corrected by erratum 4897: the worked example with SHA-512-256 and a UTF-8 name', () => {
  const response = digestResponse({
    algorithm: algorithmOf('SHA-512-256')!,
    ha1: digestHa1('SHA-512-256', 'Jäsøn Doe', 'api@example.org', 'Secret, or not?'),
    nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
    method: 'GET',
    uri: '/doe.json',
    qop: { nc: '00000001', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' },
  });

  expect(response).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
});

test('without qop the response is that of RFC 2069 and there is no nonce count', () => {
  const [challenge] = parseChallenges(['Digest realm="r", nonce="n"']);

  const params = parseDigestCredentials(authorize(challenge!, mufasa, 'REGISTER', 'sip:r', 1, 'c'))!;

  expect(params.has('nc')).toBe(false);
  expect(params.has('cnonce')).toBe(false);
  expect(params.get('response')).toBe(
    digestResponse({
      algorithm: algorithmOf('md5')!,
      ha1: digestHa1('MD5', 'Mufasa', 'r', 'Circle Of Life'),
      nonce: 'n',
      method: 'REGISTER',
      uri: 'sip:r',
    }),
  );
});

test('the -sess form binds H(A1) to nonce and cnonce', () => {
  const [plain] = parseChallenges(['Digest realm="r", nonce="n", qop="auth", algorithm=MD5']);
  const [session] = parseChallenges(['Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess']);
  const responseTo = (challenge: typeof plain, cnonce: string) =>
    parseDigestCredentials(authorize(challenge!, mufasa, 'INVITE', 'sip:x', 1, cnonce))!.get('response');

  expect(responseTo(session, 'c')).not.toBe(responseTo(plain, 'c'));
  expect(responseTo(session, 'c')).toBe(responseTo(session, 'c'));
});

test('a header with several challenges and several headers give all challenges in order', () => {
  const challenges = parseChallenges([
    'Digest realm="a, b", nonce="1", algorithm=SHA-256, qop="auth", Basic realm="old", Digest realm="c", nonce="2"',
    'DIGEST  nonce = "3" , realm = "d", stale=TRUE, qop=auth',
    'Negotiate abc==',
    '',
  ]);

  expect(
    challenges.map(({ realm, nonce, algorithm, stale }) => ({ realm, nonce, algorithm, stale })),
  ).toEqual([
    { realm: 'a, b', nonce: '1', algorithm: 'SHA-256', stale: false },
    { realm: 'c', nonce: '2', algorithm: 'MD5', stale: false },
    { realm: 'd', nonce: '3', algorithm: 'MD5', stale: true },
  ]);
});

test('of each realm the strongest challenge that we can answer is chosen, wherever it stands', () => {
  const challenges = parseChallenges([
    'Digest realm="a", nonce="1", algorithm=SHA-1024, qop="auth"',
    'Digest realm="a", nonce="3", algorithm=MD5, qop="auth"',
    'Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth"',
    'Digest realm="b", nonce="4", qop="auth-int"',
    'Digest realm="c", nonce="5"',
  ]);

  expect(chooseChallenges(challenges, mufasa).map((challenge) => challenge.nonce)).toEqual(['2', '5']);
});

test('H(A1) answers only challenges of its own algorithm', () => {
  const challenges = parseChallenges([
    'Digest realm="a", nonce="1", algorithm=SHA-256, qop="auth"',
    'Digest realm="a", nonce="2", algorithm=MD5, qop="auth"',
  ]);
  const ha1 = digestHa1('MD5', 'Mufasa', 'a', 'Circle Of Life');

  const [chosen] = chooseChallenges(challenges, { username: 'Mufasa', ha1 });

  expect(chosen?.nonce).toBe('2');
  expect(authorize(chosen!, { username: 'Mufasa', ha1 }, 'INVITE', 'sip:x', 1, 'c')).toBe(
    authorize(chosen!, mufasa, 'INVITE', 'sip:x', 1, 'c'),
  );
});

test('a server that insists on auth-int is refused with a reason', () => {
  const [challenge] = parseChallenges(['Digest realm="a", nonce="1", qop="auth-int"']);

  expect(unanswerable(challenge!, mufasa)).toBe('qop auth-int is not supported: only auth is');
  expect(() => authorize(challenge!, mufasa, 'INVITE', 'sip:x', 1, 'c')).toThrow(SipError);
});

test('quotes and backslashes in a realm survive the way there and back', () => {
  const [challenge] = parseChallenges(['Digest realm="a \\"b\\" \\\\c", nonce="1"']);

  const value = authorize(challenge!, mufasa, 'INVITE', 'sip:x', 1, 'c');

  expect(challenge?.realm).toBe('a "b" \\c');
  expect(parseDigestCredentials(value)?.get('realm')).toBe('a "b" \\c');
});
