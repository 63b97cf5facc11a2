import { describe, expect, test } from 'vitest';
import { calledBy, calling } from './early.ts';
import type { CalledEarly, Calling } from './early.ts';
import { established, ourSdp, peerSdp } from './established.ts';
import { expectNothingLeft } from './ladder.ts';

const ours = `${ourSdp}a=ours\r\n`;
const theirs = `${peerSdp}a=theirs\r\n`;

/** Offer and answer are agreed on before anybody has picked up. */
async function callingAgreed(): Promise<Calling> {
  const made = await calling();
  await made.ringsReliably(1, { sdp: peerSdp });
  await made.peer.answers(await made.peer.hears('PRACK'), '200 OK');
  return made;
}

async function calledAgreed() {
  const made: CalledEarly = await calledBy();
  made.session.ring(183, { body: ourSdp, reliable: true });
  const ringing = await made.peer.hears('183');
  await made.pracks(ringing);
  await made.peer.hears('200');
  return { ...made, ask: made.asks(ringing) };
}

describe('RFC 3311 §5.1: our UPDATE before the call is up', () => {
  test('as caller, once a reliable 183 has answered', async () => {
    const { peer, session, invite } = await callingAgreed();

    const changed = session.reinvite(ours);
    const update = await peer.hears('UPDATE sip:peer@192.0.2.9:5060');
    await peer.answers(update, '200 OK', { sdp: theirs, contact: '<sip:moved@192.0.2.9:5060>' });

    expect(await changed).toEqual({ status: 200, reason: 'OK', sdp: theirs });
    expect(update.body).toBe(ours);
    expect(update.header('Contact')).toBe('<sip:alice-1@192.0.2.1:5060>');
    expect(update.header('Allow')).toContain('UPDATE');
    await peer.hearsNothing();
    await peer.answers(invite, '200 OK', { contact: '' });
    await peer.hears('ACK sip:moved@192.0.2.9:5060');
  });

  test('as the one who is called, once the PRACK to our answer has come', async () => {
    const { peer, session } = await calledAgreed();

    const changed = session.reinvite(ours);
    await peer.answers(await peer.hears('UPDATE'), '200 OK', { sdp: theirs });

    expect((await changed).sdp).toBe(theirs);
    session.accept(ours);
    expect((await peer.hears('200')).body).toBe('');
  });

  test('not before an agreement, not to a peer that does not list it, not without an offer', async () => {
    const early = await calling();
    await early.peer.answers(early.invite, '183 Session Progress', {
      sdp: peerSdp,
      headers: ['Allow: UPDATE'],
    });
    await expect(early.session.reinvite(ours)).rejects.toMatchObject({ code: 'wrong-state' });

    const silent = await calling();
    await silent.peer.answers(silent.invite, '183 Session Progress', {
      sdp: peerSdp,
      headers: ['Require: 100rel', 'RSeq: 1'],
    });
    await expect(silent.session.reinvite(ours)).rejects.toMatchObject({ code: 'wrong-state' });

    const agreed = await callingAgreed();
    await expect(agreed.session.reinvite(undefined)).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(agreed.session.reinvite(ours, { method: 'INVITE' })).rejects.toMatchObject({
      code: 'wrong-state',
    });
  });

  test('the fork named gets it', async () => {
    const { peer, session, ringsReliably } = await calling();
    for (const tag of ['a', 'b']) {
      await ringsReliably(1, { tag, sdp: peerSdp });
      await peer.answers(await peer.hears('PRACK'), '200 OK');
    }

    void session.reinvite(ours, { fork: 'b' });

    expect((await peer.hears('UPDATE')).toTag).toBe('b');
    await expect(session.reinvite(ours, { fork: 'c' })).rejects.toMatchObject({ code: 'wrong-state' });
  });

  test('another fork answers the call meanwhile: the UPDATE is settled as 487, its late 200 does no harm', async () => {
    const made = await calling();
    const { peer, session, invite, ringsReliably } = made;
    await ringsReliably(1, { tag: 'a', sdp: peerSdp });
    await peer.answers(await peer.hears('PRACK'), '200 OK');
    const changed = session.reinvite(ours);
    const update = await peer.hears('UPDATE');

    await peer.answers(invite, '200 OK', { tag: 'b', sdp: peerSdp });
    await peer.hears('ACK');
    await peer.answers(update, '200 OK', { sdp: theirs });

    expect((await changed).status).toBe(487);
    session.end();
    await peer.answers(await peer.hears('BYE'), '200 OK');
    await expectNothingLeft(made);
  });
});

