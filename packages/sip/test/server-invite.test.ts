import { describe, expect, test } from 'vitest';
import type { IncomingInvite, UserAgent, UserAgentOptions } from '../src/contract.ts';
import { settle } from './fake-clock.ts';
import { bench, expectNothingLeft, Peer, recorder } from './ladder.ts';
import type { Bench } from './ladder.ts';

const offer = 'v=0\r\no=- 2 1 IN IP4 192.0.2.9\r\ns=-\r\n';
const answer = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n';

interface InviteFacts {
  readonly branch?: string;
  readonly headers?: readonly string[];
  readonly sdp?: string | undefined;
  readonly type?: string;
  readonly user?: string;
}

function inviteText(facts: InviteFacts = {}): string {
  const {
    branch = 'z9hG4bKinvite',
    headers = [],
    sdp = offer,
    type = 'application/sdp',
    user = 'alice-1',
  } = facts;
  return [
    `INVITE sip:${user}@192.0.2.1:5060 SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${branch}`,
    'Max-Forwards: 70',
    'From: "Bob" <sip:bob@example.org>;tag=bob',
    'To: <sip:alice@example.org>',
    'Call-ID: call-1',
    'CSeq: 10 INVITE',
    'Contact: <sip:bob@192.0.2.9:5060>',
    ...headers,
    ...(sdp === '' ? [] : [`Content-Type: ${type}`]),
    '',
    sdp,
  ].join('\n');
}

/** A request of the peer in the dialog, or beside it. */
function within(
  peer: Peer,
  method: string,
  toTag: string,
  facts: { cseq?: number; branch?: string; body?: string; headers?: string[] } = {},
) {
  const { cseq = method === 'ACK' ? 10 : 11, branch = peer.newBranch(), body = '', headers = [] } = facts;
  return peer.sends(
    [
      `${method} sip:alice-1@192.0.2.1:5060 SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${branch}`,
      'From: "Bob" <sip:bob@example.org>;tag=bob',
      `To: <sip:alice@example.org>${toTag === '' ? '' : `;tag=${toTag}`}`,
      'Call-ID: call-1',
      `CSeq: ${cseq} ${method}`,
      ...headers,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      '',
      body,
    ].join('\n'),
  );
}

interface Called extends Bench {
  readonly userAgent: UserAgent;
  readonly events: string[];
  readonly session: () => IncomingInvite;
}

function called(given: Bench = bench(), account: Partial<UserAgentOptions> = {}): Called {
  const userAgent = given.stack.createUserAgent({
    aor: 'sip:alice@example.org',
    contactUser: 'alice-1',
    ...account,
  });
  const { events, handler } = recorder();
  const sessions: IncomingInvite[] = [];
  userAgent.onInvite = (session) => {
    sessions.push(session);
    session.attach(handler);
  };
  return { ...given, userAgent, events, session: () => sessions.at(-1)! };
}

async function ringing(facts: InviteFacts = {}): Promise<Called> {
  const made = called();
  await made.peer.sends(inviteText(facts));
  await made.peer.hears('100');
  return made;
}

/** Answered; the ACK has not come. Returns our tag too. */
async function answered(facts: InviteFacts = {}): Promise<Called & { tag: string }> {
  const made = await ringing(facts);
  made.session().accept(answer);
  const ok = await made.peer.hears('200');
  return { ...made, tag: ok.toTag };
}

