import { describe, expect, test } from 'vitest';
import type { InviteOptions } from '../src/contract.ts';
import { bench, expectNothingLeft, Peer, recorder } from './ladder.ts';
import type { Bench } from './ladder.ts';

const offer = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n';
const answer = 'v=0\r\no=- 2 1 IN IP4 192.0.2.9\r\ns=-\r\n';

function call(options: InviteOptions = {}, given?: Bench) {
  const made = given ?? bench();
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:alice@example.org',
    displayName: 'Alice',
    contactUser: 'alice-1',
    credentials: { username: 'alice', password: 'secret' },
  });
  const { events, handler } = recorder();
  const session = userAgent.invite('sip:bob@192.0.2.9', handler, options);
  return { ...made, userAgent, session, events };
}

describe('calling', () => {
  test('the INVITE without an offer, the ACK with the answer and the BYE look like this', async () => {
    const { peer, session } = call();

    expect((await peer.hears('INVITE')).text).toBe(
      [
        'INVITE sip:bob@192.0.2.9 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK00000000000000000000000000000002;rport',
        'Max-Forwards: 70',
        'From: "Alice" <sip:alice@example.org>;tag=0000000000000001',
        'To: <sip:bob@192.0.2.9>',
        'Call-ID: 00000000000000000000000000000000',
        'CSeq: 1 INVITE',
        'Contact: <sip:alice-1@192.0.2.1:5060>',
        'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY',
        'Accept: application/sdp',
        'Supported: timer, replaces, norefersub',
        'Session-Expires: 1800',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    await peer.sends(`SIP/2.0 200 OK
      Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK00000000000000000000000000000002;rport=5060
      From: "Alice" <sip:alice@example.org>;tag=0000000000000001
      To: <sip:bob@192.0.2.9>;tag=bob
      Call-ID: 00000000000000000000000000000000
      CSeq: 1 INVITE
      Record-Route: <sip:192.0.2.9:5060;lr>
      Contact: <sip:bob@198.51.100.7:5070>
      Content-Type: application/sdp

${offer}`);
    session.ack(answer);
    expect((await peer.hears('ACK')).text).toBe(
      [
        'ACK sip:bob@198.51.100.7:5070 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK00000000000000000000000000000003;rport',
        'Route: <sip:192.0.2.9:5060;lr>',
        'Max-Forwards: 70',
        'From: "Alice" <sip:alice@example.org>;tag=0000000000000001',
        'To: <sip:bob@192.0.2.9>;tag=bob',
        'Call-ID: 00000000000000000000000000000000',
        'CSeq: 1 ACK',
        'Content-Type: application/sdp',
        `Content-Length: ${answer.length}`,
        '',
        answer,
      ].join('\r\n'),
    );
    session.end({ headers: [['Reason', 'SIP;cause=200']] });
    expect((await peer.hears('BYE')).text).toBe(
      [
        'BYE sip:bob@198.51.100.7:5070 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK00000000000000000000000000000004;rport',
        'Route: <sip:192.0.2.9:5060;lr>',
        'Max-Forwards: 70',
        'From: "Alice" <sip:alice@example.org>;tag=0000000000000001',
        'To: <sip:bob@192.0.2.9>;tag=bob',
        'Call-ID: 00000000000000000000000000000000',
        'CSeq: 2 BYE',
        'Reason: SIP;cause=200',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  test('with our offer the ACK goes out at once, bare', async () => {
    const made = call({ sdp: offer });
    const { peer, session, events } = made;

    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '180 Ringing');
    await peer.answers(invite, '200 OK', { sdp: answer });

    expect(invite.body).toBe(offer);
    expect((await peer.hears('ACK')).body).toBe('');
    expect(session.state).toBe('confirmed');
    expect(events).toEqual(['provisional 180', `accepted 200 ${answer.trim()}`]);
    session.end();
    await peer.answers(await peer.hears('BYE'), '200 OK');
    expect(events.at(-1)).toBe('ended local 200');
    await expectNothingLeft(made);
  });

  test('each retransmitted 2xx gets the same ACK again, with the same answer', async () => {
    const made = call();
    const { peer, session } = made;
    const invite = await peer.hears('INVITE');

    await peer.answers(invite, '200 OK', { sdp: offer });
    await peer.answers(invite, '200 OK', { sdp: offer });
    await peer.hearsNothing();
    session.ack(answer);
    const ack = await peer.hears('ACK');
    await peer.answers(invite, '200 OK', { sdp: offer });

    expect((await peer.hears('ACK')).text).toBe(ack.text);
    expect(made.events).toHaveLength(1);
  });

  test('an offer in the 2xx that nobody answers is acknowledged bare and hung up after 32 s', async () => {
    const made = call();
    const { peer, events } = made;

    await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: offer });
    await peer.waits(32_000);

    expect((await peer.hears('ACK')).body).toBe('');
    await peer.answers(await peer.hears('BYE'), '200 OK');
    expect(events.at(-1)).toBe('ended failure 408');
    await expectNothingLeft(made);
  });
});

describe('early media', () => {
  test('several forks answer early, each is reported, and the call is with the one that answers for good', async () => {
    const made = call({ sdp: offer });
    const { peer, events, session } = made;
    const invite = await peer.hears('INVITE');

    await peer.answers(invite, '183 Session Progress', { tag: 'a', sdp: 'v=0 a\n' });
    await peer.answers(invite, '183 Session Progress', { tag: 'b', sdp: 'v=0 b\n' });
    await peer.answers(invite, '200 OK', { tag: 'c', sdp: 'v=0 c\n' });

    expect((await peer.hears('ACK')).toTag).toBe('c');
    expect(events).toEqual(['provisional 183 v=0 a', 'provisional 183 v=0 b', 'accepted 200 v=0 c']);
    session.end();
    expect((await peer.hears('BYE')).toTag).toBe('c');
  });

  test('a 200 whose SDP differs from the 183 of the same tag is reported as it is', async () => {
    const { peer, events } = call({ sdp: offer });
    const invite = await peer.hears('INVITE');

    await peer.answers(invite, '183 Session Progress', { sdp: 'v=0 port 50000\n' });
    await peer.answers(invite, '200 OK', { sdp: 'v=0 port 50002\n' });

    expect(events).toEqual(['provisional 183 v=0 port 50000', 'accepted 200 v=0 port 50002']);
  });

  test('an unreliable 183 cannot offer: its SDP is not reported when our INVITE had none', async () => {
    const { peer, events } = call();

    await peer.answers(await peer.hears('INVITE'), '183 Session Progress', { sdp: offer });

    expect(events).toEqual(['provisional 183']);
  });

  test('a request of the peer in an early dialog is taken, one with a tag we never saw is not', async () => {
    const { peer } = call({ sdp: offer });
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '183 Session Progress', { tag: 'a' });
    const ask = (tag: string) =>
      peer.sends(`OPTIONS sip:alice-1@192.0.2.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${peer.newBranch()}
        From: <sip:bob@192.0.2.9>;tag=${tag}
        To: ${invite.header('From')}
        Call-ID: ${invite.header('Call-ID')}
        CSeq: 7 OPTIONS

        `);

    await ask('a');
    await peer.hears('200');
    await ask('z');
    await peer.hears('481');
  });
});

describe('giving up a call', () => {
  test('CANCEL waits for a provisional response, then goes the way of the INVITE', async () => {
    const made = call({ sdp: offer });
    const { peer, session, events } = made;
    const invite = await peer.hears('INVITE');

    session.end({ headers: [['Reason', 'SIP;cause=487']] });
    expect(events).toEqual(['ended local 487']);
    await peer.hearsNothing();
    await peer.answers(invite, '100 Trying');
    const cancel = await peer.hears('CANCEL');

    expect(cancel.branch).toBe(invite.branch);
    expect(cancel.header('CSeq')).toBe('1 CANCEL');
    expect(cancel.header('To')).toBe(invite.header('To'));
    expect(cancel.header('Reason')).toBe('SIP;cause=487');
    await peer.answers(cancel, '200 OK');
    await peer.answers(invite, '487 Request Terminated');
    await peer.hears('ACK');
    expect(events).toHaveLength(1);
    await expectNothingLeft(made);
  });

  for (const [name, sdp] of [
    ['with our offer', offer],
    ['offerless', undefined],
  ] as const) {
    test(`a 200 that crosses the CANCEL is acknowledged bare and hung up: ${name}`, async () => {
      const made = call(sdp === undefined ? {} : { sdp });
      const { peer, session, events } = made;
      const invite = await peer.hears('INVITE');
      await peer.answers(invite, '180 Ringing');
      session.end();
      const cancel = await peer.hears('CANCEL');

      await peer.answers(invite, '200 OK', { sdp: offer });
      expect((await peer.hears('ACK')).body).toBe('');
      const bye = await peer.hears('BYE');
      expect(bye.cseq).toBe(2);
      await peer.answers(cancel, '481 Call/Transaction Does Not Exist');
      await peer.answers(bye, '200 OK');
      await peer.answers(invite, '200 OK', { sdp: offer });
      await peer.hears('ACK');
      await peer.hearsNothing();

      expect(events).toEqual(['provisional 180', 'ended local 487']);
      await expectNothingLeft(made);
    });
  }

  test('a peer that answers the CANCEL but never the INVITE is given up after 32 s', async () => {
    const made = call();
    const { peer, session } = made;
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '180 Ringing');
    session.end();

    await peer.answers(await peer.hears('CANCEL'), '200 OK');
    await peer.waits(32_000);

    expect(made.stack.counts().transactions).toBe(0);
    await peer.hearsNothing();
  });

  test('hanging up while the answer is still being made: bare ACK, then BYE', async () => {
    const made = call();
    const { peer, session, events } = made;
    await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: offer });

    session.end();

    expect((await peer.hears('ACK')).body).toBe('');
    await peer.answers(await peer.hears('BYE'), '200 OK');
    session.ack(answer);
    session.end();
    await peer.hearsNothing();
    expect(events.at(-1)).toBe('ended local 200');
    await expectNothingLeft(made);
  });

  test('a peer that rings for ever is cancelled after timer C', async () => {
    const made = call();
    const { peer, events } = made;
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '180 Ringing');

    await peer.waits(181_000);
    await peer.answers(await peer.hears('CANCEL'), '200 OK');
    await peer.answers(invite, '487 Request Terminated');

    expect(events.at(-1)).toBe('ended peer 487');
  });
});

