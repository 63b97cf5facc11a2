import { describe, expect, test } from 'vitest';
import { bench, expectNothingLeft, recorder } from './ladder.ts';
import { established, ourSdp, peerSdp } from './established.ts';
import type { Established } from './established.ts';

const theirs = `${peerSdp}a=theirs\r\n`;
const allowsUpdate = 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE';
const weRefresh = 'Session-Expires: 600;refresher=uac';
const peerRefreshes = 'Session-Expires: 600;refresher=uas';

const weCalled = (...headers: string[]) => established('uac', [], {}, headers);
const peerCalled = (...headers: string[]) => established('uas', [], {}, headers);

async function endsWithBye(made: Established): Promise<void> {
  const bye = await made.peer.hears('BYE');
  expect(bye.header('Reason')).toContain('cause=408');
  await made.peer.answers(bye, '200 OK');
  expect(made.events).toEqual(['ended failure 408']);
  await expectNothingLeft(made);
}

describe('RFC 4028 §7: we called, and the 2xx says who refreshes', () => {
  test('the INVITE asks for half an hour, or for what the account says', async () => {
    const { stack, peer } = bench();
    const call = (expires?: number) =>
      stack
        .createUserAgent({
          aor: 'sip:alice@example.org',
          ...(expires === undefined ? {} : { sessionTimer: { expires } }),
        })
        .invite('sip:bob@192.0.2.9', recorder().handler);

    call();
    expect((await peer.hears('INVITE')).header('Session-Expires')).toBe('1800');
    call(120);
    expect((await peer.hears('INVITE')).header('Session-Expires')).toBe('120');
    call(0);
    const silent = await peer.hears('INVITE');
    expect(silent.header('Session-Expires')).toBe('');
    expect(silent.header('Supported')).toContain('timer');
  });

  test('we: at half time an UPDATE without offer, and again after its 2xx', async () => {
    const { peer, events } = await weCalled(weRefresh, allowsUpdate);

    await peer.waits(299_999);
    await peer.hearsNothing();
    await peer.waits(1);
    const update = await peer.hears('UPDATE');
    await peer.answers(update, '200 OK', { headers: [weRefresh] });
    await peer.waits(300_000);
    await peer.hears('UPDATE');

    expect(update.body).toBe('');
    expect(update.header('Session-Expires')).toBe('600;refresher=uac');
    expect(update.header('Supported')).toContain('timer');
    expect(events).toEqual([]);
  });

  test('§7.4: a peer that does not know UPDATE gets a re-INVITE with the SDP that holds; a new answer is the owner’s', async () => {
    const made = await weCalled(weRefresh);
    const { peer } = made;

    await peer.waits(300_000);
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '200 OK', { sdp: theirs, headers: [weRefresh] });
    await peer.hears('ACK');
    await peer.waits(300_000);
    const again = await peer.hears('INVITE');
    await peer.answers(again, '200 OK', { sdp: theirs, headers: [weRefresh] });

    expect(invite.body).toBe(ourSdp);
    expect(invite.header('Session-Expires')).toBe('600;refresher=uac');
    expect(again.body).toBe(ourSdp);
    expect(made.events).toEqual([`reanswered ${theirs.trim()}`]);
  });

  test('an UPDATE that is refused with 405 all the same is followed by a re-INVITE', async () => {
    const { peer } = await weCalled(weRefresh, allowsUpdate);
    await peer.waits(300_000);

    await peer.answers(await peer.hears('UPDATE'), '405 Method Not Allowed');

    await peer.hears('INVITE');
  });

  test('§10: a refresh that is refused is tried again; when the time is up, the call ends', async () => {
    const made = await weCalled(weRefresh, allowsUpdate);
    const { peer } = made;
    await peer.waits(300_000);

    for (let at = 300; at < 600; at += 5) {
      await peer.answers(await peer.hears('UPDATE'), '500 Server Internal Error');
      await peer.waits(5_000);
    }

    await endsWithBye(made);
  });

  test('§10: no answer to the refresh, or 481: the call ends at once', async () => {
    const made = await weCalled(weRefresh, allowsUpdate);
    await made.peer.waits(300_000);
    await made.peer.answers(await made.peer.hears('UPDATE'), '481 Call/Transaction Does Not Exist');
    expect(made.events).toEqual(['ended failure 481']);
    await expectNothingLeft(made);

    const silent = await weCalled(weRefresh, allowsUpdate);
    await silent.peer.waits(332_000);
    expect(silent.events).toEqual(['ended failure 408']);
    silent.peer.drain();
    await expectNothingLeft(silent);
  });

  test('§7.3: 422 to the INVITE: once more with the interval that it asks for', async () => {
    const { stack, peer } = bench();
    const { events, handler } = recorder();
    const userAgent = stack.createUserAgent({ aor: 'sip:alice@example.org', sessionTimer: { expires: 90 } });
    const session = userAgent.invite('sip:bob@192.0.2.9', handler, { sdp: ourSdp });
    const first = await peer.hears('INVITE');

    await peer.answers(first, '422 Session Interval Too Small', { headers: ['Min-SE: 300'] });
    await peer.hears('ACK');
    const second = await peer.hears('INVITE');
    await peer.answers(second, '422 Session Interval Too Small', { headers: ['Min-SE: 3600'] });
    await peer.hears('ACK');
    const third = await peer.hears('INVITE');

    expect([second, third].map((one) => one.header('Session-Expires'))).toEqual(['300', '3600']);
    expect([second, third].map((one) => one.header('Min-SE'))).toEqual(['300', '3600']);
    expect([second.cseq, third.cseq]).toEqual([first.cseq + 1, first.cseq + 2]);
    expect(second.fromTag).toBe(first.fromTag);
    expect(second.header('Call-ID')).toBe(first.header('Call-ID'));
    await peer.answers(third, '422 Session Interval Too Small', { headers: ['Min-SE: 3600'] });
    await peer.hears('ACK');
    expect(events).toEqual(['ended peer 422']);
    expect(session.state).toBe('ended');
  });

  test('§7.3: 422 to a refresh too', async () => {
    const { peer } = await weCalled(weRefresh, allowsUpdate);
    await peer.waits(300_000);

    await peer.answers(await peer.hears('UPDATE'), '422 Session Interval Too Small', {
      headers: ['Min-SE: 1200'],
    });

    const again = await peer.hears('UPDATE');
    expect(again.header('Session-Expires')).toBe('1200;refresher=uac');
    expect(again.header('Min-SE')).toBe('1200');
  });

  test('the peer: its UPDATE starts the time anew; without one we hang up a little before the time', async () => {
    const made = await weCalled(peerRefreshes);
    const { peer, asks, events } = made;
    await peer.waits(500_000);

    await asks('UPDATE', { headers: ['Supported: timer', 'Session-Expires: 600;refresher=uac'] });
    const ok = await peer.hears('200');
    await peer.waits(567_999);
    expect(events).toEqual([]);
    await peer.waits(1);

    expect(ok.header('Session-Expires')).toBe('600;refresher=uac');
    expect(ok.header('Require')).toBe('timer');
    await endsWithBye(made);
  });

  test('a peer that does not take part: no timer', async () => {
    const { peer, clock, session } = await weCalled();

    await peer.waits(100_000_000);

    expect(clock.timers).toBe(0);
    expect(session.state).toBe('confirmed');
  });

  test('a 2xx to a re-INVITE that says nothing of it ends the timer', async () => {
    const { peer, session, clock } = await weCalled(weRefresh);
    const changed = session.reinvite(ourSdp);

    await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: theirs });
    await peer.hears('ACK');
    await changed;
    await peer.waits(64_000);

    expect(clock.timers).toBe(0);
  });

  test('our own change is a refresh: it carries the interval, and its 2xx starts the time anew', async () => {
    const { peer, session } = await weCalled(weRefresh, allowsUpdate);
    await peer.waits(200_000);
    void session.reinvite(ourSdp);
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '200 OK', { sdp: theirs, headers: [weRefresh] });
    await peer.hears('ACK');

    await peer.waits(299_999);
    await peer.hearsNothing();
    await peer.waits(1);

    await peer.hears('UPDATE');
    expect(invite.header('Session-Expires')).toBe('600;refresher=uac');
  });

  test('the time for a refresh comes while the peer changes the session: it waits', async () => {
    const { peer, asks, offers } = await weCalled(weRefresh, allowsUpdate);
    await peer.waits(299_000);
    await asks('UPDATE', { body: theirs });

    await peer.waits(2_000);
    await peer.hearsNothing();
    offers[0]!.reject(488);
    await peer.hears('488');
    await peer.waits(5_000);

    await peer.hears('UPDATE');
  });
});

