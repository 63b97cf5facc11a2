import { describe, expect, test } from 'vitest';
import type { IncomingInvite, IncomingReferral, InviteSession } from '../src/contract.ts';
import { established, ourSdp, peerSdp } from './established.ts';
import type { Established } from './established.ts';
import { expectNothingLeft, recorder } from './ladder.ts';

/** All that a REFER of ours came to, as short lines. */
function reports() {
  const lines: string[] = [];
  return {
    lines,
    handler: {
      accepted: ({ status, reports: will }: { status: number; reports: boolean }) =>
        void lines.push(`accepted ${status}${will ? '' : ', no reports'}`),
      progress: ({ status }: { status: number }) => void lines.push(`progress ${status}`),
      ended: ({ status, refused }: { status: number; refused: boolean }) =>
        void lines.push(`ended ${status}${refused ? ', refused' : ''}`),
    },
  };
}

const says = (asks: Established['asks'], status: string, state = 'active;expires=60', event = 'refer') =>
  asks('NOTIFY', {
    headers: [`Event: ${event}`, `Subscription-State: ${state}`],
    type: 'message/sipfrag;version=2.0',
    body: `SIP/2.0 ${status}\n`,
  });

for (const role of ['uac', 'uas'] as const) {
  describe(`RFC 3515: we transfer the peer (${role})`, () => {
    test('REFER names whom to call and who says so; the reports come to the owner', async () => {
      const { peer, session, asks } = await established(role);
      const { lines, handler } = reports();

      session.refer('sip:carol@example.org', handler);
      const refer = await peer.hears('REFER sip:peer@192.0.2.9:5060');
      await peer.answers(refer, '202 Accepted');
      await says(asks, '100 Trying');
      await peer.hears('200');
      await says(asks, '180 Ringing');
      await peer.hears('200');
      await says(asks, '200 OK', 'terminated;reason=noresource');
      await peer.hears('200');

      expect(refer.header('Refer-To')).toBe('<sip:carol@example.org>');
      expect(refer.header('Referred-By')).toBe('<sip:alice@example.org>');
      expect(refer.header('Contact')).toBe('<sip:alice-1@192.0.2.1:5060>');
      expect(lines).toEqual(['accepted 202', 'progress 100', 'progress 180', 'ended 200']);
      await says(asks, '200 OK');
      expect(session.state).toBe('confirmed');
    });

    test('we hang up at once: the reports still come, and then nothing is left', async () => {
      const made = await established(role);
      const { peer, session, asks, stack } = made;
      const { lines, handler } = reports();
      session.refer('sip:carol@example.org', handler);
      await peer.answers(await peer.hears('REFER'), '202 Accepted');

      session.end();
      await peer.answers(await peer.hears('BYE'), '200 OK');
      expect(stack.counts().sessions).toBe(1);
      await says(asks, '503 Service Unavailable', 'terminated;reason=noresource');

      await peer.hears('200');
      expect(lines.at(-1)).toBe('ended 503');
      await expectNothingLeft(made);
    });

    test('a refusal leaves the call as it was', async () => {
      const { peer, session, events } = await established(role);
      const { lines, handler } = reports();
      session.refer('sip:carol@example.org', handler);

      await peer.answers(await peer.hears('REFER'), '603 Decline');

      expect(lines).toEqual(['ended 603, refused']);
      expect(session.state).toBe('confirmed');
      expect(events).toEqual([]);
    });

    test('the peer stops reporting: 408 when the time it named is over', async () => {
      const { peer, session, asks } = await established(role);
      const { lines, handler } = reports();
      session.refer('sip:carol@example.org', handler);
      await peer.answers(await peer.hears('REFER'), '202 Accepted');
      await says(asks, '100 Trying');

      await peer.waits(60_000);

      expect(lines).toEqual(['accepted 202', 'progress 100', 'ended 408']);
    });

    test('RFC 4488: nobody is to report, and the peer agrees', async () => {
      const { peer, session } = await established(role);
      const { lines, handler } = reports();

      session.refer('sip:carol@example.org', handler, { progress: false });
      const refer = await peer.hears('REFER');
      await peer.answers(refer, '200 OK', { headers: ['Refer-Sub: false'] });

      expect(refer.header('Refer-Sub')).toBe('false');
      expect(lines).toEqual(['accepted 200, no reports', 'ended 200']);
    });

    test('§2.4.6: two at a time are told apart by the number of the REFER', async () => {
      const { peer, session, asks } = await established(role);
      const [first, second] = [reports(), reports()];
      session.refer('sip:carol@example.org', first.handler);
      session.refer('sip:dave@example.org', second.handler);
      const refers = [await peer.hears('REFER'), await peer.hears('REFER')];
      for (const refer of refers) await peer.answers(refer, '202 Accepted');

      await says(asks, '486 Busy Here', 'terminated', `refer;id=${refers[1]!.cseq}`);

      expect(first.lines).toEqual(['accepted 202']);
      expect(second.lines).toEqual(['accepted 202', 'ended 486']);
    });

    test('not before the call is up or after it, and only to an address', async () => {
      const { session } = await established(role);
      const { handler } = reports();

      expect(() => session.refer('mailto:carol@example.org', handler)).toThrow(/not a SIP/);
      session.end();
      expect(() => session.refer('sip:carol@example.org', handler)).toThrow(/REFER makes no sense/);
    });
  });

  describe(`RFC 3515: the peer transfers us (${role})`, () => {
    async function referred(headers: readonly string[] = ['Refer-To: <sip:carol@example.org>']) {
      const referrals: IncomingReferral[] = [];
      const made = await established(role, [], {}, [], { referred: (one) => void referrals.push(one) });
      await made.asks('REFER', { headers });
      return { ...made, referrals };
    }

    test('202, then each step of the new call in a NOTIFY of its own, the next not before the answer to the last', async () => {
      const { peer, referrals } = await referred([
        'Refer-To: <sip:carol@example.org>',
        'Referred-By: <sip:bob@example.org>',
      ]);
      expect(referrals[0]).toMatchObject({
        target: 'sip:carol@example.org',
        referredBy: '<sip:bob@example.org>',
      });

      referrals[0]!.accept();
      referrals[0]!.progress(180);
      referrals[0]!.progress(200);
      await peer.hears('202');
      const notifies = [];
      for (let count = 0; count < 3; count++) {
        const notify = await peer.hears('NOTIFY sip:peer@192.0.2.9:5060');
        await peer.hearsNothing();
        await peer.answers(notify, '200 OK');
        notifies.push(notify);
      }

      expect(notifies.map((one) => one.body.trim())).toEqual([
        'SIP/2.0 100 Trying',
        'SIP/2.0 180 Ringing',
        'SIP/2.0 200 OK',
      ]);
      expect(notifies[0]!.header('Event')).toBe('refer');
      expect(notifies[0]!.header('Content-Type')).toBe('message/sipfrag;version=2.0');
      expect(notifies.map((one) => one.header('Subscription-State').split(';')[0])).toEqual([
        'active',
        'active',
        'terminated',
      ]);
    });

    test('the peer hangs up meanwhile: it is told all the same', async () => {
      const made = await referred();
      const { peer, asks, referrals, events } = made;
      referrals[0]!.accept();
      await peer.hears('202');
      await peer.answers(await peer.hears('NOTIFY'), '200 OK');

      await asks('BYE');
      await peer.hears('200');
      referrals[0]!.progress(200);
      await peer.answers(await peer.hears('NOTIFY'), '200 OK');

      expect(events).toEqual(['ended peer 200']);
      await expectNothingLeft(made);
    });

    test('our refusal; an owner who forgets to answer; a peer that wants no reports', async () => {
      const refused = await referred();
      refused.referrals[0]!.reject(603);
      await refused.peer.hears('603');

      const forgotten = await referred();
      await forgotten.peer.waits(27_000);
      await forgotten.peer.hears('603');

      const silent = await referred(['Refer-To: <sip:carol@example.org>', 'Refer-Sub: false']);
      silent.referrals[0]!.accept();
      silent.referrals[0]!.progress(200);
      expect((await silent.peer.hears('202')).header('Refer-Sub')).toBe('false');
      await silent.peer.hearsNothing();
    });

    test('the peer ends the reports: by SUBSCRIBE with Expires 0, or by 481 to a NOTIFY', async () => {
      const { peer, asks, referrals } = await referred();
      referrals[0]!.accept();
      await peer.hears('202');
      await peer.answers(await peer.hears('NOTIFY'), '200 OK');
      await asks('SUBSCRIBE', { headers: ['Event: refer', 'Expires: 0'] });
      expect((await peer.hears('200')).header('Expires')).toBe('0');
      referrals[0]!.progress(200);
      await peer.hearsNothing();

      const gone = await referred();
      gone.referrals[0]!.accept();
      await gone.peer.hears('202');
      await gone.peer.answers(await gone.peer.hears('NOTIFY'), '481 Subscription Does Not Exist');
      gone.referrals[0]!.progress(200);
      await gone.peer.hearsNothing();
    });

    test('no Refer-To or two: 400; one that we cannot call: 416', async () => {
      for (const [headers, status] of [
        [[], '400'],
        [['Refer-To: <sip:a@example.org>', 'Refer-To: <sip:b@example.org>'], '400'],
        [['Refer-To: <mailto:a@example.org>'], '416'],
      ] as const) {
        const { peer, referrals } = await referred(headers);
        await peer.hears(status);
        expect(referrals).toEqual([]);
      }
    });
  });
}

