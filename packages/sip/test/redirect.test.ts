import { describe, expect, test } from 'vitest';
import type { InviteOptions, NameAddr } from '../src/index.ts';
import { bench, expectNothingLeft, Peer, recorder } from './ladder.ts';
import { ourSdp, peerSdp } from './established.ts';

function call(options: InviteOptions = {}) {
  const made = bench();
  const { events, handler } = recorder();
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:alice@example.org',
    credentials: { username: 'alice', password: 'secret' },
  });
  const session = userAgent.invite('sip:bob@192.0.2.9', handler, { sdp: ourSdp, ...options });
  const elsewhere = new Peer(made.transport, made.clock, '192.0.2.10');
  return { ...made, session, events, elsewhere };
}

const everywhere = () => true;

describe('RFC 3261 §8.1.3.4: a 3xx to our INVITE', () => {
  test('ends the call where the owner follows none', async () => {
    const made = call();

    await made.peer.answers(await made.peer.hears('INVITE'), '302 Moved Temporarily', {
      contact: '<sip:bob@192.0.2.10>',
    });
    await made.peer.hears('ACK');

    await made.elsewhere.hearsNothing();
    expect(made.events).toEqual(['ended peer 302']);
    await expectNothingLeft(made);
  });

  test('the same call is tried at the new address: To, From, Call-ID stay, CSeq goes on', async () => {
    const { peer, elsewhere, events, session } = call({ redirect: everywhere });
    const first = await peer.hears('INVITE');

    await peer.answers(first, '302 Moved Temporarily', {
      contact: '<sip:bob@192.0.2.10;method=BYE?X-Forged=1>;q=0.5',
    });
    await peer.hears('ACK');
    const second = await elsewhere.hears('INVITE sip:bob@192.0.2.10 SIP/2.0');
    await elsewhere.answers(second, '200 OK', { sdp: peerSdp });

    await elsewhere.hears('ACK');
    for (const name of ['To', 'From', 'Call-ID']) expect(second.header(name)).toBe(first.header(name));
    expect(second.cseq).toBe(first.cseq + 1);
    expect(second.header('X-Forged')).toBe('');
    expect(second.body).toBe(ourSdp);
    expect(events).toEqual(['redirected 302 sip:bob@192.0.2.10', `accepted 200 ${peerSdp.trim()}`]);
    expect(session.state).toBe('confirmed');
  });

  test('several addresses are tried best first, until one answers; a 6xx speaks for all', async () => {
    const { peer, elsewhere, events } = call({ redirect: everywhere });
    await peer.answers(await peer.hears('INVITE'), '300 Multiple Choices', {
      contact: '<sip:low@192.0.2.10>;q=0.1, <sip:high@192.0.2.10>;q=0.9, <sip:mid@192.0.2.10>;q=0.5',
    });
    await peer.hears('ACK');

    await elsewhere.answers(await elsewhere.hears('INVITE sip:high@'), '486 Busy Here');
    await elsewhere.hears('ACK');
    await elsewhere.answers(await elsewhere.hears('INVITE sip:mid@'), '603 Decline');
    await elsewhere.hears('ACK');

    await elsewhere.hearsNothing();
    expect(events.at(-1)).toBe('ended peer 603');
  });

  test('only where the owner allows it', async () => {
    const asked: string[] = [];
    const redirect = ({ uri }: NameAddr) => {
      asked.push(uri.host);
      return uri.host === '192.0.2.10';
    };
    const { peer, elsewhere, events } = call({ redirect });

    await peer.answers(await peer.hears('INVITE'), '302 Moved Temporarily', {
      contact: '<sip:toll@198.51.100.1>, <sip:bob@192.0.2.10>',
    });
    await peer.hears('ACK');
    await elsewhere.answers(await elsewhere.hears('INVITE'), '404 Not Found');
    await elsewhere.hears('ACK');

    expect(asked).toEqual(['198.51.100.1', '192.0.2.10']);
    expect(events.at(-1)).toBe('ended peer 404');
  });

  test('a ring of redirections does not turn: each address is tried once', async () => {
    const { peer, elsewhere, events } = call({ redirect: everywhere });

    await peer.answers(await peer.hears('INVITE'), '302 Moved Temporarily', {
      contact: '<sip:bob@192.0.2.10>',
    });
    await peer.hears('ACK');
    await elsewhere.answers(await elsewhere.hears('INVITE'), '302 Moved Temporarily', {
      contact: '<sip:bob@192.0.2.9>, <sip:bob@192.0.2.10>',
    });
    await elsewhere.hears('ACK');

    await peer.hearsNothing();
    expect(events.at(-1)).toBe('ended peer 302');
  });

  test('ten addresses are enough', async () => {
    const { peer, events } = call({ redirect: everywhere });

    for (let hop = 0; hop < 11; hop++) {
      await peer.answers(await peer.hears('INVITE'), '302 Moved Temporarily', {
        contact: `<sip:bob${hop}@192.0.2.9>`,
      });
      await peer.hears('ACK');
    }

    await peer.hearsNothing();
    expect(events.at(-1)).toBe('ended peer 302');
  });

  test('the new address asks for the password too, in the same realm', async () => {
    const { peer, elsewhere } = call({ redirect: everywhere });
    const challenge = (nonce: string) => ({
      headers: [`WWW-Authenticate: Digest realm="example.org", nonce="${nonce}", qop="auth"`],
    });

    await peer.answers(await peer.hears('INVITE'), '401 Unauthorized', challenge('a'));
    await peer.hears('ACK');
    await peer.answers(await peer.hears('INVITE'), '302 Moved Temporarily', {
      contact: '<sip:bob@192.0.2.10>',
    });
    await peer.hears('ACK');
    await elsewhere.answers(await elsewhere.hears('INVITE'), '401 Unauthorized', challenge('b'));
    await elsewhere.hears('ACK');

    expect((await elsewhere.hears('INVITE')).header('Authorization')).toContain('nonce="b"');
  });

  test('the caller gives up between two addresses: CANCEL goes to the last, and no further one is tried', async () => {
    const made = call({ redirect: everywhere });
    const { peer, elsewhere, session } = made;
    await peer.answers(await peer.hears('INVITE'), '302 Moved Temporarily', {
      contact: '<sip:bob@192.0.2.10>, <sip:carol@192.0.2.10>',
    });
    await peer.hears('ACK');
    const second = await elsewhere.hears('INVITE sip:bob@');
    await elsewhere.answers(second, '180 Ringing');

    session.end();
    await elsewhere.answers(await elsewhere.hears('CANCEL'), '200 OK');
    await elsewhere.answers(second, '487 Request Terminated');

    await elsewhere.hears('ACK');
    await elsewhere.hearsNothing();
    await expectNothingLeft(made);
  });
});

