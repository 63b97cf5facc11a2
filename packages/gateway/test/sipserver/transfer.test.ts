import { describe, expect, test } from 'vitest';
import { gatewayInCall } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

const audioSdp = (payloads: string) => `v=0\r\nc=IN IP4 192.0.2.5\r\nm=audio 4000 RTP/AVP ${payloads}\r\n`;
const sipfrag = { notify: 'refer', 'content-type': 'message/sipfrag;version=2.0', callId: 'in-1' };

describe('the handset sends its peer to somebody else (RFC 3515, RFC 5589 §6)', () => {
  test('the peer gets there: the handset hears how far it is, then the call ends with a BYE', async () => {
    const { handset, call } = await gatewayInCall();

    const transaction = handset.asks({ request: 'transfer', uri: '1005' });
    await handset.hears('transferring', { transaction, callId: 'in-1' });
    call.referral?.accepted?.({ status: 202, reports: true });
    call.referral?.progress?.({ status: 180, reason: 'Ringing' });
    await handset.hears('notify', { ...sipfrag, substate: 'active', content: 'SIP/2.0 180 Ringing' });
    call.referral?.ended({ status: 200, reason: 'OK', refused: false });

    await handset.hears('notify', { ...sipfrag, substate: 'terminated', content: 'SIP/2.0 200 OK' });
    await handset.hears('hangup', { code: 200, reason: 'Transferred' });
    await handset.hears('close PC');
    expect(call.did.slice(-2)).toEqual(['REFER sip:1005@pbx.example', 'BYE']);
  });

  test('whom it was sent to is busy: the call goes on, and may be transferred again', async () => {
    const { handset, call } = await gatewayInCall();
    handset.asks({ request: 'transfer', uri: '1005' });
    await handset.hears('transferring');

    call.referral?.ended({ status: 486, reason: 'Busy Here', refused: false });

    await handset.hears('notify', { substate: 'terminated', content: 'SIP/2.0 486 Busy Here' });
    await handset.hearsNothing();
    expect(call.state).toBe('confirmed');
    handset.asks({ request: 'transfer', uri: '1006' });
    await handset.hears('transferring');
  });

  test('the peer does not let itself be sent: 449, and the call goes on', async () => {
    const { handset, call } = await gatewayInCall();
    const transaction = handset.asks({ request: 'transfer', uri: '1005' });
    await handset.hears('transferring');

    call.referral?.ended({ status: 603, reason: 'Decline', refused: true });

    await handset.isRefused(449, transaction);
    expect(call.state).toBe('confirmed');
  });

  test('the peer hangs up before it reports: no more than hangup', async () => {
    const { handset, call } = await gatewayInCall();
    handset.asks({ request: 'transfer', uri: '1005' });
    await handset.hears('transferring');

    call.ends();
    await handset.hears('hangup', { code: 200 });
    await handset.hears('close PC');
    call.referral?.ended({ status: 200, reason: 'OK', refused: false });

    await handset.hearsNothing();
  });

  test.each([
    [443, {}],
    [446, { uri: 'ftp://x' }],
    [444, { uri: 12 }],
    [454, { replace: 'no-such-call' }],
    [454, { replace: 'in-1' }],
    [454, { uri: '1005', call_id: 'another' }],
  ])('%i for %j, and the call goes on', async (code, fields) => {
    const { handset, call } = await gatewayInCall();

    await handset.isRefused(code, handset.asks({ request: 'transfer', ...fields }));

    expect(call.state).toBe('confirmed');
    expect(call.did).not.toContainEqual(expect.stringMatching(/^REFER/));
  });

  test('447 without a call, while it rings, and during a transfer', async () => {
    const { handset, stack, ...gateway } = await gatewayInCall();
    const idle = await gateway.registered();
    await idle.isRefused(447, idle.asks({ request: 'transfer', uri: '1005' }));
    const ringing = stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-2' });
    await idle.hears('incomingcall');
    await idle.isRefused(447, idle.asks({ request: 'transfer', uri: '1005' }));
    ringing.ends({ status: 487 });

    handset.asks({ request: 'transfer', uri: '1005' });
    await handset.hears('transferring');
    await handset.isRefused(447, handset.asks({ request: 'transfer', uri: '1006' }));
  });

  test("to the peer of another call of the account, which need not be the same handset's", async () => {
    const { handset, call, ...gateway } = await gatewayInCall();
    const second = await gateway.registered();
    second.asks({ request: 'call', uri: '1005', call_id: 'out-1' }, anOffer);
    await second.hears('calling');
    await quiet();

    handset.asks({ request: 'transfer', replace: 'out-1' });
    await handset.hears('transferring');

    expect(call.did.at(-1)).toBe('REFER out-1');
  });
});

