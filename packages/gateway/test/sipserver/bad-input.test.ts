import { describe, expect, test } from 'vitest';
import type { Jsep } from '@soft-handset/protocol';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

const long = 'x'.repeat(5000);

describe('requests that do not parse or do not fit', () => {
  const bad: readonly [string, unknown, Jsep | undefined, number][] = [
    ['nothing', undefined, undefined, 440],
    ['a number', 7, undefined, 440],
    ['a list', [], undefined, 440],
    ['an empty object', {}, undefined, 443],
    ['a request that is no text', { request: 1 }, undefined, 444],
    ['an unknown request', { request: 'fly' }, undefined, 442],
    ['__proto__', { request: '__proto__' }, undefined, 442],
    ['new_call without uri', { request: 'new_call' }, undefined, 443],
    ['new_call with a uri that is no text', { request: 'new_call', uri: {} }, undefined, 444],
    ['new_call with a long uri', { request: 'new_call', uri: long }, undefined, 444],
    ['new_call with an empty uri', { request: 'new_call', uri: '' }, undefined, 444],
    ['new_call with a broken flag', { request: 'new_call', uri: '1', video: 'maybe' }, undefined, 444],
    ['new_call with JSEP', { request: 'new_call', uri: '1002' }, anOffer, 444],
    ['hangup with JSEP', { request: 'hangup' }, anOffer, 444],
    ['register with JSEP', { request: 'register', username: '1001' }, anAnswer, 444],
    ['call without JSEP', { request: 'call', uri: '1002' }, undefined, 448],
    ['call with an answer', { request: 'call', uri: '1002' }, anAnswer, 444],
    ['accept without JSEP', { request: 'accept' }, undefined, 448],
    ['new_accept without JSEP', { request: 'new_accept' }, undefined, 448],
    ['new_accept with an offer', { request: 'new_accept' }, anOffer, 444],
    ['update without JSEP', { request: 'update' }, undefined, 448],
    ['accept without a call', { request: 'accept' }, anAnswer, 447],
    ['new_accept without a call', { request: 'new_accept' }, anAnswer, 447],
    ['decline without a call', { request: 'decline' }, undefined, 447],
    ['hangup without a call', { request: 'hangup' }, undefined, 447],
    ['update without a call', { request: 'update' }, anOffer, 447],
    ['hangup of an unknown call', { request: 'hangup', call_id: 'nope' }, undefined, 454],
    ['decline with a success', { request: 'decline', code: 200 }, undefined, 444],
    ['a call_id that is none', { request: 'new_call', uri: '1', call_id: 'a b' }, undefined, 444],
    ['a call_id with a line break', { request: 'new_call', uri: '1', call_id: 'a\r\nb' }, undefined, 444],
    ['a header of the stack', { request: 'new_call', uri: '1', headers: { Route: 'x' } }, undefined, 444],
    [
      'a header with a line break',
      { request: 'new_call', uri: '1', headers: { 'X-A': 'a\r\nB: c' } },
      undefined,
      444,
    ],
    [
      'a header whose name is none',
      { request: 'new_call', uri: '1', headers: { 'X A': 'a' } },
      undefined,
      444,
    ],
    ['a uri with a line break', { request: 'new_call', uri: '1002\r\nRoute: <sip:evil>' }, undefined, 444],
    ['a uri with a blank', { request: 'new_call', uri: '10 02' }, undefined, 446],
    ['a uri with brackets', { request: 'new_call', uri: '<sip:1002@x>' }, undefined, 446],
    ['another scheme', { request: 'new_call', uri: 'https://example.org' }, undefined, 446],
    ['a SIP URI without user', { request: 'new_call', uri: 'sip:pbx.example' }, undefined, 446],
    ['a SIP URI without host', { request: 'new_call', uri: 'sip:1002@' }, undefined, 446],
    ['a tel URI without number', { request: 'new_call', uri: 'tel:' }, undefined, 446],
  ];

  test.each(bad)('%s', async (_, body, jsep, code) => {
    const { registered, log, stack, counts } = gatewayOfFakes();
    const handset = await registered();

    const transaction = handset.asks(body as object, jsep);

    await handset.isRefused(code, transaction);
    await handset.hearsNothing();
    expect(log.texts('error')).toEqual([]);
    expect(stack.agent.calls).toEqual([]);
    expect(counts()).toEqual({ handles: 1, lines: 1, calls: 0, timers: 0 });
  });

  test('a call without a registration is 447', async () => {
    const { handset: attach } = gatewayOfFakes();
    const handset = attach();

    await handset.isRefused(447, handset.asks({ request: 'new_call', uri: '1002' }));
    await handset.isRefused(447, handset.asks({ request: 'call', uri: '1002' }, anOffer));
  });

  test('a running call does not notice bad requests of its handset, or of another', async () => {
    const { stack, registered, handset: attach } = gatewayOfFakes();
    const handset = await registered();
    const stranger = attach();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept' }, anAnswer);
    await quiet();
    call.acknowledges();
    await handset.hears('accept_reply');

    for (const [, body, jsep] of bad) {
      // These are no mistakes in a call.
      if (
        ['hangup without a call', 'update without a call'].some(
          (name) => bad.find(([n]) => n === name)?.[1] === body,
        )
      )
        continue;
      handset.asks(body as object, jsep);
      await handset.hears('error');
      stranger.asks(body as object, jsep);
      await stranger.hears('error');
    }

    expect(call.state).toBe('confirmed');
    handset.asks({ request: 'hangup', call_id: 'in-1' });
    await handset.hears('hangingup');
  });

  test('the SDP of a call cannot be read: 444, and the handset can call again', async () => {
    const { stack, registered, counts } = gatewayOfFakes();
    const handset = await registered();

    const call = handset.asks({ request: 'call', uri: '1002' }, { type: 'offer', sdp: 'sdp-refused' });
    await handset.isRefused(444, call);
    await handset.hearsNothing();

    expect(stack.agent.calls).toEqual([]);
    expect(counts()).toMatchObject({ calls: 0 });
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');
  });

  test('the SDP of new_accept cannot be read: 444, and the handset may answer again', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');

    await handset.isRefused(
      444,
      handset.asks({ request: 'new_accept' }, { type: 'answer', sdp: 'sdp-refused' }),
    );
    handset.asks({ request: 'new_accept' }, anAnswer);

    await handset.hears('accept_reply');
  });

  test('the wrong kind of accept is 444, and it goes on ringing', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    await handset.isRefused(444, handset.asks({ request: 'accept' }, anOffer));

    expect(call.did).toEqual(['180']);
  });

  test('a call_id that is in use is refused', async () => {
    const { registered } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];
    one.asks({ request: 'new_call', uri: '1002', call_id: 'mine' });
    await one.hears('calling', { callId: 'mine' });

    await two.isRefused(444, two.asks({ request: 'new_call', uri: '1002', call_id: 'mine' }));
    await two.isRefused(454, two.asks({ request: 'hangup', call_id: 'mine' }));
  });
});

