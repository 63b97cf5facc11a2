import { describe, expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

/** One account in several tabs or on several devices: one line, several handles. */
describe('an incoming call rings in every tab', () => {
  async function ringing() {
    const gateway = gatewayOfFakes();
    const [one, two] = [await gateway.registered(), await gateway.registered()];
    const call = gateway.stack.agent.isCalled({ offer: 'peer-offer' });
    const jsep = { type: 'offer', sdp: 'browser(peer-offer)' };
    await one.hears('incomingcall', { callId: 'in-1', jsep });
    await two.hears('incomingcall', { callId: 'in-1', jsep });
    return { ...gateway, one, two, call };
  }

  test('the second handle of an account shares the registration', async () => {
    const { stack, counts, registered } = gatewayOfFakes();
    await registered();
    await registered();

    expect(stack.agents).toHaveLength(1);
    expect(stack.agent.registrations).toHaveLength(1);
    expect(counts()).toMatchObject({ handles: 2, lines: 1 });
  });

  test('the first answer wins, the other hears that it was answered elsewhere', async () => {
    const { one, two, call } = await ringing();

    const accept = one.asks({ request: 'accept' }, anAnswer);
    await two.hears('hangup', { callId: 'in-1', code: 200, reason: 'Answered elsewhere' });
    call.acknowledges();

    await one.hears('accept_reply', { transaction: accept });
    await two.hearsNothing();
    expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
  });

  test('two answers at once: one wins, the other is refused', async () => {
    const { one, two, call } = await ringing();

    one.asks({ request: 'accept' }, anAnswer);
    const late = two.asks({ request: 'accept' }, { type: 'answer', sdp: 'late' });
    await two.isRefused(447, late);
    await two.hears('hangup', { code: 200 });
    call.acknowledges();

    await one.hears('accept_reply');
    expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
  });

  test('an answer that cannot be read leaves it ringing for both', async () => {
    const { one, two, call } = await ringing();

    const broken = one.asks({ request: 'accept' }, { type: 'answer', sdp: 'sdp-refused' });
    await one.isRefused(444, broken);
    await two.hearsNothing();
    two.asks({ request: 'accept' }, anAnswer);
    await one.hears('hangup', { code: 200, reason: 'Answered elsewhere' });
    call.acknowledges();

    await two.hears('accept_reply');
  });

  test.each([
    ['decline', 'declining'],
    ['hangup', 'hangingup'],
  ] as const)('%s in one tab is the decision of the person: it ends in all', async (request, event) => {
    const { one, two, call, counts } = await ringing();

    one.asks({ request });

    await one.hears(event);
    await two.hears('hangup', { code: 486, reason: 'Declined elsewhere' });
    await two.hearsNothing();
    expect(call.did).toEqual(['180', '486']);
    expect(counts()).toMatchObject({ calls: 0 });
  });

  test('once one tab has answered, the others have no say, also before the peer knows', async () => {
    const { one, two, call } = await ringing();

    one.asks({ request: 'accept' }, anAnswer);
    const late = two.asks({ request: 'hangup' });
    await two.isRefused(447, late);
    await two.hears('hangup', { code: 200, reason: 'Answered elsewhere' });
    call.acknowledges();

    await one.hears('accept_reply');
    expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
  });

  test('a tab that logs out leaves it ringing in the other', async () => {
    const { one, two, call } = await ringing();

    two.asks({ request: 'unregister' });
    await two.hears('unregistering');
    await two.hears('unregistered');
    one.asks({ request: 'accept' }, anAnswer);
    await quiet();
    call.acknowledges();

    await one.hears('accept_reply');
    expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
  });

  test('a tab that is closed leaves it ringing in the other; after the last one it rings for a page that reloads', async () => {
    const { one, two, call, clock } = await ringing();

    one.leaves();
    two.leaves();
    clock.advance(4999);
    expect(call.did).toEqual(['180']);
    clock.advance(1);

    expect(call.did).toEqual(['180', '480']);
  });

  test('the peer gives up: both hear it', async () => {
    const { one, two, call } = await ringing();

    call.ends({ status: 487, reason: 'Request Terminated' });

    await one.hears('hangup', { code: 487 });
    await two.hears('hangup', { code: 487 });
  });

  test('a tab that opens while it rings may answer too', async () => {
    const { one, two, call, registered } = await ringing();

    const three = await registered();
    await three.hears('incomingcall', { jsep: { type: 'offer', sdp: 'browser(peer-offer)' } });
    three.asks({ request: 'accept' }, anAnswer);
    await one.hears('hangup', { reason: 'Answered elsewhere' });
    await two.hears('hangup', { reason: 'Answered elsewhere' });
    call.acknowledges();

    await three.hears('accept_reply');
  });
});

describe('busy', () => {
  test('a handset in a call does not ring, another of the account does', async () => {
    const { stack, registered } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];
    one.asks({ request: 'new_call', uri: '1002' });
    await one.hears('calling');

    stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-2' });

    await two.hears('incomingcall', { callId: 'in-2' });
    await one.hearsNothing();
  });

  test('everybody in a call: 486 to the peer, missed_call to the handsets, the calls go on', async () => {
    const { stack, registered, counts } = gatewayOfFakes();
    const handset = await registered();
    stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-1' });
    await handset.hears('incomingcall');

    const second = stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-2' });

    expect(second.did).toEqual(['486']);
    await handset.hears('missed_call', {
      callee: '1001',
      caller: 'sip:1002@pbx.example',
      displayname: 'Alice',
      reason: 'Busy Here',
    });
    await handset.hearsNothing();
    expect(counts()).toMatchObject({ calls: 1 });
  });

  test('a handset in a call cannot dial', async () => {
    const { registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    await handset.isRefused(447, handset.asks({ request: 'new_call', uri: '1003' }));
    await handset.isRefused(447, handset.asks({ request: 'call', uri: '1003' }, anOffer));
  });

  test('the engine is down: 480 to the peer, and the line stays', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    engine.isUp = false;

    expect(stack.agent.isCalled({ offer: 'peer-offer' }).did).toEqual(['480']);
    await handset.hears('missed_call', { reason: 'Media engine unavailable' });
    engine.isUp = true;
    stack.agent.isCalled({ offer: 'peer-offer' });

    await handset.hears('incomingcall');
  });

  test('the engine is down: an outgoing call hears calling and hangup 503, and no INVITE goes out', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    engine.isUp = false;

    for (const [body, jsep] of [
      [{ request: 'new_call', uri: '1002' }],
      [{ request: 'call', uri: '1002' }, anOffer],
    ] as const) {
      const transaction = handset.asks(body, jsep);
      const { callId } = await handset.hears('calling', { transaction });
      await handset.hears('hangup', { callId, code: 503 });
    }

    expect(stack.agent.calls).toEqual([]);
  });

  test('the engine fails while the INVITE is under way: CANCEL and hangup 503', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    engine.opens('timeout');

    handset.asks({ request: 'new_call', uri: '1002' });

    await handset.hears('calling');
    await handset.hears('hangup', { code: 503 });
    expect(stack.agent.call.did).toEqual(['CANCEL']);
  });

  test('an engine that never answers holds up neither hangup nor the next call', async () => {
    const { engine, registered, counts } = gatewayOfFakes();
    const handset = await registered();
    engine.opens('never');
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
    expect(counts()).toMatchObject({ calls: 0 });
    engine.opens('at once');
    handset.asks({ request: 'new_call', uri: '1002' });

    await handset.hears('calling');
  });
});