describe('extensions', () => {
  test('RFC 3261 §8.1.3.5: 420 names what the peer does not have; once more without that', async () => {
    const { peer, events } = call({ headers: [['Require', 'foo, bar']] });

    await peer.answers(await peer.hears('INVITE'), '420 Bad Extension', { headers: ['Unsupported: foo'] });
    await peer.hears('ACK');
    const second = await peer.hears('INVITE');
    await peer.answers(second, '420 Bad Extension', { headers: ['Unsupported: foo'] });
    await peer.hears('ACK');

    expect(second.header('Require')).toBe('bar');
    expect(events).toEqual(['ended peer 420']);
  });

  test('a 420 against what cannot be given up, and a 421, end the call', async () => {
    const replaces = call({ headers: [['Require', 'replaces']] });
    await replaces.peer.answers(await replaces.peer.hears('INVITE'), '420 Bad Extension', {
      headers: ['Unsupported: replaces'],
    });
    await replaces.peer.hears('ACK');
    expect(replaces.events).toEqual(['ended peer 420']);

    const required = call();
    await required.peer.answers(await required.peer.hears('INVITE'), '421 Extension Required', {
      headers: ['Require: precondition'],
    });
    await required.peer.hears('ACK');
    expect(required.events).toEqual(['ended peer 421']);
  });

  test('RFC 3261 §20.29: Proxy-Require is none of our business', async () => {
    const { stack, peer } = bench();
    stack.createUserAgent({ aor: 'sip:alice@example.org', contactUser: 'alice-1' });

    await peer.sends(`OPTIONS sip:alice-1@192.0.2.1:5060 SIP/2.0
      Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1
      From: <sip:bob@example.org>;tag=peer
      To: <sip:alice@example.org>
      Call-ID: call-1
      CSeq: 1 OPTIONS
      Proxy-Require: foo\n\n`);

    await peer.hears('200');
  });
});
