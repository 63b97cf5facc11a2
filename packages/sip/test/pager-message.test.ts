import { expect, test } from 'vitest';
import type { ServerTransaction } from '../src/contract.ts';
import { bench } from './ladder.ts';

function phone() {
  const made = bench();
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:alice@example.org',
    contactUser: 'alice-1',
    credentials: { username: 'alice', password: 'secret' },
  });
  return { ...made, userAgent };
}

function message(method: string, branch: string, ...headers: string[]): string {
  return `${method} sip:alice-1@192.0.2.1:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${branch}
    Max-Forwards: 70
    From: <sip:bob@example.org>;tag=peer
    To: <sip:alice@example.org>
    Call-ID: pager-${branch}
    CSeq: 1 ${method}
    ${[...headers, 'Content-Type: text/plain'].join('\n')}

    hello`;
}

test('RFC 3428 §4: a MESSAGE has the Call-ID and the name that it is given, no Contact, and answers a challenge', async () => {
  const { peer, userAgent } = phone();

  const asked = userAgent.request('MESSAGE', 'sip:bob@192.0.2.9', {
    callId: 'mine@handset',
    displayName: 'Alice',
    body: '你好',
    contentType: 'text/plain',
  });
  await peer.answers(await peer.hears('MESSAGE'), '401 Unauthorized', {
    headers: ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'],
  });
  const again = await peer.hears('MESSAGE');
  await peer.answers(again, '202 Accepted');

  expect(again.header('Call-ID')).toBe('mine@handset');
  expect(again.header('From')).toMatch(/^"?Alice"? </);
  expect(again.header('Authorization')).toContain('nonce="n"');
  expect(again.text).not.toMatch(/^Contact:/m);
  expect(again.text).toContain('你好');
  expect((await asked).status).toBe(202);
});

test('RFC 3428 §7: a MESSAGE goes to who takes messages, and OPTIONS says that they are taken', async () => {
  const { peer, userAgent } = phone();
  const taken: ServerTransaction[] = [];
  userAgent.onMessage = (transaction) => {
    taken.push(transaction);
    transaction.respond(200);
  };

  await peer.sends(message('MESSAGE', 'z9hG4bK1'));
  await peer.hears('200');
  await peer.sends(message('OPTIONS', 'z9hG4bK2'));

  expect((await peer.hears('200')).header('Allow')).toMatch(/, MESSAGE$/);
  expect(taken.map(({ request }) => request.body.trim())).toEqual(['hello']);
});

test('an extension that a MESSAGE requires and we do not have is 420, and its taker hears nothing', async () => {
  const { peer, userAgent } = phone();
  const taken: ServerTransaction[] = [];
  userAgent.onMessage = (transaction) => taken.push(transaction);

  await peer.sends(message('MESSAGE', 'z9hG4bK1', 'Require: recipient-list-message'));

  expect((await peer.hears('420')).header('Unsupported')).toBe('recipient-list-message');
  expect(taken).toEqual([]);
});

test('without anybody who takes messages it is 405, and a taker that throws is 500', async () => {
  const { peer, userAgent } = phone();

  await peer.sends(message('MESSAGE', 'z9hG4bK1'));
  expect((await peer.hears('405')).header('Allow')).not.toContain('MESSAGE');
  userAgent.onMessage = () => {
    throw new Error('a bug');
  };
  await peer.sends(message('MESSAGE', 'z9hG4bK2'));

  await peer.hears('500');
});

test('RFC 6665 §4.1.3: a NOTIFY of no subscription goes to who takes such ones, else it is 481', async () => {
  const { peer, userAgent } = phone();

  await peer.sends(message('NOTIFY', 'z9hG4bK1', 'Event: message-summary', 'Subscription-State: active'));
  await peer.hears('481');
  userAgent.onNotify = (transaction) => transaction.respond(200);
  await peer.sends(message('NOTIFY', 'z9hG4bK2', 'Event: message-summary', 'Subscription-State: active'));

  await peer.hears('200');
});

test('a subscription has the Call-ID that it is given', async () => {
  const { peer, userAgent } = phone();

  userAgent.subscribe(
    'sip:alice@192.0.2.9',
    { notified: () => undefined, ended: () => undefined },
    { event: 'message-summary', callId: 'mine' },
  );

  expect((await peer.hears('SUBSCRIBE')).header('Call-ID')).toBe('mine');
});
