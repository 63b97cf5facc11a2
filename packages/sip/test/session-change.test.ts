import { describe, expect, test } from 'vitest';
import { established, ourSdp, peerSdp } from './established.ts';
import { expectNothingLeft } from './ladder.ts';

const ours = `${ourSdp}a=ours\r\n`;
const theirs = `${peerSdp}a=theirs\r\n`;

for (const role of ['uac', 'uas'] as const) {
  describe(`we change the session (${role})`, () => {
    test('re-INVITE with offer: the ACK goes out at once, the answer is the result', async () => {
      const { peer, session } = await established(role);

      const changed = session.reinvite(ours, { headers: [['X-Why', 'hold']] });
      const invite = await peer.hears('INVITE sip:peer@192.0.2.9:5060');
      await peer.answers(invite, '200 OK', { sdp: theirs, contact: '<sip:moved@192.0.2.9:5060>' });

      expect(await changed).toEqual({ status: 200, reason: 'OK', sdp: theirs });
      const ack = await peer.hears('ACK sip:moved@192.0.2.9:5060');
      expect(ack.cseq).toBe(invite.cseq);
      expect(invite.body).toBe(ours);
      expect(invite.header('X-Why')).toBe('hold');
      await peer.answers(invite, '200 OK', { sdp: theirs });
      expect((await peer.hears('ACK')).text).toBe(ack.text);
      session.end();
      await peer.hears('BYE sip:moved@192.0.2.9:5060');
    });

    test('offerless: the 2xx offers, our answer goes into the ACK', async () => {
      const { peer, session } = await established(role);

      const changed = session.reinvite(undefined, { answer: async (offer) => `${offer}a=answered\r\n` });
      await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: theirs });

      expect((await peer.hears('ACK')).body).toBe(`${theirs}a=answered\r\n`);
      expect((await changed).sdp).toBe(theirs);
    });

    test('offerless, and there is no answer: bare ACK, BYE', async () => {
      const made = await established(role);
      const { peer, session, events } = made;

      const changed = session.reinvite(undefined, { answer: () => Promise.reject(new Error('no codec')) });
      await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: theirs });

      expect((await peer.hears('ACK')).body).toBe('');
      await peer.answers(await peer.hears('BYE'), '200 OK');
      expect((await changed).status).not.toBe(200);
      expect(events).toEqual(['ended failure 488']);
      await expectNothingLeft(made);
    });

    test('offerless, and the call ends while the answer is being made: bare ACK, then BYE, nothing after', async () => {
      const made = await established(role);
      const { peer, session } = made;
      let answer: (sdp: string) => void = () => undefined;
      const changed = session.reinvite(undefined, {
        answer: () => new Promise((resolve) => (answer = resolve)),
      });
      await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: theirs });

      session.end();
      answer(ours);

      expect((await peer.hears('ACK')).body).toBe('');
      await peer.answers(await peer.hears('BYE'), '200 OK');
      expect((await changed).status).toBe(487);
      await peer.hearsNothing();
      await expectNothingLeft(made);
    });

    test('a refusal leaves the call as it was', async () => {
      const made = await established(role);
      const { peer, session, events } = made;

      const changed = session.reinvite(ours);
      await peer.answers(await peer.hears('INVITE'), '488 Not Acceptable Here');

      await peer.hears('ACK');
      expect(await changed).toEqual({ status: 488, reason: 'Not Acceptable Here' });
      expect(session.state).toBe('confirmed');
      expect(events).toEqual([]);
    });

    test('491 is tried again after the time that the role asks for', async () => {
      const { peer, session, clock } = await established(role);
      const [from, to] = role === 'uac' ? [2_100, 4_000] : [10, 2_000];

      const changed = session.reinvite(ours);
      const first = await peer.hears('INVITE');
      await peer.answers(first, '491 Request Pending');
      await peer.hears('ACK');
      const since = clock.now();
      {
        await peer.waits(from - 1);
        await peer.hearsNothing();
      }
      await peer.waits(to - (clock.now() - since));
      const second = await peer.hears('INVITE');
      await peer.answers(second, '200 OK', { sdp: theirs });

      expect(second.cseq).toBe(first.cseq + 1);
      expect((await changed).status).toBe(200);
    });

    test('491 again and again is reported in the end', async () => {
      const { peer, session } = await established(role);

      const changed = session.reinvite(ours);
      for (let round = 0; round < 5; round++) {
        await peer.answers(await peer.hears('INVITE'), '491 Request Pending');
        await peer.hears('ACK');
        await peer.waits(4_000);
        if (round < 4)
          peer.drain().forEach((one, at, all) => at === all.length - 1 && peer.inbox.unshift(one.text));
      }

      expect((await changed).status).toBe(491);
    });

    for (const status of ['481 Call/Transaction Does Not Exist', '408 Request Timeout']) {
      test(`${status} says that the peer has no such call: it ends`, async () => {
        const made = await established(role);
        const { peer, session, events } = made;

        const changed = session.reinvite(ours);
        await peer.answers(await peer.hears('INVITE'), status);
        await peer.hears('ACK');

        expect((await changed).status).not.toBe(200);
        expect(events).toEqual([`ended failure ${status.slice(0, 3)}`]);
        if (status.startsWith('408')) await peer.answers(await peer.hears('BYE'), '200 OK');
        await peer.hearsNothing();
        await expectNothingLeft(made);
      });
    }

    test('a peer that has vanished: timer B, then the call is over', async () => {
      const made = await established(role);

      const changed = made.session.reinvite(ours);
      await made.peer.waits(32_000);

      await changed;
      expect(made.events).toEqual(['ended failure 408']);
      await expectNothingLeft(made);
    });

    test('the call ends while the re-INVITE is under way: its promise settles, a late 200 is acknowledged', async () => {
      const made = await established(role);
      const { peer, session } = made;
      const changed = session.reinvite(ours);
      const invite = await peer.hears('INVITE');

      session.end();
      await peer.answers(await peer.hears('BYE'), '200 OK');
      expect((await changed).status).toBe(487);
      await peer.answers(invite, '200 OK', { sdp: theirs });

      await peer.hears('ACK');
      await peer.hearsNothing();
      await expectNothingLeft(made);
    });

    test('one change at a time, and none before or after the call', async () => {
      const { peer, session, asks } = await established(role);
      const first = session.reinvite(ours);
      await expect(session.reinvite(ours)).rejects.toMatchObject({ code: 'wrong-state' });
      await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: theirs });
      await first;
      await peer.hears('ACK');

      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      await expect(session.reinvite(ours)).rejects.toMatchObject({ code: 'wrong-state' });
      session.end();
      await expect(session.reinvite(ours)).rejects.toMatchObject({ code: 'wrong-state' });
    });
  });

  describe(`the peer changes the session (${role})`, () => {
    test('re-INVITE with offer: 200 with our answer, repeated until the ACK', async () => {
      const { peer, offers, asks, clock } = await established(role);

      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      expect(offers[0]).toMatchObject({ method: 'INVITE', sdp: theirs });
      offers[0]!.accept(ours);
      const ok = await peer.hears('200');
      expect(ok.body).toBe(ours);
      expect(ok.header('Contact')).toBe('<sip:alice-1@192.0.2.1:5060>');
      await peer.waits(500);
      expect((await peer.hears('200')).text).toBe(ok.text);
      await asks('ACK');
      await peer.waits(40_000);

      await peer.hearsNothing();
      expect(clock.timers).toBe(0);
    });

    test('offerless: our 200 offers, the ACK answers', async () => {
      const { peer, offers, asks } = await established(role);
      const answers: (string | undefined)[] = [];

      await asks('INVITE');
      await peer.hears('100');
      expect(offers[0]!.sdp).toBeUndefined();
      offers[0]!.accept(ours, (sdp) => answers.push(sdp));
      await peer.hears('200');
      await asks('ACK', { body: theirs });
      await asks('ACK', { body: theirs });

      expect(answers).toEqual([theirs]);
    });

    test('no ACK to our 200: the call ends with BYE', async () => {
      const made = await established(role);
      const { peer, offers, asks, events } = made;

      await asks('INVITE', { body: theirs });
      offers[0]!.accept(ours);
      await peer.waits(32_000);

      const bye = peer.drain().find((one) => one.text.startsWith('BYE'));
      await peer.answers(bye!, '200 OK');
      expect(events).toEqual(['ended failure 408']);
      await expectNothingLeft(made);
    });

    test('our refusal goes out, and another change may come', async () => {
      const { peer, offers, asks, session } = await established(role);

      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      offers[0]!.reject(488);
      await peer.hears('488');
      offers[0]!.accept(ours);
      await asks('UPDATE', { body: theirs });
      offers[1]!.accept(ours);

      await peer.hears('200');
      expect(session.state).toBe('confirmed');
    });

    test('UPDATE: 200 with our answer, without an ACK', async () => {
      const { peer, offers, asks } = await established(role);

      await asks('UPDATE', { body: theirs, headers: [] });
      expect(offers[0]).toMatchObject({ method: 'UPDATE', sdp: theirs });
      offers[0]!.accept(ours);

      expect((await peer.hears('200')).body).toBe(ours);
      await peer.waits(40_000);
      await peer.hearsNothing();
    });

    test('UPDATE without SDP is a refresh that nobody has to answer', async () => {
      const { peer, offers, asks } = await established(role);

      await asks('UPDATE');

      const ok = await peer.hears('200');
      expect(ok.header('Contact')).toContain('alice-1');
      expect(offers).toEqual([]);
    });

    test('an owner that takes no changes: 488; one that forgets to answer: 488 after timer C', async () => {
      const made = await established(role, ['reoffered']);
      await made.asks('INVITE', { body: theirs });
      await made.peer.hears('100');
      await made.peer.hears('488');

      const forgetful = await established(role);
      await forgetful.asks('INVITE', { body: theirs });
      await forgetful.peer.hears('100');
      await forgetful.peer.waits(181_000);
      await forgetful.peer.hears('488');
    });

    test('its CANCEL ends the change, not the call', async () => {
      const { peer, offers, asks, session } = await established(role);
      let cancelled = 0;
      await asks('INVITE', { body: theirs, branch: 'z9hG4bKre' });
      await peer.hears('100');
      offers[0]!.onCancel = () => (cancelled += 1);

      await asks('CANCEL', { branch: 'z9hG4bKre', cseq: 101 });

      await peer.hears('200');
      await peer.hears('487');
      expect(cancelled).toBe(1);
      expect(session.state).toBe('confirmed');
    });

    test('its BYE ends a change that is not answered', async () => {
      const { peer, offers, asks, events } = await established(role);
      let cancelled = 0;
      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      offers[0]!.onCancel = () => (cancelled += 1);

      await asks('BYE');

      await peer.hears('200');
      await peer.hears('487');
      expect(cancelled).toBe(1);
      expect(events).toEqual(['ended peer 200']);
    });

    test('a body that is no SDP: 415', async () => {
      const { peer, offers, asks } = await established(role);

      await asks('INVITE', { body: 'hello\n', type: 'text/plain' });

      await peer.hears('100');
      await peer.hears('415');
      expect(offers).toEqual([]);
    });
  });

  describe(`glare (${role})`, () => {
    test('the peer offers while our re-INVITE is with it: 491, and it is not the owner who hears', async () => {
      const { peer, session, asks, offers } = await established(role);
      void session.reinvite(ours);
      const invite = await peer.hears('INVITE');

      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      await peer.hears('491');
      await asks('UPDATE', { body: theirs });
      await peer.hears('491');
      await peer.answers(invite, '200 OK', { sdp: theirs });
      await peer.hears('ACK');
      await asks('INVITE', { body: theirs });
      await peer.hears('100');

      expect(offers).toHaveLength(1);
    });

    test('the peer offers a second time before the first is answered: 500 with Retry-After', async () => {
      const { peer, asks, offers } = await established(role);
      await asks('INVITE', { body: theirs });
      await peer.hears('100');

      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      const refused = await peer.hears('500');

      expect(Number(refused.header('Retry-After'))).toBeLessThanOrEqual(10);
      expect(offers).toHaveLength(1);
    });

    test('the peer offers again before it has acknowledged our 200: 491', async () => {
      const { peer, asks, offers } = await established(role);
      await asks('INVITE');
      await peer.hears('100');
      offers[0]!.accept(ours);
      await peer.hears('200');

      await asks('UPDATE', { body: theirs });

      await peer.hears('491');
      expect(offers).toHaveLength(1);
    });

    test('both got 491: the peer comes first, ours follows when the peer is done', async () => {
      const { peer, session, asks, offers } = await established(role);
      const changed = session.reinvite(ours);
      await peer.answers(await peer.hears('INVITE'), '491 Request Pending');
      await peer.hears('ACK');

      await asks('INVITE', { body: theirs });
      await peer.hears('100');
      await peer.waits(4_000);
      await peer.hearsNothing();
      offers[0]!.accept(ours);
      await peer.hears('200');
      await asks('ACK');
      await peer.waits(4_000);
      await peer.answers(await peer.hears('INVITE'), '200 OK', { sdp: theirs });

      expect((await changed).status).toBe(200);
    });
  });

  describe(`requests in the call (${role})`, () => {
    test('ours settle with the final response', async () => {
      const { peer, session } = await established(role);

      const asked = session.requestInDialog('INFO', {
        body: 'Signal=5',
        contentType: 'application/dtmf-relay',
      });
      const info = await peer.hears('INFO sip:peer@192.0.2.9:5060');
      await peer.answers(info, '200 OK');

      expect(info.header('Content-Type')).toBe('application/dtmf-relay');
      expect((await asked).status).toBe(200);
      session.end();
      await expect(session.requestInDialog('INFO')).rejects.toMatchObject({ code: 'wrong-state' });
    });

    test('the peer vanishes: 408 is made up after timer F, after the retransmissions of §17.1.2.2', async () => {
      const { peer, session, stack } = await established(role);

      const asked = session.requestInDialog('INFO');
      await peer.waits(32_000);

      expect((await asked).status).toBe(408);
      expect(peer.drain().filter(({ text }) => text.startsWith('INFO'))).toHaveLength(11);
      expect(stack.stats['timerF']).toBe(1);
    });

    for (const method of ['INFO', 'MESSAGE', 'OPTIONS', 'UPDATE'])
      for (const status of ['481 Call/Transaction Does Not Exist', '408 Request Timeout'])
        test(`RFC 5057 §5.1, RFC 3261 §12.2.1.2: ${status} to our ${method} ends the call`, async () => {
          const made = await established(role);
          const { peer, session, events } = made;

          const asked = session.requestInDialog(method);
          await peer.answers(await peer.hears(method), status);

          expect((await asked).status).toBe(Number(status.slice(0, 3)));
          expect(events).toEqual([`ended failure ${status.slice(0, 3)}`]);
          if (status.startsWith('408')) await peer.answers(await peer.hears('BYE'), '200 OK');
          await peer.hearsNothing();
          await expectNothingLeft(made);
        });

    for (const [method, status] of [
      ['NOTIFY', '481 Subscription Does Not Exist'],
      ['SUBSCRIBE', '481 Subscription Does Not Exist'],
      ['INFO', '415 Unsupported Media Type'],
      ['INFO', '405 Method Not Allowed'],
      ['MESSAGE', '404 Not Found'],
    ] as const)
      test(`RFC 5057 §5.1: ${status} to our ${method} says nothing about the call`, async () => {
        const { peer, session, events } = await established(role);

        const asked = session.requestInDialog(method);
        await peer.answers(await peer.hears(method), status);

        await asked;
        expect([session.state, events]).toEqual(['confirmed', []]);
      });

    test('INFO, REFER, NOTIFY and MESSAGE of the peer go to the owner', async () => {
      const { peer, asks, requests } = await established(role);

      for (const method of ['INFO', 'REFER', 'NOTIFY', 'MESSAGE']) {
        await asks(method);
        requests.at(-1)!.respond(202);
        await peer.hears('202');
      }

      expect(requests.map((one) => one.request.method)).toEqual(['INFO', 'REFER', 'NOTIFY', 'MESSAGE']);
    });

    test('without an owner for them: 405 with Allow; OPTIONS is always answered', async () => {
      const { peer, asks } = await established(role, ['request']);

      await asks('INFO');
      expect((await peer.hears('405')).header('Allow')).toBe(
        'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY',
      );
      await asks('OPTIONS');
      expect((await peer.hears('200')).header('Accept')).toBe('application/sdp');
    });

    test('RFC 3261 §21.5.2: a method that nobody knows: 501; one that does not belong here: 405; an extension that we do not have: 420; a lower CSeq: 500', async () => {
      const { peer, asks, requests } = await established(role);

      await asks('JUGGLE');
      expect((await peer.hears('501')).header('Allow')).toContain('INFO');
      await asks('PUBLISH');
      expect((await peer.hears('405')).header('Allow')).toContain('INFO');
      await asks('INFO', { headers: ['Require: foo'] });
      expect((await peer.hears('420')).header('Unsupported')).toBe('foo');
      await asks('INFO', { cseq: 3 });
      await peer.hears('500');
      expect(requests).toEqual([]);
    });

    test('the owner throws: 500, and that call ends', async () => {
      const { peer, asks, requests, events, errors } = await established(role);
      requests.push = () => {
        throw new Error('ours');
      };

      await asks('INFO');

      await peer.hears('500');
      await peer.hears('BYE');
      expect(events).toEqual(['ended failure 500']);
      expect(errors).toHaveLength(1);
    });
  });
}

test('a call that ends leaves no timer behind', async () => {
  const made = await established('uac');
  made.session.end();
  await made.peer.answers(await made.peer.hears('BYE'), '200 OK');
  await made.clock.advance(64_000);

  expect(made.clock.timers).toBe(0);
});