describe('refusals', () => {
  for (const status of [
    '302 Moved Temporarily',
    '404 Not Found',
    '486 Busy Here',
    '500 Server Internal Error',
    '603 Decline',
  ]) {
    test(`${status} ends the call with that status, and is acknowledged each time it comes`, async () => {
      const made = call({ sdp: offer });
      const { peer, events } = made;
      const invite = await peer.hears('INVITE');

      await peer.answers(invite, status, { headers: ['Reason: Q.850;cause=17'] });
      const ack = await peer.hears('ACK');
      await peer.answers(invite, status);

      expect((await peer.hears('ACK')).text).toBe(ack.text);
      expect(ack.branch).toBe(invite.branch);
      expect(ack.toTag).toBe('peer');
      expect(events).toEqual([`ended peer ${status.slice(0, 3)} Q.850;cause=17`]);
      await expectNothingLeft(made);
    });
  }

  test('no answer at all: the INVITE is sent at T1, 2T1, 4T1 ..., and timer B ends the call with 408', async () => {
    const made = call({ sdp: offer });
    const { peer, events } = made;

    await peer.waits(31_999);
    expect(peer.drain()).toHaveLength(7);
    await peer.waits(1);

    expect(events).toEqual(['ended failure 408']);
    await expectNothingLeft(made);
  });

  test('a transport that cannot send ends the call with 503', async () => {
    const { transport, ...rest } = bench();
    transport.isBroken = true;
    const made = call({ sdp: offer }, { transport, ...rest });

    await made.peer.waits(0);

    expect(made.events).toEqual(['ended failure 503']);
  });

  test('a sips target is not called in clear', async () => {
    const made = bench();
    const userAgent = made.stack.createUserAgent({ aor: 'sip:alice@example.org' });
    const { events, handler } = recorder();
    userAgent.invite('sips:bob@192.0.2.9', handler);

    await made.peer.waits(0);

    expect(events).toEqual(['ended failure 503']);
    await made.peer.hearsNothing();
  });

  test('what is no SIP URI is refused at once', () => {
    const { userAgent, stack } = call();

    expect(() => userAgent.invite('mailto:bob@example.org', recorder().handler)).toThrow(/not a SIP/);
    expect(() =>
      userAgent.invite('sip:bob@192.0.2.9', recorder().handler, { headers: [['X', 'a\r\nb']] }),
    ).toThrow();
    expect(stack.counts().sessions).toBe(1);
  });
});

