import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SipRequest } from '@soft-handset/sip';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Inbox, World } from './world.ts';

/* What RFC 4475 sends to a registrar, with the numbers of our accounts. */
let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Registers 1002 with this Contact, word for word. */
async function registers(contact: string) {
  const phone = await world.phone('1002');
  const { status, headers } = await phone.userAgent.request('REGISTER', 'sip:1002@127.0.0.1', {
    headers: [
      ['Contact', contact],
      ['Expires', '60'],
    ],
  });
  return { phone, status, contacts: headers.getAll('Contact') };
}

/** The Request-URI with which a call for 1002 reaches its phone. */
async function calledAt({ phone }: Awaited<ReturnType<typeof registers>>): Promise<SipRequest> {
  const heard = new Inbox<SipRequest>();
  phone.stack.onRequest = (transaction) => {
    heard.put(transaction.request);
    transaction.respond(486);
  };
  const caller = await world.registeredPhone('1001');
  const call = caller.call('sip:1002@127.0.0.1', 'v=0\r\n');
  expect((await call.ended.next()).status).toBe(486);
  return heard.next();
}

describe('RFC 4475: a proxy and a server', () => {
  const asks = async (method: string, uri: string, headers: readonly (readonly [string, string])[]) => {
    const phone = await world.phone('1001');
    const answer = await phone.userAgent.request(method, uri, { headers });
    return [answer.status, answer.headers.get('Unsupported')];
  };

  test('bext01 (§3.3.5): what a proxy must know is 420 (RFC 3261 §16.3), what the callee must know is passed on', async () => {
    const callee = await world.registeredPhone('1002');
    callee.userAgent.onRequest = (transaction) => transaction.respond(200);
    const require = ['Require', 'nothingSupportsThis, nothingSupportsThisEither'] as const;

    expect(await asks('OPTIONS', 'sip:1002@127.0.0.1', [require])).toEqual([420, require[1]]);
    expect(
      await asks('OPTIONS', 'sip:1002@127.0.0.1', [
        ['Proxy-Require', 'noProxiesSupportThis, norDoAnyProxiesSupportThis'],
      ]),
    ).toEqual([420, 'noProxiesSupportThis, norDoAnyProxiesSupportThis']);
  });

  test('RFC 3261 §10.3, §8.2.2.3: the registrar, and the exchange itself, name what they do not know', async () => {
    const require = ['Require', 'path'] as const;
    const contact = ['Contact', '<sip:1001@127.0.0.1:9>'] as const;

    expect(await asks('REGISTER', 'sip:127.0.0.1', [require, contact])).toEqual([420, 'path']);
    expect(await asks('OPTIONS', 'sip:127.0.0.1', [require])).toEqual([420, 'path']);
    expect(await asks('OPTIONS', 'sip:127.0.0.1', [])).toEqual([200, undefined]);
  });
});

describe('RFC 4475: a registrar', () => {
  test('cparam01 (§3.3.14): a parameter behind a bare address is the Contact’s, kept and no part of the URI', async () => {
    const registered = await registers('sip:+19725552222@gw1.example.net;unknownparam');

    expect(registered).toMatchObject({
      status: 200,
      contacts: [expect.stringMatching(/^<sip:\+19725552222@gw1\.example\.net>;(.*;)?unknownparam/)],
    });
    expect((await calledAt(registered)).uri).toBe('sip:+19725552222@gw1.example.net');
  });

  test('cparam02 (§3.3.15): one inside the brackets is the URI’s, and calls have it', async () => {
    const registered = await registers('<sip:+19725552222@gw1.example.net;unknownparam>');

    expect(registered).toMatchObject({
      status: 200,
      contacts: [expect.stringMatching(/^<sip:\+19725552222@gw1\.example\.net;unknownparam>;expires=/)],
    });
    expect((await calledAt(registered)).uri).toBe('sip:+19725552222@gw1.example.net;unknownparam');
  });

  test('regescrt (§3.3.16): a Route inside the URI is kept in the binding, and goes into no request (RFC 3261 §16.6)', async () => {
    const registered = await registers('<sip:user@example.com?Route=%3Csip:sip.example.com%3E>');

    expect(registered).toMatchObject({
      status: 200,
      contacts: [expect.stringMatching(/^<sip:user@example\.com\?Route=%3Csip:sip\.example\.com%3E>/i)],
    });
    const invite = await calledAt(registered);
    expect(invite.uri).toBe('sip:user@example.com');
    expect(invite.headers.getAll('Route')).toEqual([]);
  });

  describe('over a socket', () => {
    let socket: Socket;
    beforeEach(async () => {
      socket = createSocket('udp4').bind(0, '127.0.0.1');
      await once(socket, 'listening');
    });
    afterEach(() => socket.close());

    test('regaut01 (§3.3.7): credentials of a kind that nobody knows are none: 401, and who has a password registers', async () => {
      const heard = once(socket, 'message') as Promise<[Buffer]>;
      const text = `REGISTER sip:127.0.0.1 SIP/2.0
To: <sip:1002@127.0.0.1>
From: <sip:1002@127.0.0.1>;tag=87321hj23128
Max-Forwards: 8
Call-ID: regaut01.0ha0isndaksdj
CSeq: 9338 REGISTER
Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bKkdjuw
Authorization: NoOneKnowsThisScheme opaque-data=here
Content-Length:0

`;

      socket.send(text.replace(/\n/g, '\r\n'), world.exchange.port, '127.0.0.1');

      const answer = (await heard)[0].toString();
      expect(answer).toMatch(/^SIP\/2\.0 401 /);
      expect(answer).toMatch(/^WWW-Authenticate: Digest realm="soft-handset"/m);
      await world.registeredPhone('1002');
    });
  });
});