describe('the peer sends the handset to somebody else', () => {
  const facts = { target: 'sip:1005@pbx.example', referredBy: '<sip:1002@pbx.example>' };
  const replaces = { callId: 'theirs', toTag: 'a', fromTag: 'b', earlyOnly: false };

  test('another handset of the account calls there, and the peer hears what becomes of it', async () => {
    const { handset, call, stack, ...gateway } = await gatewayInCall();
    const second = await gateway.registered();
    const referral = call.asksToCall({ ...facts, replaces });
    const { refer_id } = await handset.hears('transfer', {
      callId: 'in-1',
      refer_to: 'sip:1005@pbx.example',
      referred_by: '<sip:1002@pbx.example>',
      replaces: 'theirs',
    });
    expect(referral.heard).toEqual([]);

    second.asks({ request: 'call', uri: 'sip:1005@pbx.example', refer_id }, anOffer);
    await second.hears('calling');
    await quiet();
    expect(stack.agent.call.inviteOptions).toMatchObject({ referredBy: facts.referredBy, replaces });
    stack.agent.call.rings();
    await second.hears('ringing');
    stack.agent.call.answers('peer-answer');
    await second.hears('accepted');

    expect(referral.heard).toEqual([202, 180, 200]);
  });

  test('by a return call, and on the handle of the call where the handset hangs up first (RFC 5057 §4)', async () => {
    const { handset, call, stack } = await gatewayInCall();
    const referral = call.asksToCall({ ...facts, replaces });
    const { refer_id } = await handset.hears('transfer');
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
    await handset.hears('close PC');

    handset.asks({ request: 'new_call', uri: 'sip:1005@pbx.example', refer_id });
    await handset.hears('calling');
    await quiet();
    expect(stack.agent.call.inviteOptions).toMatchObject({ referredBy: facts.referredBy, replaces });
    expect(stack.agent.call.inviteOptions).not.toHaveProperty('sdp');
    stack.agent.call.rings();
    await handset.hears('ringing');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');
    expect(referral.heard).toEqual([202, 180]);
    handset.asks({ request: 'new_accept' }, anAnswer);
    await handset.hears('accept_reply');

    expect(referral.heard).toEqual([202, 180, 200]);
  });

  test.each([
    ['as it is', '8 0'],
    ['with fewer codecs', '0'],
  ])('by a return call that is made again with an offer, which is answered %s', async (_how, payloads) => {
    const { handset, call, stack, ...gateway } = await gatewayInCall();
    const second = await gateway.registered();
    const referral = call.asksToCall({ ...facts, replaces });
    const { refer_id } = await handset.hears('transfer');
    second.asks({ request: 'new_call', uri: '1005', refer_id });
    await second.hears('calling');

    stack.agent.call.ends({ status: 488, reason: 'Not Acceptable Here' });
    await second.hears('new_accepted');
    second.asks({ request: 'new_accept' }, { type: 'answer', sdp: audioSdp('8 0') });
    await quiet();
    expect(stack.agent.call.inviteOptions).toMatchObject({ referredBy: facts.referredBy, replaces });
    expect(referral.heard).toEqual([202]);
    stack.agent.call.answers(audioSdp(payloads));
    await second.hears('accept_reply');

    expect(referral.heard).toEqual([202, 200]);
  });

  test('whom it was sent to refuses: the peer hears that, its call goes on', async () => {
    const { handset, call, stack, ...gateway } = await gatewayInCall();
    const second = await gateway.registered();
    const referral = call.asksToCall(facts);
    const { refer_id } = await handset.hears('transfer');
    second.asks({ request: 'call', uri: '1005', refer_id }, anOffer);
    await second.hears('calling');
    await quiet();

    stack.agent.call.ends({ status: 486, reason: 'Busy Here' });

    await second.hears('hangup', { code: 486 });
    expect(referral.heard).toEqual([202, 486]);
    expect(call.state).toBe('confirmed');
  });

  test('the handset will not: 603, or what it says', async () => {
    const { handset, call } = await gatewayInCall();
    const [first, second] = [call.asksToCall(facts), call.asksToCall(facts)];
    const { refer_id: one } = await handset.hears('transfer');
    const { refer_id: two } = await handset.hears('transfer');

    const transaction = handset.asks({ request: 'decline', refer_id: one });
    await handset.hears('declining', { transaction, code: 603, refer_id: one });
    handset.asks({ request: 'decline', refer_id: two, code: 480 });
    await handset.hears('declining', { code: 480 });

    expect([first.heard, second.heard]).toEqual([[603], [480]]);
    await handset.hearsNothing();
    expect(call.state).toBe('confirmed');
  });

  test('each is taken once, and not after the peer has been told that nobody will: 444', async () => {
    const { handset, call, ...gateway } = await gatewayInCall();
    const second = await gateway.registered();
    const referral = call.asksToCall(facts);
    const { refer_id } = await handset.hears('transfer');
    await handset.isRefused(444, handset.asks({ request: 'decline', refer_id: 1 }));
    referral.reject(603);

    await second.isRefused(444, second.asks({ request: 'call', uri: '1005', refer_id }, anOffer));
    await handset.isRefused(444, handset.asks({ request: 'decline', refer_id }));
  });

  test('before the call is up, and beyond what can wait: 480', async () => {
    const { handset, call, stack, ...gateway } = await gatewayInCall();
    const waiting = Array.from({ length: 32 }, () => call.asksToCall(facts));
    expect(call.asksToCall(facts).heard).toEqual([480]);
    expect(waiting.every(({ heard }) => heard.length === 0)).toBe(true);
    handset.forgets('transfer');

    const second = await gateway.registered();
    second.asks({ request: 'call', uri: '1005' }, anOffer);
    await second.hears('calling');
    await quiet();
    expect(stack.agent.call.asksToCall(facts).heard).toEqual([480]);
  });
});

