import { describe, expect, test } from 'vitest';
import { calledBy, calling } from './early.ts';
import { ourSdp, peerSdp } from './established.ts';
import { expectNothingLeft } from './ladder.ts';

const early = `${peerSdp}a=early\r\n`;
const ours = `${ourSdp}a=ours\r\n`;

describe('RFC 3262 §4: we call', () => {
  test('a reliable 183 is acknowledged with PRACK, and its answer is the owner’s', async () => {
    const made = await calling();
    const { peer, invite, events, ringsReliably } = made;

    await ringsReliably(7, { sdp: early });
    const prack = await peer.hears('PRACK sip:peer@192.0.2.9:5060');

    expect(invite.header('Supported')).toContain('100rel');
    expect(prack.header('RAck')).toBe('7 1 INVITE');
    expect(prack.cseq).toBe(2);
    expect(prack.toTag).toBe('peer');
    expect(prack.body).toBe('');
    expect(events).toEqual([`provisional 183 ${early.trim()}`]);
    await peer.answers(prack, '200 OK');
    await peer.answers(invite, '486 Busy Here');
    await peer.hears('ACK');
    await expectNothingLeft(made);
  });

  test('a retransmission is not acknowledged again, for the PRACK is repeated by its transaction', async () => {
    const { peer, events, ringsReliably } = await calling();

    await ringsReliably(7, { sdp: early });
    await peer.answers(await peer.hears('PRACK'), '200 OK');
    await ringsReliably(7, { sdp: early });

    await peer.hearsNothing();
    expect(events).toHaveLength(1);
  });

  test('one that comes before its turn is neither acknowledged nor shown, until it comes again in order', async () => {
    const { peer, events, ringsReliably } = await calling();
    await ringsReliably(7, { status: '180 Ringing' });
    await peer.answers(await peer.hears('PRACK'), '200 OK');

    await ringsReliably(9);
    await peer.hearsNothing();
    await ringsReliably(8);
    expect((await peer.hears('PRACK')).header('RAck')).toBe('8 1 INVITE');
    await ringsReliably(9);

    expect((await peer.hears('PRACK')).header('RAck')).toBe('9 1 INVITE');
    expect(events).toEqual(['provisional 180', 'provisional 183', 'provisional 183']);
  });

  test('each fork counts for itself', async () => {
    const { peer, ringsReliably } = await calling();

    await ringsReliably(7, { tag: 'a' });
    await ringsReliably(900, { tag: 'b' });

    const [first, second] = [await peer.hears('PRACK'), await peer.hears('PRACK')];
    expect([first.toTag, first.header('RAck')]).toEqual(['a', '7 1 INVITE']);
    expect([second.toTag, second.header('RAck')]).toEqual(['b', '900 1 INVITE']);
  });

  test('an RSeq that is missing or no number: the response does not count', async () => {
    const { peer, invite, events } = await calling();

    for (const headers of [['Require: 100rel'], ['Require: 100rel', 'RSeq: x']])
      await peer.answers(invite, '183 Session Progress', { headers });

    await peer.hearsNothing();
    expect(events).toEqual([]);
  });

  test('the 200 needs no SDP then: the answer of the 183 is the call’s', async () => {
    const { peer, invite, events, session, ringsReliably } = await calling();
    await ringsReliably(1, { sdp: early });
    await peer.answers(await peer.hears('PRACK'), '200 OK');

    await peer.answers(invite, '200 OK');

    const ack = await peer.hears('ACK');
    expect(ack.cseq).toBe(1);
    expect(events.at(-1)).toBe(`accepted 200 ${early.trim()}`);
    session.end();
    expect((await peer.hears('BYE')).cseq).toBe(3);
  });

  test('a PRACK that is refused or not answered does not end the call', async () => {
    const { peer, invite, events, ringsReliably } = await calling();
    await ringsReliably(1);
    await peer.answers(await peer.hears('PRACK'), '481 Call/Transaction Does Not Exist');
    await ringsReliably(2);
    await peer.hears('PRACK');
    await peer.waits(32_000);
    peer.drain();

    await peer.answers(invite, '200 OK', { sdp: peerSdp });

    await peer.hears('ACK');
    expect(events.at(-1)).toBe(`accepted 200 ${peerSdp.trim()}`);
  });

  test('a fork that lost answers late: its BYE goes on counting where its PRACK stopped', async () => {
    const { peer, invite, ringsReliably } = await calling();
    await ringsReliably(1, { tag: 'a' });
    await peer.answers(await peer.hears('PRACK'), '200 OK');
    await peer.answers(invite, '200 OK', { tag: 'b', sdp: peerSdp });
    expect((await peer.hears('ACK')).toTag).toBe('b');

    await peer.answers(invite, '200 OK', { tag: 'a', sdp: peerSdp });

    expect(await peer.hears('ACK')).toMatchObject({ toTag: 'a', cseq: 1 });
    expect(await peer.hears('BYE')).toMatchObject({ toTag: 'a', cseq: 3 });
  });
});

