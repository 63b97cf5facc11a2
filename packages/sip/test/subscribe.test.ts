import { describe, expect, test } from 'vitest';
import type { SubscribeOptions } from '../src/contract.ts';
import { asksIn } from './asks.ts';
import { bench, expectNothingLeft } from './ladder.ts';
import type { Heard } from './ladder.ts';

const summary = 'Messages-Waiting: yes\r\n';

function subscribed(options: Partial<SubscribeOptions> = {}) {
  const made = bench();
  const { peer } = made;
  const events: string[] = [];
  const userAgent = made.stack.createUserAgent({
    aor: 'sip:alice@example.org',
    contactUser: 'alice-1',
    credentials: { username: 'alice', password: 'secret' },
  });
  const subscription = userAgent.subscribe(
    'sip:alice@192.0.2.9',
    {
      accepted: ({ expires, first }) => void events.push(`accepted ${expires}${first ? '' : ' again'}`),
      notified: ({ state, body }) => void events.push(`notified ${state} ${body.trim()}`.trim()),
      failed: ({ status, reason }) => void events.push(`failed ${status} ${reason}`),
      ended: ({ by, status, reason }) => void events.push(`ended ${by} ${status} ${reason}`),
    },
    { event: 'message-summary', ...options },
  );
  /** The notifier speaks in the dialog that the SUBSCRIBE began. */
  const notifies = (subscribe: Heard, tag = 'peer') => {
    const ask = asksIn(peer, {
      callId: subscribe.header('Call-ID'),
      ours: subscribe.header('From'),
      theirs: `${subscribe.header('To').replace(/;tag=.*/, '')};tag=${tag}`,
    });
    return async (state: string, body = '', event = 'message-summary') => {
      await ask('NOTIFY', {
        headers: [`Event: ${event}`, `Subscription-State: ${state}`],
        body,
        type: 'application/simple-message-summary',
      });
    };
  };
  const accept = (subscribe: Heard, expires: number) =>
    peer.answers(subscribe, '200 OK', { headers: [`Expires: ${expires}`] });
  return { ...made, userAgent, subscription, events, notifies, accept };
}

/** Accepted for ten minutes, and the first NOTIFY has come. */
async function active() {
  const made = subscribed();
  const subscribe = await made.peer.hears('SUBSCRIBE');
  await made.accept(subscribe, 600);
  const says = made.notifies(subscribe);
  await says('active;expires=600', summary);
  await made.peer.hears('200');
  made.events.length = 0;
  return { ...made, subscribe, says };
}