describe('being called', () => {
  test('100, 180 and 200 look like this', async () => {
    const { peer, session, events } = await ringing({
      headers: ['Record-Route: <sip:edge.example;lr>', 'Record-Route: <sip:core.example;lr>'],
    });
    expect(session().offer).toBe(offer);
    expect(session().remote.displayName).toBe('Bob');

    session().ring();
    const ringingResponse = await peer.hears('180');
    session().accept(answer, { headers: [['X-Answered-By', 'alice']] });

    expect((await peer.hears('200')).text).toBe(
      [
        'SIP/2.0 200 OK',
        'Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKinvite',
        'Record-Route: <sip:edge.example;lr>',
        'Record-Route: <sip:core.example;lr>',
        'From: "Bob" <sip:bob@example.org>;tag=bob',
        `To: <sip:alice@example.org>;tag=${ringingResponse.toTag}`,
        'Call-ID: call-1',
        'CSeq: 10 INVITE',
        'Contact: <sip:alice-1@192.0.2.1:5060>',
        'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY',
        'Accept: application/sdp',
        'Supported: 100rel, timer, replaces, norefersub',
        'X-Answered-By: alice',
        'Content-Type: application/sdp',
        `Content-Length: ${answer.length}`,
        '',
        answer,
      ].join('\r\n'),
    );
    expect(ringingResponse.header('Contact')).toBe('<sip:alice-1@192.0.2.1:5060>');
    expect(events).toEqual([]);
  });

  test('an offerless INVITE: our 200 offers, the ACK answers', async () => {
    const made = await answered({ sdp: '' });
    expect(made.session().offer).toBeUndefined();

    await within(made.peer, 'ACK', made.tag, { body: 'v=0 answer\n' });

    expect(made.events).toEqual(['confirmed v=0 answer']);
    expect(made.session().state).toBe('confirmed');
  });

  test('the INVITE once more brings the last provisional once more, and never a second call', async () => {
    const { peer, session, stack } = await ringing();
    session().ring(183, { body: answer });
    await peer.hears('183');

    await peer.sends(inviteText());

    expect((await peer.hears('183')).body).toBe(answer);
    expect(stack.counts().sessions).toBe(1);
  });

  test('ringing is said again each minute, and ends after timer C', async () => {
    const made = await ringing();
    const { peer, events } = made;
    made.session().ring();
    await peer.hears('180');

    await peer.waits(60_000);
    await peer.hears('180');
    await peer.waits(121_000);
    await peer.hears('180');
    await peer.hears('180');
    await peer.hears('487');

    expect(events).toEqual(['ended failure 408']);
  });

  test('the 200 is repeated from T1 to T2 until the ACK comes', async () => {
    const made = await answered();
    const { peer, events, tag } = made;

    await peer.waits(500 + 1_000 + 2_000 + 4_000 + 4_000);
    expect(peer.drain().map((one) => one.text.slice(0, 11))).toEqual(Array(5).fill('SIP/2.0 200'));
    await within(peer, 'ACK', tag);
    await peer.waits(30_000);

    await peer.hearsNothing();
    expect(events).toEqual(['confirmed']);
  });

  test('without an ACK the call ends after timer H with BYE', async () => {
    const made = await answered();
    const { peer, events } = made;

    await peer.waits(32_000);
    const last = peer.drain().filter((one) => one.text.startsWith('BYE'));
    expect(last).toHaveLength(1);
    await peer.answers(last[0]!, '200 OK');

    expect(events).toEqual(['ended failure 408']);
    await expectNothingLeft(made);
  });

  test('we hang up before the ACK: BYE waits for it', async () => {
    const made = await answered();
    const { peer, events, tag } = made;

    made.session().end({ headers: [['Reason', 'SIP;cause=200']] });
    expect(events).toEqual(['ended local 200']);
    await peer.hearsNothing();
    await peer.waits(500);
    await peer.hears('200');
    await within(peer, 'ACK', tag);

    const bye = await peer.hears('BYE sip:bob@192.0.2.9:5060');
    expect(bye.header('Reason')).toBe('SIP;cause=200');
    await peer.answers(bye, '200 OK');
    expect(events).toHaveLength(1);
    await expectNothingLeft(made);
  });

  test('we hang up and the ACK never comes: BYE goes out at timer H', async () => {
    const made = await answered();
    made.session().end();

    await made.peer.waits(32_000);
    const byes = made.peer.drain().filter((one) => one.text.startsWith('BYE'));

    expect(byes).toHaveLength(1);
    await made.peer.answers(byes[0]!, '200 OK');
    await expectNothingLeft(made);
  });

  test('BYE before the ACK is answered, ends the call, and nothing happens 32 s later', async () => {
    const made = await answered();
    const { peer, events, tag } = made;

    await within(peer, 'BYE', tag);
    await peer.hears('200');
    expect(events).toEqual(['ended peer 200']);
    await peer.waits(33_000);

    await peer.hearsNothing();
    await within(peer, 'ACK', tag);
    await peer.hearsNothing();
    await expectNothingLeft(made);
  });

  test('BYE crosses our own that waits for the ACK', async () => {
    const made = await answered();
    made.session().end();

    await within(made.peer, 'BYE', made.tag);
    await made.peer.hears('200');
    await made.peer.waits(33_000);

    await made.peer.hearsNothing();
    await expectNothingLeft(made);
  });

  test('BYE in an early dialog ends the INVITE with 487', async () => {
    const made = await ringing();
    const { peer, events } = made;
    made.session().ring();
    const { toTag } = await peer.hears('180');

    await within(peer, 'BYE', toTag);

    await peer.hears('200');
    await peer.hears('487');
    expect(events).toEqual(['ended peer 200']);
  });
});