describe('RFC 3311 §5.2: the peer’s UPDATE before the call is up', () => {
  test('with an agreement it is the owner’s, and our 200 answers', async () => {
    const calls = await callingAgreed();
    await calls.asks('peer')('UPDATE', { body: theirs });
    expect(calls.offers[0]).toMatchObject({ method: 'UPDATE', sdp: theirs });
    calls.offers[0]!.accept(ours);
    expect((await calls.peer.hears('200')).body).toBe(ours);

    const called = await calledAgreed();
    await called.ask('UPDATE', { body: theirs });
    called.offers[0]!.accept(ours);
    expect((await called.peer.hears('200')).body).toBe(ours);
  });

  test('while our own offer waits for its answer: 491', async () => {
    const calls = await calling();
    await calls.peer.answers(calls.invite, '183 Session Progress', { sdp: peerSdp });
    await calls.asks('peer')('UPDATE', { body: theirs });
    await calls.peer.hears('491');

    const offerless = await calledBy({ sdp: '' });
    offerless.session.ring(183, { body: ourSdp, reliable: true });
    const ringing = await offerless.peer.hears('183');
    await offerless.asks(ringing)('UPDATE', { body: theirs });
    await offerless.peer.hears('491');

    expect([...calls.offers, ...offerless.offers]).toEqual([]);
  });

  test('while its own offer waits for our answer: 500 with Retry-After of at most ten seconds', async () => {
    const { peer, session, asks, offers } = await calledBy();
    session.ring();
    const ringing = await peer.hears('180');

    await asks(ringing)('UPDATE', { body: theirs });

    const refused = await peer.hears('500');
    expect(Number(refused.header('Retry-After'))).toBeLessThanOrEqual(10);
    expect(refused.header('Retry-After')).not.toBe('');
    expect(offers).toEqual([]);
  });

  test('without an offer it moves the peer’s Contact, and nobody is asked', async () => {
    const { peer, session, asks, offers } = await calledBy();
    session.ring();
    const ringing = await peer.hears('180');

    await asks(ringing)('UPDATE', { headers: [] });

    expect((await peer.hears('200')).header('Contact')).toContain('alice-1');
    expect(offers).toEqual([]);
    expect(session.state).toBe('early');
  });

  test('a second INVITE before the first is answered: 500 (RFC 3261 §14.2); while ours is: 491', async () => {
    const called = await calledAgreed();
    await called.ask('INVITE', { body: theirs });
    await called.peer.hears('100');
    await called.peer.hears('500');

    const calls = await callingAgreed();
    await calls.asks('peer')('INVITE', { body: theirs });
    await calls.peer.hears('100');
    await calls.peer.hears('491');
  });

  test('an owner who asks a person first loses it: 504 while the peer still waits', async () => {
    const { peer, ask, offers } = await calledAgreed();
    await ask('UPDATE', { body: theirs });

    await peer.waits(27_000);

    await peer.hears('504');
    offers[0]!.accept(ours);
    await peer.hearsNothing();
  });
});

for (const role of ['uac', 'uas'] as const) {
  describe(`RFC 3311: our UPDATE in the call (${role})`, () => {
    test('where the owner wants it instead of a re-INVITE', async () => {
      const { peer, session } = await established(role);

      const changed = session.reinvite(ours, { method: 'UPDATE', headers: [['X-Why', 'hold']] });
      const update = await peer.hears('UPDATE');
      await peer.answers(update, '200 OK', { sdp: theirs });

      expect(update.header('X-Why')).toBe('hold');
      expect(await changed).toEqual({ status: 200, reason: 'OK', sdp: theirs });
      await peer.hearsNothing();
    });

    test('a refusal leaves the call as it was', async () => {
      const { peer, session, events } = await established(role);

      const changed = session.reinvite(ours, { method: 'UPDATE' });
      await peer.answers(await peer.hears('UPDATE'), '488 Not Acceptable Here');

      expect((await changed).status).toBe(488);
      expect(session.state).toBe('confirmed');
      expect(events).toEqual([]);
    });

    test('§5.3: 491 is tried again after the time that the role asks for', async () => {
      const { peer, session } = await established(role);
      const changed = session.reinvite(ours, { method: 'UPDATE' });
      const first = await peer.hears('UPDATE');

      await peer.answers(first, '491 Request Pending');
      await peer.waits(role === 'uac' ? 2_099 : 9);
      await peer.hearsNothing();
      await peer.waits(4_000);
      const second = await peer.hears('UPDATE');
      await peer.answers(second, '200 OK', { sdp: theirs });

      expect(second.cseq).toBe(first.cseq + 1);
      expect((await changed).status).toBe(200);
    });

    for (const method of ['INVITE', 'UPDATE'] as const) {
      test(`500 with Retry-After: the ${method} is tried again when the peer says, but not for longer than ten seconds`, async () => {
        const { peer, session } = await established(role);
        const ack = () => (method === 'INVITE' ? peer.hears('ACK') : undefined);
        const changed = session.reinvite(ours, { method });

        await peer.answers(await peer.hears(method), '500 Busy', { headers: ['Retry-After: 3 (soon)'] });
        await ack();
        await peer.waits(2_999);
        await peer.hearsNothing();
        await peer.waits(100);
        await peer.answers(await peer.hears(method), '500 Busy', { headers: ['Retry-After: 3600'] });
        await ack();

        expect((await changed).status).toBe(500);
      });
    }

    test('481 says that the peer has no such call: it ends', async () => {
      const made = await established(role);
      const changed = made.session.reinvite(ours, { method: 'UPDATE' });

      await made.peer.answers(await made.peer.hears('UPDATE'), '481 Call/Transaction Does Not Exist');

      expect((await changed).status).toBe(481);
      expect(made.events).toEqual(['ended failure 481']);
      await expectNothingLeft(made);
    });

    test('the peer’s offers meet 491 while our UPDATE is with it', async () => {
      const { peer, session, asks } = await established(role);
      void session.reinvite(ours, { method: 'UPDATE' });
      await peer.hears('UPDATE');

      await asks('UPDATE', { body: theirs });
      await peer.hears('491');
      await asks('INVITE', { body: theirs });
      await peer.hears('100');

      await peer.hears('491');
    });
  });
}