describe('RFC 3891: one call takes the place of another', () => {
  const replacing = (facts: { callId: string; toTag: string; fromTag: string }, more = '') =>
    `Replaces: ${facts.callId};to-tag=${facts.toTag};from-tag=${facts.fromTag}${more}`;

  /** A call that stands, and an INVITE of somebody else that would replace it. */
  async function invited(header: (call: InviteSession, localTag: string) => readonly string[]) {
    const made = await established('uas');
    const incoming: IncomingInvite[] = [];
    const { events, handler } = recorder();
    made.userAgent.onInvite = (invite) => {
      incoming.push(invite);
      invite.attach(handler);
    };
    const localTag = /;tag=(.*)/.exec(made.ok!.header('To'))![1]!;
    await made.peer.sends(
      [
        `INVITE sip:alice-1@192.0.2.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKcarol
        From: <sip:carol@example.org>;tag=carol
        To: <sip:alice@example.org>
        Call-ID: call-2
        CSeq: 1 INVITE
        Contact: ${made.peer.contact}
        Require: replaces
        Content-Type: application/sdp`,
        ...header(made.session, localTag),
      ].join('\n') + `\n\n${peerSdp}`,
    );
    await made.peer.hears('100');
    return { ...made, incoming, newEvents: events };
  }

  test('the owner accepts the new one, and the old one gets its BYE', async () => {
    const { peer, incoming, session, events } = await invited(({ callId }, toTag) => [
      replacing({ callId, toTag, fromTag: 'peer' }),
    ]);

    expect(incoming[0]!.replaces).toBe(session);
    incoming[0]!.accept(ourSdp);

    expect((await peer.hears('200')).header('Call-ID')).toBe('call-2');
    expect((await peer.hears('BYE')).header('Call-ID')).toBe('call-1');
    expect(events).toEqual(['ended local 200']);
  });

  test('refusing the new one leaves the old one as it was', async () => {
    const { incoming, session } = await invited(({ callId }, toTag) => [
      replacing({ callId, toTag, fromTag: 'peer' }),
    ]);

    incoming[0]!.reject(486);

    expect(session.state).toBe('confirmed');
  });

  for (const [name, header, status] of [
    ['a call that is not there', () => [replacing({ callId: 'x', toTag: 'y', fromTag: 'z' })], '481'],
    [
      'another tag of the peer',
      ({ callId }: InviteSession, toTag: string) => [replacing({ callId, toTag, fromTag: 'z' })],
      '481',
    ],
    [
      'only a call that rings, and it is up',
      ({ callId }: InviteSession, toTag: string) => [
        replacing({ callId, toTag, fromTag: 'peer' }, ';early-only'),
      ],
      '486',
    ],
    ['two of them', () => ['Replaces: a;to-tag=b;from-tag=c', 'Replaces: d;to-tag=e;from-tag=f'], '400'],
    ['nonsense', () => ['Replaces: a'], '400'],
  ] as const) {
    test(`${name}: ${status}`, async () => {
      const { peer, incoming, session } = await invited(header);

      await peer.hears(status);
      expect(incoming).toEqual([]);
      expect(session.state).toBe('confirmed');
    });
  }

  test('attended transfer: Refer-To names the peer of our second call and that dialog', async () => {
    const made = await established('uac');
    const { peer, session, userAgent } = made;
    const second = userAgent.invite('sip:carol@192.0.2.9', recorder().handler, { sdp: ourSdp });
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '200 OK', {
      sdp: peerSdp,
      tag: 'carol',
      contact: '<sip:carol@192.0.2.9:5060>',
    });
    await peer.hears('ACK');

    session.refer(second, reports().handler);

    const dialog = `${second.callId};to-tag=carol;from-tag=${invite.fromTag}`;
    expect((await peer.hears('REFER')).header('Refer-To')).toBe(
      `<sip:carol@192.0.2.9:5060?Replaces=${encodeURIComponent(dialog)}>`,
    );
    expect(session.state).toBe('confirmed');
  });

  test('who is referred so finds whom to call, and its INVITE says what it replaces', async () => {
    const referrals: IncomingReferral[] = [];
    const { peer, asks, userAgent } = await established('uac', [], {}, [], {
      referred: (one) => void referrals.push(one),
    });
    await asks('REFER', {
      headers: [
        'Refer-To: <sip:carol@192.0.2.9?Replaces=c2%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>',
        'Referred-By: <sip:b@c>',
      ],
    });
    const { target, replaces, referredBy } = referrals[0]!;
    expect(target).toBe('sip:carol@192.0.2.9');

    userAgent.invite(target, recorder().handler, {
      sdp: ourSdp,
      ...(replaces && { replaces }),
      ...(referredBy !== undefined && { referredBy }),
    });

    const invite = await peer.hears('INVITE sip:carol@192.0.2.9 SIP/2.0');
    expect(invite.header('Replaces')).toBe('c2@x;to-tag=1;from-tag=2');
    expect(invite.header('Require')).toBe('replaces');
    expect(invite.header('Referred-By')).toBe('<sip:b@c>');
  });
});

test('RFC 6086 §4.2.2: an INFO of a package that we have not named: 469; one without a package is the owner’s', async () => {
  const { peer, asks, requests } = await established('uac');

  await asks('INFO', { headers: ['Info-Package: dtmf'] });
  await peer.hears('469');
  await asks('INFO', { body: 'Signal=5\n', type: 'application/dtmf-relay' });

  expect(requests.map((one) => one.request.body)).toEqual(['Signal=5\r\n']);
});
