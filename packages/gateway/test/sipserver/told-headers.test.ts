import { Headers } from '@soft-handset/sip';
import { describe, expect, test } from 'vitest';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { gatewayOverSip } from '../fakes/gateway-over-sip.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

const asked = { incoming_header_prefixes: ['X-', 'p-'] };
const theirs = [
  ['X-Queue', 'sales'],
  ['x-ticket', '17'],
  ['P-Charge-Info', '<sip:1000@pbx.example>'],
  ['Subject', 'not asked for'],
] as const;
const told = { 'X-Queue': 'sales', 'x-ticket': '17', 'P-Charge-Info': '<sip:1000@pbx.example>' };

describe('headers of the peers, where a handset has asked for such', () => {
  test('incomingcall tells those of the INVITE, hangup those of its end', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.handset().registers('1001', asked);

    const call = gateway.stack.agent.isCalled({ offer: 'peer-offer', headers: theirs });

    expect((await handset.hears('incomingcall'))['headers']).toEqual(told);
    call.ends({ status: 487, headers: new Headers([['X-Why', 'gave up']]) });
    expect((await handset.hears('hangup'))['headers']).toEqual({ 'X-Why': 'gave up' });
  });

  test('a classic call: ringing, progress and accepted have those of their responses', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.handset().registers('1001', asked);
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');
    const { call } = gateway.stack.agent;

    call.rings(180, undefined, [['X-Step', 'ring']]);
    call.rings(183, 'peer-answer', [['X-Step', 'early']]);
    await quiet();
    call.answers('peer-answer', [['X-Step', 'up']]);

    expect((await handset.hears('ringing'))['headers']).toEqual({ 'X-Step': 'ring' });
    expect((await handset.hears('progress'))['headers']).toEqual({ 'X-Step': 'early' });
    expect((await handset.hears('accepted'))['headers']).toEqual({ 'X-Step': 'up' });
    expect((await handset.hears('accept_reply'))['headers']).toEqual({ 'X-Step': 'up' });
  });

  test('a return call: new_accepted has those of the 200', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.handset().registers('1001', asked);
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    gateway.stack.agent.call.answers('peer-offer', [['X-Step', 'up']]);

    expect((await handset.hears('new_accepted'))['headers']).toEqual({ 'X-Step': 'up' });
  });

  test('over real SIP: hangup has those of a refusal, incomingcall those that the caller has set', async () => {
    const { alice, bob } = await gatewayOverSip(new FakeEngine());
    await alice.registers('1001', asked);
    alice.asks({ request: 'call', uri: '1002' }, anOffer);
    await alice.hears('calling');
    await bob.hears('incomingcall');
    await alice.hears('ringing');

    bob.asks({ request: 'decline', headers: { 'X-Why': 'lunch' } });

    expect((await alice.hears('hangup', { code: 486 }))['headers']).toEqual({ 'X-Why': 'lunch' });
    await bob.hears('declining');
    await alice.hears('close PC');
    bob.asks({ request: 'call', uri: '1001', headers: { 'X-Queue': 'sales' } }, anOffer);
    await bob.hears('calling');
    expect((await alice.hears('incomingcall'))['headers']).toEqual({ 'X-Queue': 'sales' });
    bob.asks({ request: 'hangup' });
    await alice.hears('hangup', { code: 487 });
  });

  test('INFO, MESSAGE and NOTIFY tell theirs too', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.handset().registers('1001', asked);
    const { agent } = gateway.stack;

    agent.isMessaged({ body: 'hello', headers: theirs });
    expect((await handset.hears('message'))['headers']).toEqual(told);
    handset.asks({ request: 'subscribe', event: 'dialog', to: '1002' });
    await handset.hears('subscribing');
    agent.subscriptions[0]!.notifies('active', 'idle', theirs);
    expect((await handset.hears('notify'))['headers']).toEqual(told);
    agent.isNotified({ body: 'mail', headers: [['Event', 'message-summary'], ...theirs] });
    expect((await handset.hears('notify'))['headers']).toEqual(told);
    const call = agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept' }, anAnswer);
    await quiet();
    call.acknowledges();
    await handset.hears('accept_reply');
    call.asks('INFO', { body: 'a', headers: theirs });
    expect((await handset.hears('info'))['headers']).toEqual(told);
  });

  test('each handset hears what it has asked for itself, and one that has asked for nothing hears none', async () => {
    const gateway = gatewayOfFakes();
    const plain = await gateway.registered();
    const curious = await gateway.handset().registers('1001', { incoming_header_prefixes: ['subj'] });

    gateway.stack.agent.isMessaged({ body: 'hello', headers: theirs });

    expect(await plain.hears('message')).not.toHaveProperty('headers');
    expect((await curious.hears('message'))['headers']).toEqual({ Subject: 'not asked for' });
  });

  test('a refresh that names no prefixes leaves them, one that names none at all takes them away', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.handset().registers('1001', asked);

    await handset.registers();
    gateway.stack.agent.isMessaged({ body: 'one', headers: theirs });
    expect((await handset.hears('message'))['headers']).toEqual(told);
    await handset.registers('1001', { incoming_header_prefixes: [] });
    gateway.stack.agent.isMessaged({ body: 'two', headers: theirs });

    expect(await handset.hears('message')).not.toHaveProperty('headers');
  });

  const long = 'v'.repeat(1025);
  const unnamed = [
    ['Privacy', 'id;critical'],
    ['P-Asserted-Identity', '<sip:boss@pbx.example>'],
    ['X-Queue', 'sales'],
  ] as const;
  test.each([
    [
      'the same name twice in one value (RFC 3261 §7.3.1)',
      [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      { 'X-A': '1, 2' },
    ],
    [
      'none that is longer than 1024 characters',
      [
        ['X-A', long],
        ['X-B', 'b'],
      ],
      { 'X-B': 'b' },
    ],
    [
      'no credentials',
      [
        ['Proxy-Authorization', 'Digest'],
        ['X-B', 'b'],
      ],
      { 'X-B': 'b' },
    ],
    ['no name of who wants to have none (RFC 3325 §9.3)', unnamed, { 'X-Queue': 'sales' }],
    [
      'a name that means something in JavaScript',
      [
        ['__proto__', 'x'],
        ['X-B', 'b'],
      ],
      { 'X-B': 'b' },
    ],
  ] as const)('%s', async (_, headers, expected) => {
    const gateway = gatewayOfFakes();
    const prefixes = ['x-', 'p-', 'proxy', '__'];
    const handset = await gateway.handset().registers('1001', { incoming_header_prefixes: prefixes });

    gateway.stack.agent.isMessaged({ body: 'hello', headers });

    const heard = (await handset.hears('message'))['headers'] as object;
    expect(Object.entries(heard).filter(([name]) => name !== '__proto__')).toEqual(Object.entries(expected));
    expect(Object.getPrototypeOf(heard)).toBe(Object.prototype);
  });

  test('32 at most', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.handset().registers('1001', asked);

    gateway.stack.agent.isMessaged({
      body: 'hello',
      headers: Array.from({ length: 100 }, (_, at) => [`X-${at}`, 'v'] as const),
    });

    expect(Object.keys((await handset.hears('message'))['headers'] as object)).toHaveLength(32);
  });

  test.each([
    ['no list', 'X-'],
    ['an empty prefix', ['']],
    ['a prefix that no name begins with', ['X: ']],
    ['more than 32', Array.from({ length: 33 }, (_, at) => `X-${at}`)],
  ])('%s is refused', async (_, incoming_header_prefixes) => {
    const handset = gatewayOfFakes().handset();

    handset.asks({ request: 'register', username: '1001', secret: 'page-secret', incoming_header_prefixes });

    await handset.isRefused(444);
  });
});