describe('trickle', () => {
  const candidate = (ufrag: string, port = 1) => ({
    candidate: `candidate:1 1 udp 1 192.0.2.1 ${port} typ host ufrag ${ufrag}`,
    sdpMid: '0',
  });
  const answer = { type: 'answer', sdp: 'a=ice-ufrag:ours\r\n' } as const;

  test('candidates that come before the SDP wait for it', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    handset.trickles(candidate('ours', 1), candidate('ours', 2));
    expect(engine.session.candidates).toEqual([]);
    handset.asks({ request: 'accept' }, answer);
    handset.trickles({ completed: true });

    await quiet();
    expect(engine.session.candidates).toEqual([
      candidate('ours', 1),
      candidate('ours', 2),
      { completed: true },
    ]);
  });

  test('candidates of a PeerConnection before it are dropped', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.trickles(candidate('stale'), { completed: true });
    stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    handset.asks({ request: 'accept' }, answer);

    await quiet();
    expect(engine.session.candidates).toEqual([]);
  });

  test('candidates before the engine has a session come to it when it has', async () => {
    const { engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'call', uri: '1002' }, { type: 'offer', sdp: 'a=ice-ufrag:ours' });
    handset.trickles(candidate('ours'));

    await handset.hears('calling');
    expect(engine.session.candidates).toEqual([candidate('ours')]);
  });

  test('candidates of a tab that does not drive the call are dropped', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];
    stack.agent.isCalled({ offer: 'peer-offer' });
    await one.hears('incomingcall');
    one.asks({ request: 'accept' }, answer);
    await quiet();

    two.trickles(candidate('ours'));

    await quiet();
    expect(engine.session.candidates).toEqual([]);
  });

  test('a flood of early candidates is bounded', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    for (let round = 0; round < 1000; round++) handset.trickles(candidate('ours'), candidate('ours'));
    stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    handset.asks({ request: 'accept' }, answer);

    await quiet();
    expect(engine.session.candidates.length).toBeLessThanOrEqual(128);
  });
});