test('RFC 2543 §6.13: without branch and Contact; our BYE goes to From, the way of the Record-Route', async () => {
  const made = called();
  const { peer } = made;
  const old = inviteText({ headers: ['Record-Route: <sip:192.0.2.9;maddr=192.0.2.9>'] })
    .replace(/;branch=[^\n]*/, '')
    .replace(/Contact:[^\n]*\n/, '');
  await peer.sends(old);
  await peer.hears('100');
  made.session().accept(answer);
  const ok = await peer.hears('200');
  await within(peer, 'ACK', ok.toTag);

  made.session().end();

  const bye = await peer.hears('BYE sip:192.0.2.9;maddr=192.0.2.9');
  expect(bye.all('Route')).toEqual(['<sip:bob@example.org>']);
});

describe('RFC 3325 §9.1: whose word on the caller counts', () => {
  const invited = async (made: Called, host: string, branch: string): Promise<boolean> => {
    const from = new Peer(made.transport, made.clock, host);
    await from.sends(inviteText({ branch }).replace('Call-ID: call-1', `Call-ID: call-${branch}`));
    await settle();
    return made.session().isFromServer;
  };

  test('that of the host at which the account is registered, as long as it is', async () => {
    const made = called();
    const { peer, userAgent } = made;
    const registration = userAgent.register({ registered: () => undefined, failed: () => undefined });
    const register = await peer.hears('REGISTER');
    expect(await invited(made, '192.0.2.9', 'z9hG4bKearly')).toBe(false);
    peer.drain();

    made.transport.peers.set('192.0.2.9:5060', peer);
    await peer.answers(register, '200 OK', { contact: register.header('Contact') });

    expect(await invited(made, '192.0.2.10', 'z9hG4bKother')).toBe(false);
    expect(await invited(made, '192.0.2.9', 'z9hG4bKserver')).toBe(true);
    registration.close();
    expect(await invited(made, '192.0.2.9', 'z9hG4bKlate')).toBe(false);
  });

  test('that of the outbound proxy where it is an address', async () => {
    const made = called(bench(), { outboundProxy: 'sip:192.0.2.20:5070' });

    expect(await invited(made, '192.0.2.20', 'z9hG4bKproxy')).toBe(true);
    expect(await invited(made, '192.0.2.9', 'z9hG4bKhome')).toBe(false);
  });
});