describe('somebody else takes the place of the peer (RFC 3891)', () => {
  test('it is a change like another for the handset, which hears who is there now', async () => {
    const { handset, call, stack } = await gatewayInCall();

    const next = stack.agent.isCalled({
      offer: 'next-offer',
      from: '"Carol" <sip:1005@pbx.example>;tag=c',
      callId: 'in-2',
      replaces: call,
      headers: [['Referred-By', '<sip:1002@pbx.example>']],
    });
    await handset.hears('updatingcall', {
      callId: 'in-1',
      username: 'sip:1005@pbx.example',
      displayname: 'Carol',
      referred_by: 'sip:1002@pbx.example',
      jsep: { type: 'offer', sdp: 'browser(next-offer)' },
    });
    const transaction = handset.asks({ request: 'update' }, anAnswer);
    await handset.hears('updated', { transaction });
    call.ends();
    next.acknowledges();

    expect(next.did).toEqual(['200 plain(handset-answer)']);
    await handset.hearsNothing();
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
    expect(next.did).toEqual(['200 plain(handset-answer)', 'BYE']);
  });

  test('who gives up before the handset has answered, or is refused: the peer stays', async () => {
    const { handset, call, stack } = await gatewayInCall();
    const next = stack.agent.isCalled({ offer: 'next-offer', callId: 'in-2', replaces: call });
    await handset.hears('updatingcall');
    next.ends({ status: 487 });
    await quiet();
    const another = stack.agent.isCalled({ offer: 'next-offer', callId: 'in-3', replaces: call });
    await handset.hears('updatingcall');
    // A change is under way.
    const tooSoon = stack.agent.isCalled({ offer: 'next-offer', callId: 'in-4', replaces: call });
    await quiet();
    expect(tooSoon.did).toEqual(['491']);
    handset.asks({ request: 'update' }, anAnswer);
    await handset.hears('updated');

    expect(call.did).not.toContain('BYE');
    expect(another.did).toEqual(['200 plain(handset-answer)']);
    call.ends();
    await handset.hearsNothing();
  });

  test('without an offer it gets ours, and its answer comes in the ACK', async () => {
    const { handset, call, stack, engine } = await gatewayInCall();

    const next = stack.agent.isCalled({ callId: 'in-2', replaces: call });
    await quiet();
    expect(next.did).toEqual(['200 plain(handset-answer)']);
    next.acknowledges('next-answer');
    await quiet();

    expect(engine.session.crossed.at(-1)).toContain('next-answer');
    await handset.hearsNothing();
  });

  test('of a call that is not up yet: another handset rings, and hears which call it is', async () => {
    const { handset, stack, ...gateway } = await gatewayInCall();
    const second = await gateway.registered();
    second.asks({ request: 'call', uri: '1005', call_id: 'out-1' }, anOffer);
    await second.hears('calling');
    await quiet();
    const third = await gateway.registered();

    stack.agent.isCalled({ offer: 'next-offer', callId: 'in-2', replaces: stack.agent.call });

    await third.hears('incomingcall', { replaces: 'out-1', callId: 'in-2' });
    await handset.hearsNothing();
  });
});
