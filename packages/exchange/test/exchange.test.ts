import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ackOf, endOf, World, type Phone } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

describe('the registrar', () => {
  test('takes a phone with the right password', async () => {
    const phone = await world.phone('1001');

    expect(await phone.register()).toBe(200);
    expect(world.exchange.counts().bindings).toBe(1);
  });

  test('refuses a wrong password', async () => {
    const phone = await world.phone('1001', { password: 'wrong' });

    expect(await phone.register()).toBe(403);
    expect(world.exchange.counts().bindings).toBe(0);
  });

  test('does not let an account register for another', async () => {
    const phone = await world.phone('1001');
    const intruder = phone.userAgent.request('REGISTER', 'sip:127.0.0.1', {
      headers: [
        ['Contact', '<sip:x@127.0.0.1:9>'],
        ['Expires', '60'],
      ],
    });

    expect((await intruder).status).toBeGreaterThanOrEqual(400);
    expect(world.exchange.counts().bindings).toBe(0);
  });

  test('asks phones for MD5 only: those that know no other algorithm give up on a challenge with two', async () => {
    const phone = await world.phone('1999');

    expect(await algorithmsAskedOf(phone)).toEqual(['MD5']);
  });

  test('asks our own gateway for SHA-256 first (RFC 8760)', async () => {
    const userAgent = 'SoftHandset/1.0';

    expect(await algorithmsAskedOf(await world.phone('1999', { userAgent }))).toEqual(['SHA-256', 'MD5']);
    expect(await (await world.phone('1001', { userAgent })).register()).toBe(200);
  });

  test('knows nobody of another number', async () => {
    const phone = await world.phone('1999', { password: 'x' });

    expect(await phone.register()).toBe(403);
  });
});

/** Of a REGISTER without credentials. */
async function algorithmsAskedOf({ userAgent }: Phone): Promise<(string | undefined)[]> {
  const { headers } = await userAgent.request('REGISTER', 'sip:nobody@127.0.0.1', {
    headers: [['Contact', '<sip:x@127.0.0.1:9>']],
  });
  return headers.getAll('WWW-Authenticate').map((value) => /algorithm=([^,]+)/.exec(value)?.[1]);
}

