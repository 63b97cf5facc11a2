import { Headers } from '@soft-handset/sip';
import type { SipResponse } from '@soft-handset/sip';
import { describe, expect, test } from 'vitest';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { gatewayInCall, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { gatewayOverSip } from '../fakes/gateway-over-sip.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

const response = (status: number, reason: string): SipResponse => ({
  kind: 'response',
  status,
  reason,
  headers: new Headers(),
  body: '',
});

describe('what the handset says in a call', () => {
  test('a digit is an INFO with application/dtmf-relay', async () => {
    const { handset, call } = await gatewayInCall();

    const transaction = handset.asks({ request: 'dtmf_info', digit: '#', duration: 200 });

    await handset.hears('dtmfsent', { transaction, callId: 'in-1' });
    expect(call.asked).toMatchObject([
      {
        method: 'INFO',
        options: { contentType: 'application/dtmf-relay', body: 'Signal=#\r\nDuration=200' },
      },
    ]);
  });

  test('RFC 3428 §8: the next goes out when the one before is answered, whatever the answer', async () => {
    const { handset, call } = await gatewayInCall();

    for (const digit of ['1', '2']) handset.asks({ request: 'dtmf_info', digit });
    handset.asks({ request: 'message', content: 'hello', headers: { 'X-A': 'b' } });
    await handset.hears('dtmfsent');
    await handset.hearsNothing();
    call.asked[0]!.isAnswered(200);
    await handset.hears('dtmfsent');
    call.asked[1]!.isAnswered(415);
    await handset.hears('messagesent');
    call.asked[2]!.isAnswered(202, 'Accepted');

    await handset.hears('messagedelivery', { code: 202, reason: 'Accepted', callId: 'in-1' });
    expect(call.asked.map(({ options }) => options.body)).toEqual([
      'Signal=1\r\nDuration=160',
      'Signal=2\r\nDuration=160',
      'hello',
    ]);
    expect(call.asked[2]!.options).toMatchObject({ contentType: 'text/plain', headers: [['X-A', 'b']] });
    expect(call.state).toBe('confirmed');
  });

  test('whatever waits when the call ends: 447, and a message is not delivered (481)', async () => {
    const { handset, call } = await gatewayInCall();
    handset.asks({ request: 'info', type: 'text/plain', content: 'one' });
    await handset.hears('infosent');
    const info = handset.asks({ request: 'info', type: 'text/plain', content: 'two' });
    const message = handset.asks({ request: 'message', content: 'three' });

    call.ends();
    await handset.hears('hangup');
    await handset.hears('close PC');
    call.asked[0]!.isAnswered(481);

    await handset.isRefused(447, info);
    await handset.hears('messagesent', { transaction: message });
    await handset.hears('messagedelivery', { transaction: message, code: 481 });
    expect(call.asked).toHaveLength(1);
  });

  test('more than can wait is 447', async () => {
    const { handset, call } = await gatewayInCall();

    for (let at = 0; at < 66; at++) handset.asks({ request: 'dtmf_info', digit: '1' });

    await handset.hears('dtmfsent');
    await handset.isRefused(447);
    await handset.hearsNothing();
    expect(call.asked).toHaveLength(1);
  });

  test('before the call is up, and without one, it is 447; of another call 454', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.registered();
    const requests = [
      { request: 'dtmf_info', digit: '1' },
      { request: 'info', type: 'text/plain', content: 'x' },
      { request: 'message', content: 'x' },
    ];

    for (const request of requests) await handset.isRefused(447, handset.asks(request));
    gateway.stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');
    for (const request of requests) {
      await handset.isRefused(447, handset.asks(request));
      await handset.isRefused(454, handset.asks({ ...request, call_id: 'another' }));
    }
    expect(gateway.stack.agent.call.asked).toEqual([]);
  });

  test.each([
    ['no digit', { request: 'dtmf_info' }, 443],
    ['two digits', { request: 'dtmf_info', digit: '12' }, 444],
    ['a digit that is a number', { request: 'dtmf_info', digit: 1 }, 444],
    ['a digit with a line break', { request: 'dtmf_info', digit: '1\r\n' }, 444],
    ['no time', { request: 'dtmf_info', digit: '1', duration: 0 }, 444],
    ['half a millisecond', { request: 'dtmf_info', digit: '1', duration: 0.5 }, 444],
    ['no type', { request: 'info', content: 'x' }, 443],
    ['a type that is none', { request: 'info', type: 'text', content: 'x' }, 444],
    ['a type with a line break', { request: 'info', type: 'text/plain\r\nVia: x', content: 'x' }, 444],
    ['no content', { request: 'message' }, 443],
    ['content that is no text', { request: 'message', content: { a: 1 } }, 444],
    ['too much content', { request: 'message', content: 'x'.repeat(16_385) }, 444],
    ['a header of the stack', { request: 'message', content: 'x', headers: { From: 'me' } }, 444],
    ['nobody', { request: 'message', uri: '<sip:1002@x>', content: 'x' }, 446],
    ['a Call-ID with a blank', { request: 'message', uri: '1002', content: 'x', call_id: 'a b' }, 444],
    ['the Call-ID of its call', { request: 'message', uri: '1002', content: 'x', call_id: 'in-1' }, 444],
  ])('%s costs nothing else', async (_, body, code) => {
    const { handset, call, stack } = await gatewayInCall();

    await handset.isRefused(code, handset.asks(body));

    await handset.hearsNothing();
    expect([call.asked, stack.agent.requests, call.state]).toEqual([[], [], 'confirmed']);
  });
});