describe('callers', () => {
  test.each([
    ['no type', [], 'user_call_user'],
    ['a type', [['X-Call-Type', ' call_dispatch ']], 'call_dispatch'],
    ['a type that is unknown', [['X-Call-Type', 'call_of_the_future']], 'call_of_the_future'],
    ['a type that is none', [['X-Call-Type', '"><script>']], 'user_call_user'],
    ['Answer-Mode', [['Answer-Mode', 'Auto']], 'self_call_handle'],
    ['Answer-Mode, demanded', [['Answer-Mode', 'Auto;require']], 'self_call_handle'],
    ['Answer-Mode, by hand', [['Answer-Mode', 'Manual']], 'user_call_user'],
    ['Call-Info', [['Call-Info', '<sip:pbx>;answer-after=0']], 'self_call_handle'],
    ['Call-Info, later', [['Call-Info', '<sip:pbx>;answer-after=05']], 'user_call_user'],
    ['Alert-Info', [['Alert-Info', '<http://x>;info=alert-autoanswer']], 'self_call_handle'],
    ['Alert-Info, auto', [['Alert-Info', 'Auto Answer']], 'self_call_handle'],
    ['Alert-Info, ring', [['Alert-Info', 'info=ring-answer']], 'self_call_handle'],
  ] as const)('say why they call: %s', async (_, headers, type) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isCalled({ offer: 'peer-offer', headers });

    await handset.hears('incomingcall', { type });
  });

  test.each([
    ['<sip:anonymous@anonymous.invalid>;tag=1', 'sip:anonymous@anonymous.invalid', 'Anonymous'],
    ['"李雷" <sip:%E6%9D%8E@pbx.example;transport=tcp?a=b>;tag=1', 'sip:%E6%9D%8E@pbx.example', '李雷'],
    ['<sip:%E6%9D%8E@pbx.example>;tag=1', 'sip:%E6%9D%8E@pbx.example', '李'],
    ['<sip:pbx.example>;tag=1', 'sip:pbx.example', undefined],
    ['<tel:+8613800000000>;tag=1', 'tel:+8613800000000', '+8613800000000'],
  ])('who they are: %s', async (from, username, displayname) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isCalled({ offer: 'peer-offer', from });

    const news = await handset.hears('incomingcall', { username });
    expect(news['displayname']).toBe(displayname);
  });

  test('the log shortens their numbers', async () => {
    const { stack, registered, log } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isCalled({ offer: 'peer-offer', from: '<sip:13812345678@pbx.example>;tag=1' });
    await handset.hears('incomingcall');

    const begins = log.lines.find(({ text }) => text === 'call begins');
    expect(begins?.facts).toMatchObject({ peer: '13…78' });
  });
});

test('an error of ours ends that call with 500, is logged, and no other notices', async () => {
  const { stack, registered, log, counts } = gatewayOfFakes();
  const [one, two] = [await registered(), await registered()];
  const call = stack.agent.isCalled({ offer: 'peer-offer' });
  await one.hears('incomingcall');
  await two.hears('incomingcall');
  call.accept = () => {
    throw new Error('a bug');
  };

  one.asks({ request: 'accept' }, anAnswer);

  await two.hears('hangup', { reason: 'Answered elsewhere' });
  await one.hears('hangup', { code: 500 });
  expect(call.did).toEqual(['180', '500']);
  expect(log.texts('error')).toEqual(['call broken']);
  expect(counts()).toMatchObject({ calls: 0, timers: 0 });
});
