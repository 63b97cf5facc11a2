import { describe, expect, test } from 'vitest';
import type { UserAgentOptions } from '../src/contract.ts';
import { parseDigestCredentials } from '../src/digest-parse.ts';
import { established } from './established.ts';
import { bench, expectNothingLeft, recorder } from './ladder.ts';
import type { Heard } from './ladder.ts';

const md5 = 'Digest realm="pbx", nonce="n1", qop="auth", algorithm=MD5';
const sha256 = 'Digest realm="pbx", nonce="n2", qop="auth", algorithm=SHA-256';

function credentials(request: Heard, header: 'Authorization' | 'Proxy-Authorization' = 'Authorization') {
  const found = parseDigestCredentials(request.header(header)) ?? new Map<string, string>();
  return Object.fromEntries(
    ['username', 'realm', 'nonce', 'nc', 'algorithm', 'uri'].map((name) => [name, found.get(name)]),
  );
}

function asking(options: Partial<UserAgentOptions> = {}) {
  const made = bench();
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:alice@example.org',
    credentials: { username: 'alice', password: 'secret' },
    ...options,
  });
  return { ...made, userAgent };
}

describe('digest', () => {
  for (const [name, challenges, algorithm] of [
    ['MD5', [md5], 'MD5'],
    ['SHA-256', [sha256], 'SHA-256'],
    ['MD5 before SHA-256', [md5, sha256], 'SHA-256'],
    ['SHA-256 before MD5', [sha256, md5], 'SHA-256'],
    ['one that we do not have before MD5', ['Digest realm="pbx", nonce="x", algorithm=WHIRL', md5], 'MD5'],
  ] as const) {
    test(`401 with ${name}: the request comes again with credentials, a new branch and the next CSeq`, async () => {
      const made = asking();
      const { peer, userAgent } = made;

      const asked = userAgent.request('OPTIONS', 'sip:bob@192.0.2.9');
      const first = await peer.hears('OPTIONS');
      await peer.answers(first, '401 Unauthorized', {
        headers: challenges.map((one) => `WWW-Authenticate: ${one}`),
      });
      const second = await peer.hears('OPTIONS');
      await peer.answers(second, '200 OK');

      expect(credentials(second)).toMatchObject({
        username: 'alice',
        realm: 'pbx',
        nc: '00000001',
        algorithm,
      });
      expect(second.cseq).toBe(first.cseq + 1);
      expect(second.branch).not.toBe(first.branch);
      expect(second.fromTag).toBe(first.fromTag);
      expect((await asked).status).toBe(200);
      await expectNothingLeft(made);
    });
  }

  test('a wrong password ends after one retry', async () => {
    const { peer, userAgent } = asking();

    const asked = userAgent.request('OPTIONS', 'sip:bob@192.0.2.9');
    for (let round = 0; round < 2; round++) {
      await peer.answers(await peer.hears('OPTIONS'), '401 Unauthorized', {
        headers: [`WWW-Authenticate: ${md5}`],
      });
    }

    expect((await asked).status).toBe(401);
    await peer.hearsNothing();
  });

  test('a nonce that has become stale is no wrong password, but a server that finds each one stale is left', async () => {
    const { peer, userAgent } = asking();

    const asked = userAgent.request('OPTIONS', 'sip:bob@192.0.2.9');
    for (let round = 0; round < 6; round++) {
      const headers = [`WWW-Authenticate: Digest realm="pbx", nonce="s${round}", stale=true`];
      await peer.answers(await peer.hears('OPTIONS'), '401 Unauthorized', { headers });
    }

    expect((await asked).status).toBe(401);
    await peer.hearsNothing();
  });

  test('a proxy and the server behind it both ask: the last try answers both', async () => {
    const { peer, userAgent } = asking();

    const asked = userAgent.request('OPTIONS', 'sip:bob@192.0.2.9');
    await peer.answers(await peer.hears('OPTIONS'), '407 Proxy Authentication Required', {
      headers: ['Proxy-Authenticate: Digest realm="edge", nonce="e"'],
    });
    await peer.answers(await peer.hears('OPTIONS'), '401 Unauthorized', {
      headers: [`WWW-Authenticate: ${md5}`],
    });
    const third = await peer.hears('OPTIONS');
    await peer.answers(third, '200 OK');

    expect(credentials(third, 'Proxy-Authorization')).toMatchObject({ realm: 'edge', nonce: 'e' });
    expect(credentials(third)).toMatchObject({ realm: 'pbx', nonce: 'n1' });
    expect((await asked).status).toBe(200);
  });

  for (const [name, options, headers] of [
    ['without credentials', { credentials: undefined }, [`WWW-Authenticate: ${md5}`]],
    [
      'with an H(A1) for MD5 where SHA-256 is asked',
      { credentials: { username: 'a', ha1: '0'.repeat(32) } },
      [`WWW-Authenticate: ${sha256}`],
    ],
    ['without a challenge', {}, []],
    ['with a challenge that does not parse', {}, ['WWW-Authenticate: Digest nonsense']],
  ] as const) {
    test(`401 ${name} is final`, async () => {
      const { peer, userAgent } = asking(options as Partial<UserAgentOptions>);

      const asked = userAgent.request('OPTIONS', 'sip:bob@192.0.2.9');
      await peer.answers(await peer.hears('OPTIONS'), '401 Unauthorized', { headers });

      expect((await asked).status).toBe(401);
    });
  }
});