describe('what the handset says outside a call', () => {
  const hello = { request: 'message', uri: '1002', content: 'hello', call_id: 'mine' };

  test('a message has the Call-ID that the handset gave, and its delivery is told', async () => {
    const { registered, stack } = gatewayOfFakes();
    const handset = await registered();
    stack.agent.answersRequest = () => Promise.resolve(response(480, 'Temporarily Unavailable'));

    const transaction = handset.asks({ ...hello, content_type: 'text/html', headers: { 'X-A': 'b' } });

    await handset.hears('messagesent', { transaction, callId: 'mine' });
    await handset.hears('messagedelivery', {
      transaction,
      callId: 'mine',
      code: 480,
      reason: 'Temporarily Unavailable',
    });
    expect(stack.agent.requests).toEqual(['MESSAGE sip:1002@pbx.example']);
    expect(stack.agent.requestOptions).toMatchObject([
      { callId: 'mine', contentType: 'text/html', body: 'hello', headers: [['X-A', 'b']] },
    ]);
  });

  test('RFC 3428 §8: to one address one after the other, to another at once', async () => {
    const { registered, stack } = gatewayOfFakes();
    const handset = await registered();
    stack.agent.answersRequest = () => new Promise(() => undefined);

    handset.asks({ request: 'message', uri: '1002', content: 'one' });
    handset.asks({ request: 'message', uri: '1002', content: 'two' });
    handset.asks({ request: 'message', uri: '1004', content: 'three' });
    await quiet();

    expect(stack.agent.requestOptions.map(({ body }) => body)).toEqual(['one', 'three']);
  });

  test('what cannot be sent is not delivered: 503', async () => {
    const { registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks(hello);

    await handset.hears('messagesent');
    await handset.hears('messagedelivery', { code: 503 });
  });

  test('without a registration it is 447', async () => {
    const handset = gatewayOfFakes().handset();

    await handset.isRefused(447, handset.asks(hello));
  });
});

describe('what peers say', () => {
  test('in a call the handset that drives it hears, another tab does not', async () => {
    const { handset, call, registered } = await gatewayInCall();
    const other = await registered();

    const info = call.asks('INFO', { body: 'Signal=1', type: 'application/dtmf-relay' });
    const message = call.asks('MESSAGE', { body: '你好', type: 'text/plain;charset=UTF-8' });

    await handset.hears('info', {
      callId: 'in-1',
      sender: 'sip:1002@pbx.example',
      type: 'application/dtmf-relay',
      content: 'Signal=1',
    });
    await handset.hears('message', {
      callId: 'in-1',
      sender: 'sip:1002@pbx.example',
      displayname: 'Alice',
      content_type: 'text/plain;charset=UTF-8',
      content: '你好',
    });
    expect([info.answers, message.answers]).toEqual([[200], [200]]);
    await other.hearsNothing();
  });

  test('outside a call all handsets of the account hear', async () => {
    const { registered, stack } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];

    const message = stack.agent.isMessaged({ body: 'hello' });

    for (const handset of [one, two]) {
      const heard = await handset.hears('message', { content: 'hello' });
      expect(heard.callId).toBeUndefined();
    }
    expect(message.answers).toEqual([200]);
  });

  test('RFC 3261 §21.4.18: while the page only reloads a message is 480', async () => {
    const { registered, stack } = gatewayOfFakes();
    const handset = await registered();
    handset.leaves();

    const message = stack.agent.isMessaged({ body: 'hello' });

    expect(message.answers).toEqual([480]);
    await (await registered()).hearsNothing();
  });

  test.each([
    ['no body', {}, 200],
    ['a coding that is packed', { body: 'x', headers: [['Content-Encoding', 'gzip']] }, 415],
    ['a character set of another script', { body: 'x', type: 'text/plain; charset="gb2312"' }, 415],
    ['bytes that are no UTF-8', { body: 'a\ufffdb' }, 415],
    ['a type that is none', { body: 'x', type: 'text' }, 415],
    ['an endless type', { body: 'x', type: `text/plain;a=${'b'.repeat(300)}` }, 415],
    ['a body that is too long', { body: 'x'.repeat(40_000) }, 413],
  ] as const)('%s is told to nobody', async (_, facts, status) => {
    const { handset, call, stack } = await gatewayInCall();

    const answers = [call.asks('INFO', facts), call.asks('MESSAGE', facts), stack.agent.isMessaged(facts)];

    expect(answers.map((one) => one.answers)).toEqual([[status], [status], [status]]);
    await handset.hearsNothing();
    expect(call.state).toBe('confirmed');
  });

  test.each([
    ['<sip:%E6%9D%8E@pbx.example;transport=tcp?a=b>;tag=1', 'sip:%E6%9D%8E@pbx.example', '李'],
    ['<tel:+8613800000000>;tag=1', 'tel:+8613800000000', '+8613800000000'],
    [`"${'x'.repeat(400)}" <sip:a@b>;tag=1`, 'sip:a@b', 'x'.repeat(256)],
    ['nobody', 'sip:anonymous@anonymous.invalid', undefined],
  ])('who they are: %s', async (from, sender, displayname) => {
    const { registered, stack } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isMessaged({ body: 'hello', from });

    const heard = await handset.hears('message', { sender });
    expect(heard['displayname']).toBe(displayname);
  });

  test('RFC 3261 §20.11: a body that may be passed over is, where it cannot be read', async () => {
    const { handset, call } = await gatewayInCall();
    const disposition = ['Content-Disposition', 'render; handling=optional'] as const;
    const packed = ['Content-Encoding', 'gzip'] as const;

    expect(call.asks('MESSAGE', { body: 'x', headers: [disposition, packed] }).answers).toEqual([200]);
    await handset.hearsNothing();
    expect(call.asks('MESSAGE', { body: 'x', headers: [disposition] }).answers).toEqual([200]);

    await handset.hears('message', { content: 'x' });
  });

  test('RFC 6665 §4.1.3, RFC 3261 §8.2.1: what is no note is 481 or 405', async () => {
    const { handset, call } = await gatewayInCall();

    expect(call.asks('NOTIFY', { body: 'x' }).answers).toEqual([481]);
    expect(call.asks('REFER').answers).toEqual([405]);
    await handset.hearsNothing();
  });
});