describe('a call', () => {
  test('goes through with its SDP, and ends at the caller', async () => {
    const caller = await world.registeredPhone('1001');
    const callee = await world.registeredPhone('1002');

    const call = caller.call('sip:1002@127.0.0.1', 'offer');
    const incoming = await callee.incoming.next();
    incoming.ring();
    expect(await call.ringing.next()).toBe(180);
    expect(incoming.offer).toBe('offer');
    incoming.accept('answer');
    expect(await call.answered.next()).toBe('answer');
    await ackOf(incoming);
    call.session.end();

    expect(await endOf(incoming)).toMatchObject({ by: 'peer' });
    await expect.poll(() => world.exchange.counts().dialogs).toBe(0);
  });

  test('without offer brings the answer in the ACK, and ends at the callee', async () => {
    const caller = await world.registeredPhone('1001');
    const callee = await world.registeredPhone('1002');

    const call = caller.call('sip:1002@127.0.0.1');
    const incoming = await callee.incoming.next();
    expect(incoming.offer).toBeUndefined();
    incoming.accept('offer of the callee');
    expect(await call.answered.next()).toBe('offer of the callee');
    call.session.ack('answer of the caller');
    expect(await ackOf(incoming)).toBe('answer of the caller');
    incoming.end();

    expect(await call.ended.next()).toMatchObject({ by: 'peer' });
  });

  test('goes between UDP and TCP both ways, re-INVITE and BYE included', async () => {
    const udp = await world.registeredPhone('1001');
    const tcp = await world.registeredPhone('1002', { protocol: 'tcp' });

    for (const [caller, callee, number] of [
      [udp, tcp, '1002'],
      [tcp, udp, '1001'],
    ] as const) {
      const call = caller.call(`sip:${number}@127.0.0.1`, 'offer');
      const incoming = await callee.incoming.next();
      incoming.accept('answer');
      await call.answered.next();
      await ackOf(incoming);

      expect(await call.session.reinvite('hold')).toMatchObject({ status: 200, sdp: 'holdagain' });
      incoming.end();
      expect(await call.ended.next()).toMatchObject({ by: 'peer' });
    }
  });

  test('that is cancelled stops ringing', async () => {
    const caller = await world.registeredPhone('1001');
    const callee = await world.registeredPhone('1002');
    const call = caller.call('sip:1002@127.0.0.1', 'offer');
    const incoming = await callee.incoming.next();
    incoming.ring();
    await call.ringing.next();

    call.session.end();

    expect(await endOf(incoming)).toMatchObject({ by: 'peer', status: 487 });
  });

  test('rings all phones of a number; the first answer wins, the others stop', async () => {
    const caller = await world.registeredPhone('1001');
    const desk = await world.registeredPhone('1002');
    const mobile = await world.registeredPhone('1002', { protocol: 'tcp' });
    const call = caller.call('sip:1002@127.0.0.1', 'offer');
    const [atDesk, atMobile] = [await desk.incoming.next(), await mobile.incoming.next()];
    atDesk.ring();
    atMobile.ring();
    await call.ringing.next();

    atMobile.accept('mobile answers');

    expect(await call.answered.next()).toBe('mobile answers');
    expect(await endOf(atDesk)).toMatchObject({ by: 'peer', status: 487 });
  });

  test("to a phone's Contact, as a transfer names it (RFC 5589 §7), rings that phone alone", async () => {
    const caller = await world.registeredPhone('1001');
    const [desk, mobile] = [await world.registeredPhone('1002'), await world.registeredPhone('1002')];
    const { host, port } = desk.stack.localAddress('udp')!;

    const call = caller.call(`sip:${desk.userAgent.contactUser}@${host}:${port}`, 'offer');
    (await desk.incoming.next()).accept('answer');

    expect(await call.answered.next()).toBe('answer');
    expect(mobile.incoming.isEmpty).toBe(true);
    call.session.end();
  });

  test('to a phone that declines hears its status', async () => {
    const caller = await world.registeredPhone('1001');
    const callee = await world.registeredPhone('1002');
    const call = caller.call('sip:1002@127.0.0.1', 'offer');

    (await callee.incoming.next()).reject(486);

    expect(await call.ended.next()).toMatchObject({ by: 'peer', status: 486 });
  });

  const refused: readonly (readonly [what: string, number: string, status: number])[] = [
    ['a number nobody has', '1999', 404],
    ['a number nobody is registered with', '1003', 480],
  ];
  for (const [what, number, status] of refused) {
    test(`to ${what} hears ${status}`, async () => {
      const caller = await world.registeredPhone('1001');

      expect(await caller.call(`sip:${number}@127.0.0.1`, 'offer').ended.next()).toMatchObject({ status });
    });
  }

  test('with a wrong password is refused before anything rings', async () => {
    const callee = await world.registeredPhone('1002');
    const caller = await world.phone('1001', { password: 'wrong' });

    expect(await caller.call('sip:1002@127.0.0.1', 'offer').ended.next()).toMatchObject({ status: 403 });
    expect(callee.incoming.isEmpty).toBe(true);
  });

  test('inside a dialog that nobody knows is answered 481, so that we are no relay to strangers', async () => {
    const stranger = createSocket('udp4').bind(0, '127.0.0.1');
    try {
      await once(stranger, 'listening');
      const heard = once(stranger, 'message', { signal: AbortSignal.timeout(4000) }) as Promise<[Buffer]>;
      const bye = [
        'BYE sip:victim@127.0.0.1:9 SIP/2.0',
        `Via: SIP/2.0/UDP 127.0.0.1:${stranger.address().port};branch=z9hG4bKstranger`,
        'Max-Forwards: 70',
        'From: <sip:1001@127.0.0.1>;tag=a',
        'To: <sip:victim@127.0.0.1>;tag=b',
        'Call-ID: never-heard-of',
        'CSeq: 1 BYE',
        'Content-Length: 0',
        '\r\n',
      ];

      stranger.send(bye.join('\r\n'), world.exchange.port, '127.0.0.1');

      expect((await heard)[0].toString()).toMatch(/^SIP\/2\.0 481 /);
    } finally {
      stranger.close();
    }
  });
});