describe('RFC 6665: we subscribe', () => {
  test('SUBSCRIBE, 200, NOTIFY; and before the time is over the same again in the dialog', async () => {
    const { peer, subscription, events, accept, notifies } = subscribed();

    const first = await peer.hears('SUBSCRIBE sip:alice@192.0.2.9');
    expect(first.header('Event')).toBe('message-summary');
    expect(first.header('Accept')).toBe('application/simple-message-summary');
    expect(first.header('Expires')).toBe('3600');
    await accept(first, 600);
    await notifies(first)('active;expires=600', summary);
    await peer.hears('200');
    expect(subscription.state).toBe('active');
    await peer.waits(449_000);
    await peer.hearsNothing();
    await peer.waits(2_000);
    const second = await peer.hears('SUBSCRIBE sip:peer@192.0.2.9:5060');
    await accept(second, 600);

    expect(second.toTag).toBe('peer');
    expect(second.cseq).toBe(first.cseq + 1);
    expect(events).toEqual(['accepted 600', `notified active ${summary.trim()}`, 'accepted 600 again']);
  });

  test('§4.4.1: the NOTIFY comes before the 200, and makes the dialog', async () => {
    const { peer, events, accept, notifies, subscription } = subscribed();
    const subscribe = await peer.hears('SUBSCRIBE');

    await notifies(subscribe)('active;expires=60', summary);
    await peer.hears('200');
    await accept(subscribe, 60);

    expect(events).toEqual([`notified active ${summary.trim()}`, 'accepted 60']);
    subscription.refresh();
    await peer.hears('SUBSCRIBE sip:peer@192.0.2.9:5060');
  });

  test('a challenge is answered', async () => {
    const { peer } = subscribed();

    await peer.answers(await peer.hears('SUBSCRIBE'), '401 Unauthorized', {
      headers: ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'],
    });

    expect((await peer.hears('SUBSCRIBE')).header('Authorization')).toContain('nonce="n"');
  });

  test('423 names a longer time: once more with that', async () => {
    const { peer } = subscribed({ expires: 60 });

    await peer.answers(await peer.hears('SUBSCRIBE'), '423 Interval Too Brief', {
      headers: ['Min-Expires: 300'],
    });

    expect((await peer.hears('SUBSCRIBE')).header('Expires')).toBe('300');
  });

  test('refused: it ends, and nothing is left', async () => {
    const made = subscribed();

    await made.peer.answers(await made.peer.hears('SUBSCRIBE'), '489 Bad Event');

    expect(made.events).toEqual(['ended peer 489 Bad Event']);
    await expectNothingLeft(made);
  });

  test('no answer, or no NOTIFY within 32 s: tried again after a while', async () => {
    const silent = subscribed();
    await silent.peer.waits(32_000);
    expect(silent.events).toEqual(['failed 408 Request Timeout']);
    silent.peer.drain();
    await silent.peer.waits(30_000);
    await silent.peer.hears('SUBSCRIBE sip:alice@192.0.2.9');

    const mute = subscribed();
    await mute.accept(await mute.peer.hears('SUBSCRIBE'), 600);
    await mute.peer.waits(32_000);
    expect(mute.events).toEqual(['accepted 600', 'failed 408 No NOTIFY']);
  });

  for (const [name, reason] of [
    ['the notifier wants us to come again', 'deactivated'],
    ['it has timed out', 'timeout'],
  ] as const) {
    test(`${name} (${reason}): at once, in a new dialog`, async () => {
      const { peer, says, subscribe, subscription } = await active();

      await says(`terminated;reason=${reason}`);
      await peer.hears('200');
      await peer.waits(1);

      const again = await peer.hears('SUBSCRIBE sip:alice@192.0.2.9');
      expect(again.header('Call-ID')).not.toBe(subscribe.header('Call-ID'));
      expect(subscription.state).toBe('subscribing');
    });
  }

  test('not now (probation): when the notifier says', async () => {
    const { peer, says, events } = await active();

    await says('terminated;reason=probation;retry-after=100');
    await peer.hears('200');
    await peer.waits(99_000);
    await peer.hearsNothing();
    await peer.waits(3_000);

    await peer.hears('SUBSCRIBE');
    expect(events).toEqual(['notified terminated', 'failed 480 probation']);
  });

  test('never again (rejected, noresource): it ends', async () => {
    const made = await active();

    await made.says('terminated;reason=noresource');
    await made.peer.hears('200');

    expect(made.events).toEqual(['notified terminated', 'ended peer 200 noresource']);
    await expectNothingLeft(made);
  });

  test('481 to a refresh: the notifier has lost it, so a new one is made', async () => {
    const { peer, subscription, subscribe } = await active();

    subscription.refresh();
    await peer.answers(await peer.hears('SUBSCRIBE'), '481 Subscription Does Not Exist');
    await peer.waits(1);

    expect((await peer.hears('SUBSCRIBE')).header('Call-ID')).not.toBe(subscribe.header('Call-ID'));
  });

  test('unsubscribe: Expires 0, and it settles with the last NOTIFY', async () => {
    const made = await active();
    const { peer, subscription, says, events } = made;
    let settled = false;

    void subscription.unsubscribe().then(() => (settled = true));
    const leave = await peer.hears('SUBSCRIBE');
    await peer.answers(leave, '200 OK', { headers: ['Expires: 0'] });
    expect(settled).toBe(false);
    await says('terminated;reason=timeout');
    await peer.hears('200');

    expect(leave.header('Expires')).toBe('0');
    expect(settled).toBe(true);
    expect(events).toEqual(['notified terminated', 'ended local 200 OK']);
    await expectNothingLeft(made);
  });

  test('unsubscribe before the answer waits for it; without a last NOTIFY it settles all the same', async () => {
    const made = subscribed();
    const { peer, subscription, accept } = made;
    const subscribe = await peer.hears('SUBSCRIBE');
    let settled = 0;
    void subscription.unsubscribe().then(() => (settled += 1));
    void subscription.unsubscribe().then(() => (settled += 1));

    await accept(subscribe, 600);
    await accept(await peer.hears('SUBSCRIBE'), 0);
    await peer.waits(32_000);

    expect(settled).toBe(2);
    await subscription.unsubscribe();
    await expectNothingLeft(made);
  });

  test('RFC 6665 §4.1.2.2: a refresh may want another time and other bodies', async () => {
    const { peer, subscription, accept, events } = await active();

    subscription.refresh({ expires: 60, accept: 'text/plain', headers: [['X-A', 'b']] });
    const changed = await peer.hears('SUBSCRIBE sip:peer@192.0.2.9:5060');
    await accept(changed, 60);

    expect(['Expires', 'Accept', 'X-A'].map((name) => changed.header(name))).toEqual([
      '60',
      'text/plain',
      'b',
    ]);
    expect(events).toEqual(['accepted 60 again']);
    await peer.waits(31_000);
  });

  test('asked for again before the answer: nothing more where nothing has changed, else once more after it', async () => {
    const { peer, subscription, accept, events } = subscribed({ expires: 600 });
    const first = await peer.hears('SUBSCRIBE');

    subscription.refresh();
    subscription.refresh({ expires: 120 });
    subscription.refresh({ expires: 60 });
    await peer.hearsNothing();
    await accept(first, 600);
    const second = await peer.hears('SUBSCRIBE sip:peer@192.0.2.9:5060');
    subscription.refresh();
    await accept(second, 60);
    await peer.hearsNothing();

    expect([first.header('Expires'), second.header('Expires')]).toEqual(['600', '60']);
    expect(events).toEqual(['accepted 600', 'accepted 60 again']);
  });

  test('changed before a refusal that may pass: the next try asks as it was wanted last', async () => {
    const { peer, subscription } = subscribed({ expires: 600 });
    const first = await peer.hears('SUBSCRIBE');

    subscription.refresh({ expires: 60 });
    await peer.answers(first, '503 Service Unavailable', { headers: ['Retry-After: 5'] });
    await peer.waits(6_000);

    expect((await peer.hears('SUBSCRIBE')).header('Expires')).toBe('60');
  });

  test('RFC 3261 §8.2.2.3, §8.2.1: a NOTIFY that requires what we do not have is 420, another method 405 or 501', async () => {
    const { peer, subscribe, events } = await active();
    const ask = asksIn(
      peer,
      {
        callId: subscribe.header('Call-ID'),
        ours: subscribe.header('From'),
        theirs: `${subscribe.header('To')};tag=peer`,
      },
      200,
    );
    const headers = ['Event: message-summary', 'Subscription-State: active'];

    await ask('NOTIFY', { headers: [...headers, 'Require: eventlist'] });
    expect((await peer.hears('420')).header('Unsupported')).toBe('eventlist');
    await ask('INFO');
    expect((await peer.hears('405')).header('Allow')).toBe('NOTIFY');
    await ask('JUGGLE');
    await peer.hears('501');

    expect(events).toEqual([]);
  });

  test('a NOTIFY of another event: 489; of another fork: 481; of no subscription: 481', async () => {
    const { peer, says, notifies, subscribe, subscription, events } = await active();

    await says('active', '', 'presence');
    await peer.hears('489');
    await notifies(subscribe, 'other')('active', summary);
    await peer.hears('481');
    subscription.close();
    await says('active', summary);
    await peer.hears('481');

    expect(events).toEqual(['ended local 200 OK']);
  });

  test('the user agent closes: the subscription ends without a word', async () => {
    const made = await active();

    made.userAgent.close();

    await made.peer.hearsNothing();
    expect(made.events).toEqual(['ended local 503 Service Unavailable']);
    await expectNothingLeft(made);
  });
});