describe('digest in a call', () => {
  test('407 on INVITE: ACK, the INVITE again; the ACK to the 200 and the BYE carry the credentials', async () => {
    const made = asking();
    const { peer, userAgent } = made;
    const { events, handler } = recorder();
    const session = userAgent.invite('sip:bob@192.0.2.9', handler, { sdp: 'v=0\r\n' });

    await peer.answers(await peer.hears('INVITE'), '407 Proxy Authentication Required', {
      headers: [`Proxy-Authenticate: ${sha256}`],
    });
    await peer.hears('ACK');
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '180 Ringing');
    await peer.answers(invite, '200 OK', { sdp: 'v=0\r\n' });
    const ack = await peer.hears('ACK');
    session.end();
    const bye = await peer.hears('BYE');
    await peer.answers(bye, '200 OK');

    expect(invite.cseq).toBe(2);
    expect(ack.cseq).toBe(2);
    expect(ack.header('Proxy-Authorization')).toBe(invite.header('Proxy-Authorization'));
    expect(credentials(bye, 'Proxy-Authorization')).toMatchObject({ nonce: 'n2', nc: '00000002' });
    expect(bye.cseq).toBe(3);
    expect(events).toEqual(['provisional 180', 'accepted 200 v=0', 'ended local 200']);
    await expectNothingLeft(made);
  });

  test('407 to an INVITE that has been given up is not answered again', async () => {
    const { peer, userAgent } = asking();
    const session = userAgent.invite('sip:bob@192.0.2.9', recorder().handler);
    const invite = await peer.hears('INVITE');
    session.end();

    await peer.answers(invite, '407 Proxy Authentication Required', {
      headers: [`Proxy-Authenticate: ${md5}`],
    });

    await peer.hears('ACK');
    await peer.hearsNothing();
  });

  for (const role of ['uac', 'uas'] as const) {
    test(`401 on re-INVITE and BYE (${role})`, async () => {
      const made = await established(role);
      const { peer, session } = made;

      const changed = session.reinvite('v=0\r\n');
      await peer.answers(await peer.hears('INVITE'), '401 Unauthorized', {
        headers: [`WWW-Authenticate: ${md5}`],
      });
      await peer.hears('ACK');
      const again = await peer.hears('INVITE');
      await peer.answers(again, '200 OK', { sdp: 'v=0\r\n' });
      expect((await peer.hears('ACK')).cseq).toBe(again.cseq);
      expect((await changed).status).toBe(200);
      session.end();
      const bye = await peer.hears('BYE');
      expect(credentials(bye)).toMatchObject({ nonce: 'n1', nc: '00000002' });
      await peer.answers(bye, '401 Unauthorized', {
        headers: ['WWW-Authenticate: Digest realm="pbx", nonce="n9", stale=true'],
      });
      const second = await peer.hears('BYE');

      expect(credentials(second)).toMatchObject({ nonce: 'n9', nc: undefined });
      expect(second.cseq).toBe(bye.cseq + 1);
      await peer.answers(second, '200 OK');
      await expectNothingLeft(made);
    });
  }
});

test('RFC 7616 §3.4.4: a server that wants auth-int is refused in words, and so is an algorithm that we do not have', async () => {
  for (const [challenge, why] of [
    ['Digest realm="pbx", nonce="n", qop="auth-int"', 'qop auth-int is not supported: only auth is'],
    ['Digest realm="pbx", nonce="n", algorithm=WHIRL', 'algorithm WHIRL is not supported'],
  ] as const) {
    const { peer, userAgent } = asking();
    const asked = userAgent.request('OPTIONS', 'sip:bob@192.0.2.9');

    await peer.answers(await peer.hears('OPTIONS'), '401 Unauthorized', {
      headers: [`WWW-Authenticate: ${challenge}`],
    });

    expect((await asked).reason).toBe(`Unauthorized: ${why}`);
    await peer.hearsNothing();
  }
});

test('RFC 7616 §3.5: a 2xx names the nonce for the next request, and its count begins anew', async () => {
  const { peer, session } = await established('uac');
  const ask = async () => {
    void session.requestInDialog('INFO');
    return peer.hears('INFO');
  };
  await peer.answers(await ask(), '401 Unauthorized', { headers: [`WWW-Authenticate: ${sha256}`] });
  await peer.answers(await peer.hears('INFO'), '200 OK', {
    headers: ['Authentication-Info: qop=auth, nextnonce="n9", rspauth="0"'],
  });

  expect(credentials(await ask())).toMatchObject({ nonce: 'n9', nc: '00000001' });
});