describe('RFC 4028 §9: the peer called', () => {
  for (const [name, headers, sessionExpires, require] of [
    [
      'a caller that leaves it open refreshes',
      ['Supported: timer', 'Session-Expires: 600'],
      '600;refresher=uac',
      'timer',
    ],
    ['a caller that wants to', ['Supported: timer', weRefresh], '600;refresher=uac', 'timer'],
    ['a caller that wants us to', ['Supported: timer', peerRefreshes], '600;refresher=uas', ''],
    ['a caller that does not know timers, where a proxy asks', ['x: 600'], '600;refresher=uas', ''],
    ['a caller that requires them', ['Require: timer', 'x: 600;refresher=uac'], '600;refresher=uac', 'timer'],
    ['a longer Min-SE', ['Min-SE: 900', 'Session-Expires: 600'], '900;refresher=uas', ''],
    ['a caller that only could', ['Supported: timer'], '', ''],
    ['nonsense', ['Supported: timer', 'Session-Expires: soon'], '', ''],
  ] as const) {
    test(`${name}: our 200 says ${sessionExpires === '' ? 'nothing' : sessionExpires}`, async () => {
      const { ok } = await peerCalled(...headers);

      expect(ok!.header('Session-Expires')).toBe(sessionExpires);
      expect(ok!.header('Require')).toBe(require);
    });
  }

  test('the caller refreshes by re-INVITE: the owner answers, the 200 says the interval', async () => {
    const { peer, asks, offers, events } = await peerCalled('Supported: timer', weRefresh);
    await peer.waits(300_000);

    await asks('INVITE', {
      body: peerSdp,
      headers: ['Supported: timer', 'Session-Expires: 900;refresher=uac'],
    });
    await peer.hears('100');
    offers[0]!.accept(ourSdp);
    const ok = await peer.hears('200');
    await asks('ACK');
    await peer.waits(800_000);

    expect(ok.header('Session-Expires')).toBe('900;refresher=uac');
    expect(events).toEqual([]);
  });

  test('the caller vanishes: BYE a little before the time', async () => {
    const made = await peerCalled('Supported: timer', 'Session-Expires: 90;refresher=uac');

    await made.peer.waits(59_999);
    expect(made.events).toEqual([]);
    await made.peer.waits(1);

    await endsWithBye(made);
  });

  test('we refresh', async () => {
    const { peer } = await peerCalled('Supported: timer', allowsUpdate, peerRefreshes);

    await peer.waits(300_000);

    expect((await peer.hears('UPDATE')).header('Session-Expires')).toBe('600;refresher=uac');
  });

  test('§9: too short an interval gets 422 with Min-SE, in an INVITE as in a refresh', async () => {
    const { stack, peer } = bench();
    const userAgent = stack.createUserAgent({
      aor: 'sip:alice@example.org',
      contactUser: 'alice-1',
      sessionTimer: { minimum: 300 },
    });
    userAgent.onInvite = () => expect.fail('nobody is to ring');
    await peer.sends(`INVITE sip:alice-1@192.0.2.1:5060 SIP/2.0
      Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1
      From: <sip:bob@example.org>;tag=peer
      To: <sip:alice@example.org>
      Call-ID: call-1
      CSeq: 1 INVITE
      Contact: ${peer.contact}
      Supported: timer
      Session-Expires: 299\n\n`);
    await peer.hears('100');
    expect((await peer.hears('422')).header('Min-SE')).toBe('300');

    const made = await peerCalled('Supported: timer', weRefresh);
    await made.asks('UPDATE', { headers: ['Supported: timer', 'Session-Expires: 60'] });
    expect((await made.peer.hears('422')).header('Min-SE')).toBe('90');
    expect(made.session.state).toBe('confirmed');
  });

  test('§9: a caller that does not know timers could not understand a 422: its call goes on', async () => {
    const { ok } = await peerCalled('Session-Expires: 60');

    expect(ok!.header('Session-Expires')).toBe('90;refresher=uas');
  });
});

test('a call that ends takes its session timer along', async () => {
  const made = await weCalled(weRefresh, allowsUpdate);
  made.session.end();
  await made.peer.answers(await made.peer.hears('BYE'), '200 OK');
  await made.clock.advance(64_000);

  expect(made.clock.timers).toBe(0);
});