describe('forked answers', () => {
  test('the first 2xx is the call; each other one is acknowledged and hung up', async () => {
    const made = call({ sdp: offer });
    const { peer, events, session } = made;
    const invite = await peer.hears('INVITE');

    await peer.answers(invite, '200 OK', { tag: 'first', sdp: answer });
    expect((await peer.hears('ACK')).toTag).toBe('first');
    await peer.answers(invite, '200 OK', { tag: 'second', sdp: answer });
    expect((await peer.hears('ACK')).toTag).toBe('second');
    const bye = await peer.hears('BYE');
    expect(bye.toTag).toBe('second');
    await peer.answers(bye, '200 OK');
    await peer.answers(invite, '200 OK', { tag: 'second', sdp: answer });
    expect((await peer.hears('ACK')).toTag).toBe('second');
    await peer.hearsNothing();

    expect(session.state).toBe('confirmed');
    expect(events).toEqual([`accepted 200 ${answer.trim()}`]);
  });
});

describe('routes', () => {
  test('an outbound proxy is a preloaded Route, whatever the URI says', async () => {
    const { stack, peer } = bench();
    const userAgent = stack.createUserAgent({
      aor: 'sip:alice@example.org',
      outboundProxy: 'sip:192.0.2.9:5060',
    });

    userAgent.invite('sip:bob@elsewhere.example', recorder().handler);
    const invite = await peer.hears('INVITE sip:bob@elsewhere.example');

    expect(invite.header('Route')).toBe('<sip:192.0.2.9:5060;lr>');
  });

  test('the Record-Route of the 2xx is walked backwards', async () => {
    const { peer, session } = call({ sdp: offer });
    await peer.answers(await peer.hears('INVITE'), '200 OK', {
      contact: '<sip:bob@10.0.0.1>',
      headers: ['Record-Route: <sip:far.example;lr>, <sip:192.0.2.9;lr;x=1>'],
    });

    const ack = await peer.hears('ACK sip:bob@10.0.0.1');
    session.end();

    expect(ack.all('Route')).toEqual(['<sip:192.0.2.9;lr;x=1>', '<sip:far.example;lr>']);
    expect((await peer.hears('BYE sip:bob@10.0.0.1')).all('Route')).toEqual(ack.all('Route'));
  });

  test('a strict router gets its own URI as Request-URI, and the target at the end of the Route', async () => {
    const { peer } = call({ sdp: offer });

    await peer.answers(await peer.hears('INVITE'), '200 OK', {
      contact: '<sip:bob@10.0.0.1?subject=x>',
      headers: ['Record-Route: <sip:far.example;lr>, <sip:192.0.2.9>'],
    });

    const ack = await peer.hears('ACK sip:192.0.2.9 ');
    expect(ack.all('Route')).toEqual(['<sip:far.example;lr>', '<sip:bob@10.0.0.1>']);
  });

  test('over TCP our Contact says so, nothing is sent twice, and the dialog stays on its connection', async () => {
    const made = call({ sdp: offer }, bench({ protocol: 'tcp' }));
    const { peer } = made;
    const invite = await peer.hears('INVITE');
    await peer.waits(5_000);
    await peer.hearsNothing();

    await peer.answers(invite, '200 OK', {
      sdp: answer,
      contact: '<sip:bob@198.51.100.1:5062;transport=tcp>',
    });

    expect(invite.header('Contact')).toBe('<sip:alice-1@192.0.2.1:5060;transport=tcp>');
    expect(invite.header('Via')).not.toContain('rport');
    await peer.hears('ACK sip:bob@198.51.100.1:5062;transport=tcp');
  });

  test('over TCP with a proxy on the way, the proxy’s own address counts, not the connection', async () => {
    const made = call({ sdp: offer }, bench({ protocol: 'tcp' }));
    const proxy = new Peer(made.transport, made.clock, '192.0.2.50');

    await made.peer.answers(await made.peer.hears('INVITE'), '200 OK', {
      sdp: answer,
      headers: ['Record-Route: <sip:192.0.2.50;transport=tcp;lr>'],
    });

    await proxy.hears('ACK');
    await made.peer.hearsNothing();
  });
});