describe('RFC 3262 §5: we call without an offer', () => {
  test('the reliable 183 offers, the PRACK answers, the ACK says nothing more', async () => {
    const { peer, invite, earlyOffers, events, session, ringsReliably } = await calling({
      sdp: '',
      takesEarlyOffers: true,
    });

    await ringsReliably(1, { sdp: early });
    await peer.hearsNothing();
    expect(earlyOffers[0]).toMatchObject({ status: 183, sdp: early, fork: 'peer' });
    earlyOffers[0]!.answer(ours);
    earlyOffers[0]!.answer(ours);
    const prack = await peer.hears('PRACK');
    await peer.answers(prack, '200 OK');
    await peer.answers(invite, '200 OK');

    expect(invite.header('Supported')).toContain('100rel');
    expect(prack.body).toBe(ours);
    expect((await peer.hears('ACK')).body).toBe('');
    expect(events).toEqual(['accepted 200']);
    expect(session.state).toBe('confirmed');
  });

  test('an owner who cannot answer so early does not invite it, and one who offers all the same is not heard', async () => {
    const { peer, invite, events, session, ringsReliably } = await calling({ sdp: '' });
    expect(invite.header('Supported')).not.toContain('100rel');

    await ringsReliably(1, { sdp: early });
    await peer.answers(invite, '200 OK', { sdp: peerSdp });
    session.ack(ours);

    expect((await peer.hears('ACK')).body).toBe(ours);
    expect(events).toEqual(['provisional 183', `accepted 200 ${peerSdp.trim()}`]);
  });

  test('another fork answers than the one we agreed with: its offer wants an answer of its own', async () => {
    const { peer, invite, earlyOffers, events, session, ringsReliably } = await calling({
      sdp: '',
      takesEarlyOffers: true,
    });
    await ringsReliably(1, { sdp: early, tag: 'a' });
    earlyOffers[0]!.answer(ours);
    await peer.answers(await peer.hears('PRACK'), '200 OK');

    await peer.answers(invite, '200 OK', { sdp: peerSdp, tag: 'b' });
    await peer.hearsNothing();
    session.ack(ours);

    expect(await peer.hears('ACK')).toMatchObject({ toTag: 'b', body: ours });
    expect(events).toEqual([`accepted 200 ${peerSdp.trim()}`]);
  });

  test('we give up before we have answered: CANCEL, and no PRACK any more', async () => {
    const made = await calling({ sdp: '', takesEarlyOffers: true });
    const { peer, invite, earlyOffers, session, ringsReliably } = made;
    await ringsReliably(1, { sdp: early });

    session.end();
    earlyOffers[0]!.answer(ours);

    await peer.answers(await peer.hears('CANCEL'), '200 OK');
    await peer.answers(invite, '487 Request Terminated');
    await peer.hears('ACK');
    await peer.hearsNothing();
    await expectNothingLeft(made);
  });
});