test('over real SIP: digits in order, INFO and messages both ways, and to a number that nobody has', async () => {
  const { alice, bob } = await gatewayOverSip(new FakeEngine());
  alice.asks({ request: 'message', uri: '1002', content: 'may I call?', call_id: 'pager-1' });
  await alice.hears('messagesent', { callId: 'pager-1' });
  await bob.hears('message', { content: 'may I call?', content_type: 'text/plain' });
  await alice.hears('messagedelivery', { callId: 'pager-1', code: 200 });
  alice.asks({ request: 'call', uri: '1002' }, anOffer);
  await alice.hears('calling');
  await bob.hears('incomingcall');
  await alice.hears('ringing');
  bob.asks({ request: 'accept' }, anAnswer);
  await alice.hears('accepted');
  await alice.hears('accept_reply');
  await bob.hears('accept_reply');

  for (const digit of '12#') alice.asks({ request: 'dtmf_info', digit });
  for (const digit of '12#') {
    await alice.hears('dtmfsent');
    await bob.hears('info', {
      type: 'application/dtmf-relay',
      content: `Signal=${digit}\r\nDuration=160`,
    });
  }
  bob.asks({ request: 'message', content: '收到' });
  await bob.hears('messagesent');
  await alice.hears('message', { content: '收到' });
  await bob.hears('messagedelivery', { code: 200 });
  alice.asks({ request: 'message', uri: '4711', content: 'anybody?' });

  await alice.hears('messagesent');
  await alice.hears('messagedelivery', { code: 404 });
});