describe('BYE of the peer', () => {
  for (const [reason, ended] of [
    ['SIP;cause=486;text="Busy, \\"really\\""', 'ended peer 486 SIP;cause=486;text="Busy, \\"really\\""'],
    ['Q.850;cause=16;text="Normal"', 'ended peer 200 Q.850;cause=16;text="Normal"'],
    ['Q.850;cause=17, SIP;cause=603', 'ended peer 603 Q.850;cause=17, SIP;cause=603'],
    ['garbage', 'ended peer 200 garbage'],
  ] as const) {
    test(`Reason: ${reason}`, async () => {
      const { peer, events, tag } = await answered();
      await within(peer, 'ACK', tag);

      await within(peer, 'BYE', tag, { headers: [`Reason: ${reason}`] });

      expect(events).toEqual(['confirmed', ended]);
    });
  }

  test('the same BYE again gets the same 200', async () => {
    const made = await answered();
    const { peer, tag } = made;
    await within(peer, 'ACK', tag);

    await within(peer, 'BYE', tag, { branch: 'z9hG4bKbye' });
    const ok = await peer.hears('200');
    await within(peer, 'BYE', tag, { branch: 'z9hG4bKbye' });

    expect((await peer.hears('200')).text).toBe(ok.text);
    await expectNothingLeft(made);
  });
});

describe('CANCEL', () => {
  test('is answered 200, the INVITE 487 with the same tag', async () => {
    const made = await ringing();
    const { peer, events } = made;
    made.session().ring();
    const { toTag } = await peer.hears('180');

    await within(peer, 'CANCEL', '', {
      branch: 'z9hG4bKinvite',
      cseq: 10,
      headers: ['Reason: SIP;cause=200;text="elsewhere"'],
    });

    expect((await peer.hears('200')).toTag).toBe(toTag);
    const terminated = await peer.hears('487');
    expect(terminated.toTag).toBe(toTag);
    expect(events).toEqual(['ended peer 487 SIP;cause=200;text="elsewhere"']);
    await within(peer, 'ACK', toTag, { branch: 'z9hG4bKinvite' });
    await peer.waits(10_000);
    await peer.hearsNothing();
    made.session().accept(answer);
    made.session().reject(486);
    await peer.hearsNothing();
    await expectNothingLeft(made);
  });

  test('comes too late for a call that has been answered', async () => {
    const { peer, events, tag } = await answered();

    await within(peer, 'CANCEL', '', { branch: 'z9hG4bKinvite', cseq: 10 });
    await peer.hears('200');
    await within(peer, 'ACK', tag);

    expect(events).toEqual(['confirmed']);
  });

  test('without an INVITE gets 481', async () => {
    const { peer } = called();

    await within(peer, 'CANCEL', '', { branch: 'z9hG4bKnothing', cseq: 10 });

    await peer.hears('481');
  });
});