describe('RFC 3262 §3: we are called', () => {
  const required = { headers: ['Require: 100rel'] };

  test('a caller that requires it hears a reliable 180, repeated from T1 on until its PRACK', async () => {
    const made = await calledBy(required);
    const { peer, session, events, pracks, cancels } = made;

    session.ring();
    const ringing = await peer.hears('180');
    await peer.waits(500);
    expect((await peer.hears('180')).text).toBe(ringing.text);
    await peer.waits(999);
    await peer.hearsNothing();
    await peer.waits(1);
    await peer.hears('180');
    await pracks(ringing);
    await peer.hears('200');
    await peer.waits(20_000);
    await peer.hearsNothing();

    expect(ringing.header('Require')).toBe('100rel');
    expect(Number(ringing.header('RSeq'))).toBeGreaterThan(0);
    await cancels();
    await peer.hears('200');
    await peer.hears('487');
    expect(events).toEqual(['ended peer 487']);
    await expectNothingLeft(made);
  });

  test('a caller that only supports it hears a plain 180, unless the owner wants it reliable', async () => {
    const { peer, session } = await calledBy();

    session.ring();
    expect((await peer.hears('180')).header('RSeq')).toBe('');
    session.ring(183, { body: ourSdp, reliable: true });

    expect((await peer.hears('183')).header('RSeq')).not.toBe('');
  });

  test('a caller that does not know it never hears it', async () => {
    const { peer, session } = await calledBy({ headers: [] });

    session.ring(183, { body: ourSdp, reliable: true });

    expect((await peer.hears('183')).header('Require')).toBe('');
  });

  test('the second waits for the PRACK to the first, and counts on', async () => {
    const { peer, session, pracks } = await calledBy(required);

    session.ring();
    session.ring(183);
    const first = await peer.hears('180');
    await peer.hearsNothing();
    await pracks(first);

    await peer.hears('200');
    const second = await peer.hears('183');
    expect(Number(second.header('RSeq'))).toBe(Number(first.header('RSeq')) + 1);
  });

  test('a PRACK for something else: 481, and the repetition goes on', async () => {
    const { peer, session, asks } = await calledBy(required);
    session.ring();
    const ringing = await peer.hears('180');
    const rSeq = Number(ringing.header('RSeq'));

    for (const rack of [`${rSeq + 1} 100 INVITE`, `${rSeq} 99 INVITE`, `${rSeq} 100 OPTIONS`, 'x']) {
      await asks(ringing)('PRACK', { headers: [`RAck: ${rack}`] });
      await peer.hears('481');
    }
    await peer.waits(500);

    await peer.hears('180');
  });

  test('no PRACK for 64*T1: 504, and the call is over', async () => {
    const made = await calledBy(required);
    made.session.ring();
    await made.peer.waits(32_000);

    const refused = made.peer.drain().find((one) => one.text.startsWith('SIP/2.0 504'));
    expect(refused).toBeDefined();
    expect(made.events).toEqual(['ended failure 408']);
    await expectNothingLeft(made);
  });

  test('a 200 does not wait for the PRACK to a 180 without SDP, and that PRACK is still taken', async () => {
    const { peer, session, pracks } = await calledBy(required);
    session.ring();
    const ringing = await peer.hears('180');

    session.accept(ourSdp);
    expect((await peer.hears('200')).body).toBe(ourSdp);
    await pracks(ringing);

    expect((await peer.hears('200')).header('CSeq')).toBe('101 PRACK');
  });

  test('a 200 waits for the PRACK to an early answer, and does not say it again', async () => {
    const { peer, session, events, pracks, asks } = await calledBy(required);
    session.ring(183, { body: ourSdp });
    const ringing = await peer.hears('183');

    session.accept(ourSdp);
    await peer.hearsNothing();
    expect(session.state).toBe('early');
    await pracks(ringing);
    await peer.hears('200');
    const ok = await peer.hears('200');
    await asks(ok)('ACK');

    expect(ok.header('CSeq')).toBe('100 INVITE');
    expect(ok.body).toBe('');
    expect(events).toEqual(['confirmed']);
  });

  test('the caller gives up while the 200 waits: 487, and no 200', async () => {
    const made = await calledBy(required);
    const { peer, session, cancels, pracks } = made;
    session.ring(183, { body: ourSdp });
    const ringing = await peer.hears('183');
    session.accept(ourSdp);

    await cancels();
    await peer.hears('200');
    await peer.hears('487');
    await pracks(ringing);

    await peer.hears('481');
    await expectNothingLeft(made);
  });

  test('offerless: our 183 offers, its PRACK answers, the 200 and the ACK are bare', async () => {
    const { peer, session, events, pracks, asks } = await calledBy({ sdp: '' });
    const answers: (string | undefined)[] = [];

    session.ring(183, { body: ourSdp, reliable: true, acknowledged: (sdp) => answers.push(sdp) });
    await pracks(await peer.hears('183'), { body: early });
    await peer.hears('200');
    session.accept();
    const ok = await peer.hears('200');
    await asks(ok)('ACK');

    expect(answers).toEqual([early]);
    expect(ok.body).toBe('');
    expect(events).toEqual(['confirmed']);
  });

  test('the PRACK to our answer may bring the next offer; its 200 answers', async () => {
    const { peer, session, offers, pracks } = await calledBy(required);
    session.ring(183, { body: ourSdp });

    await pracks(await peer.hears('183'), { body: early });
    expect(offers[0]).toMatchObject({ method: 'PRACK', sdp: early });
    offers[0]!.accept(ours);

    expect((await peer.hears('200')).body).toBe(ours);
  });

  test('it still rings after a minute: a new reliable response each time, not the old one', async () => {
    const { peer, session, pracks } = await calledBy(required);
    session.ring();
    const first = await peer.hears('180');
    await pracks(first);
    await peer.hears('200');

    await peer.waits(60_000);

    expect(Number((await peer.hears('180')).header('RSeq'))).toBe(Number(first.header('RSeq')) + 1);
  });
});