describe('refusing', () => {
  test('a refusal is repeated until the ACK, then forgotten', async () => {
    const made = await ringing();
    const { peer, events } = made;

    made.session().reject(486, { reason: 'Not Now', headers: [['Retry-After', '30']] });
    const busy = await peer.hears('SIP/2.0 486 Not Now');
    await peer.waits(500);
    expect((await peer.hears('486')).text).toBe(busy.text);
    await within(peer, 'ACK', busy.toTag, { branch: 'z9hG4bKinvite' });
    await peer.waits(10_000);

    await peer.hearsNothing();
    expect(busy.header('Retry-After')).toBe('30');
    expect(events).toEqual(['ended local 486']);
    await expectNothingLeft(made);
  });

  test('end() of a call that still rings is the refusal it names, 480 by default', async () => {
    const made = await ringing();

    made.session().end();

    await made.peer.hears('480');
    expect(made.events).toEqual(['ended local 480']);
  });

  for (const [name, facts, status, header, value] of [
    ['an extension that we do not have', { headers: ['Require: foo, 100rel'] }, '420', 'Unsupported', 'foo'],
    [
      'a body that is no SDP',
      { type: 'text/plain', sdp: 'hello\n' },
      '415',
      'Accept',
      'application/sdp, multipart/mixed, multipart/alternative',
    ],
    [
      'a body in a coding that we do not have',
      { headers: ['Content-Encoding: gzip'] },
      '415',
      'Accept-Encoding',
      'identity',
    ],
    ['a user that is not here', { user: 'nobody' }, '404', 'Server', ''],
  ] as const) {
    test(`${name}: ${status}`, async () => {
      const made = called();

      await made.peer.sends(inviteText(facts));

      await made.peer.hears('100');
      expect((await made.peer.hears(status)).header(header)).toBe(value);
      expect(made.stack.counts().sessions).toBe(0);
      await expectNothingLeft(made);
    });
  }

  test('the same request by another way is a merged one: 482', async () => {
    const { peer, stack } = await ringing();

    await peer.sends(inviteText({ branch: 'z9hG4bKotherWay' }));

    await peer.hears('100');
    await peer.hears('482');
    expect(stack.counts().sessions).toBe(1);
  });

  test('a user agent that takes no calls, and an owner that does not attach: 480', async () => {
    const made = called();
    made.userAgent.onInvite = () => undefined;

    await made.peer.sends(inviteText());

    await made.peer.hears('100');
    await made.peer.hears('480');
    expect(made.stack.counts().sessions).toBe(0);
  });

  test('an INVITE without Contact gets 400, one with a sips URI in clear 416', async () => {
    const { peer } = called();

    await peer.sends(inviteText().replace(/Contact: .*\n/, ''));
    await peer.hears('100');
    await peer.hears('400');
    await peer.sends(inviteText({ branch: 'z9hG4bKsips' }).replace('INVITE sip:', 'INVITE sips:'));
    await peer.hears('100');
    await peer.hears('416');
  });
});

describe('bodies', () => {
  test('SDP inside multipart/mixed is the offer', async () => {
    const sdp = [
      '--b',
      'Content-Type: application/isup;version=x',
      '',
      'xx',
      '--b',
      'Content-Type: application/sdp',
      '',
      'v=0',
      's=-',
      '--b--',
      '',
    ].join('\n');

    const { session } = await ringing({ type: 'multipart/mixed;boundary="b"', sdp });

    expect(session().offer).toBe('v=0\r\ns=-\r\n');
  });

  test('a body that may be ignored is ignored', async () => {
    const { session } = await ringing({
      type: 'text/plain',
      sdp: 'hello\n',
      headers: ['Content-Disposition: render;handling=optional'],
    });

    expect(session().offer).toBeUndefined();
  });
});

describe('an owner whose code throws', () => {
  test('in onInvite: that call is refused with 500, the next one rings', async () => {
    const made = called();
    made.userAgent.onInvite = () => {
      throw new Error('ours');
    };
    await made.peer.sends(inviteText());
    await made.peer.hears('100');
    await made.peer.hears('500');

    expect(made.errors).toHaveLength(1);
    expect(made.stack.stats['caughtExceptions']).toBe(1);
    expect(made.stack.counts().sessions).toBe(0);
  });

  test('in confirmed: that call is hung up', async () => {
    const made = called();
    const { events, handler } = recorder();
    made.userAgent.onInvite = (session) => {
      session.attach({
        ...handler,
        confirmed: () => {
          throw new Error('ours');
        },
      });
      session.accept(answer);
    };
    await made.peer.sends(inviteText());
    await made.peer.hears('100');
    const { toTag } = await made.peer.hears('200');
    await within(made.peer, 'ACK', toTag);

    await made.peer.hears('BYE');
    expect(events).toEqual(['ended failure 500']);
  });
});

describe('the stack closes', () => {
  test('what rings is refused, what is up is hung up, owners hear 503, and closing twice is harmless', async () => {
    const { peer, stack, events, transport } = await ringing();

    await Promise.all([stack.close(), stack.close()]);

    await peer.hears('503');
    expect(events).toEqual(['ended failure 503']);
    expect(transport.isClosed).toBe(true);
    expect(stack.counts()).toEqual({ transactions: 0, sessions: 0, registrations: 0, connections: 0 });
  });
});
