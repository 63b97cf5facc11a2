import { describe, expect, test } from 'vitest';
import { gatewayInCall, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

/** The flows of docs/protocol.md §4, to the letter. */
describe('return call', () => {
  test('the peer answers', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();

    const newCall = handset.asks({ request: 'new_call', uri: '1002', video: '1' });
    const { callId } = await handset.hears('calling', { transaction: newCall });
    expect(stack.agent.call.inviteOptions).toMatchObject({ target: 'sip:1002@pbx.example', callId });
    expect(stack.agent.call.inviteOptions).not.toHaveProperty('sdp');
    // RFC 3841 §9.2: an INVITE without offer has no other way to ask for pictures.
    expect([...(stack.agent.call.inviteOptions?.headers ?? [])]).toEqual([
      ['Accept-Contact', '*;audio;video'],
    ]);

    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted', {
      transaction: newCall,
      callId,
      jsep: { type: 'offer', sdp: 'browser(peer-offer)' },
    });

    const newAccept = handset.asks({ request: 'new_accept' }, anAnswer);
    const reply = await handset.hears('accept_reply', { transaction: newAccept, callId });
    expect(reply.jsep).toBeUndefined();
    expect(stack.agent.call.did).toEqual(['ACK plain(handset-answer)']);

    engine.session.handler.webrtcUp?.();
    engine.session.handler.media?.({ type: 'audio', mid: '0', receiving: true });
    engine.session.handler.slowLink?.({ media: 'audio', mid: '0', uplink: true, lost: 10 });
    await handset.hears('webrtcup');
    await handset.hears('media', { type: 'audio', mid: '0', receiving: true });
    await handset.hears('slowlink', { lost: 10 });
    await handset.hearsNothing();
  });

  test('the peer ends the call', async () => {
    const { stack, engine, counts, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    const { callId } = await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');
    handset.asks({ request: 'new_accept' }, anAnswer);
    await handset.hears('accept_reply');

    stack.agent.call.ends({ status: 200, reason: 'OK', reasonHeader: 'Q.850;cause=16' });

    const news = await handset.hears('hangup', { callId, code: 200, reason_header: 'Q.850;cause=16' });
    expect(news.transaction).toBeUndefined();
    await handset.hears('close PC');
    await handset.hearsNothing();
    expect(engine.sessionCount).toBe(0);
    expect(counts()).toMatchObject({ calls: 0, timers: 0 });
  });

  test('the handset ends it before the answer', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    const { callId } = await handset.hears('calling');
    stack.agent.call.rings();
    await handset.hears('ringing', { callId, code: 180 });

    const hangup = handset.asks({ request: 'hangup' });

    await handset.hears('hangingup', { transaction: hangup, callId });
    await handset.hearsNothing();
    expect(stack.agent.call.did).toEqual(['CANCEL']);
    expect(engine.sessionCount).toBe(0);
  });

  test.each([
    [404, 'Not Found'],
    [486, 'Busy Here'],
    [603, 'Decline'],
  ])('the peer refuses with %i', async (status, reason) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    stack.agent.call.ends({ status, reason });

    await handset.hears('hangup', { code: status, reason });
    await handset.hearsNothing();
  });

  test('the engine session opens while the INVITE is under way', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'new_call', uri: '1002' });

    expect(stack.agent.calls).toHaveLength(1);
    expect(engine.sessions).toHaveLength(1);
  });

  test('the peer rings with 180 and with a 183 whose SDP cannot be used: said once', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    stack.agent.call.rings(183, 'early');
    stack.agent.call.rings(180);
    stack.agent.call.rings(180);

    await handset.hears('ringing', { code: 183 });
    await handset.hearsNothing();
  });

  test('a handset that does not answer in time: ACK, BYE, hangup 408', async () => {
    const { stack, clock, counts, registered } = gatewayOfFakes({ answerTimeoutMs: 20_000 });
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');

    clock.advance(19_999);
    await handset.hearsNothing();
    clock.advance(1);

    await handset.hears('hangup', { code: 408 });
    expect(stack.agent.call.did).toEqual(['BYE']);
    expect(counts()).toMatchObject({ calls: 0, timers: 0 });
  });

  test.each([
    ['no-common-codec', 488],
    ['engine-down', 503],
  ])('the handset answers, the engine says %s: BYE and hangup %i', async (code, status) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');

    handset.asks({ request: 'new_accept' }, { type: 'answer', sdp: code });

    await handset.hears('hangup', { code: status });
    expect(stack.agent.call.did).toEqual(['BYE']);
  });
});

describe('classic call', () => {
  test('the peer rings and answers', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    const call = handset.asks({ request: 'call', uri: 'sip:1002@other.example' }, anOffer);
    const { callId } = await handset.hears('calling', { transaction: call });
    expect(stack.agent.call.inviteOptions).toMatchObject({
      target: 'sip:1002@other.example',
      sdp: 'plain(handset-offer)',
      callId,
    });
    stack.agent.call.rings();
    const ringing = await handset.hears('ringing', { callId, code: 180 });
    expect(ringing.transaction).toBeUndefined();
    stack.agent.call.answers('peer-answer');

    await handset.hears('accepted', {
      transaction: call,
      callId,
      username: 'sip:1002@other.example',
      jsep: { type: 'answer', sdp: 'browser(peer-answer)' },
    });
    const reply = await handset.hears('accept_reply', { transaction: call, callId });
    expect(reply.jsep).toBeUndefined();
    await handset.hearsNothing();
  });

  test('183 with SDP, then 200 with the same: one JSEP', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');

    stack.agent.call.rings(183, 'peer-answer');
    await handset.hears('progress', { jsep: { type: 'answer', sdp: 'browser(peer-answer)' } });
    stack.agent.call.answers('peer-answer');

    const accepted = await handset.hears('accepted');
    expect(accepted.jsep).toBeUndefined();
    await handset.hears('accept_reply');
    expect(engine.session.crossed).toEqual(['toPeer offer handset-offer', 'toHandset answer peer-answer']);
  });

  test('183 with SDP, then 200 with another: the engine follows, the browser keeps its answer', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');

    stack.agent.call.rings(183, 'early-answer');
    await handset.hears('progress', { jsep: { type: 'answer', sdp: 'browser(early-answer)' } });
    stack.agent.call.answers('late-answer');

    const accepted = await handset.hears('accepted');
    expect(accepted.jsep).toBeUndefined();
    await handset.hears('accept_reply');
    await handset.hearsNothing();
    expect(engine.session.crossed.at(-1)).toBe('toHandset answer late-answer');
  });

  test('200 overtakes the 183 in the engine: the browser gets one answer', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');
    engine.session.halts();

    stack.agent.call.rings(183, 'peer-answer');
    stack.agent.call.answers('peer-answer');
    engine.session.goesOn();

    await handset.hears('accepted', { jsep: { type: 'answer', sdp: 'browser(peer-answer)' } });
    await handset.hears('accept_reply');
    await handset.hearsNothing();
  });

  test('a broken early answer costs no call', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');

    stack.agent.call.rings(183, 'sdp-refused');
    await handset.hearsNothing();
    stack.agent.call.answers('peer-answer');

    await handset.hears('accepted', { jsep: { type: 'answer', sdp: 'browser(peer-answer)' } });
    await handset.hears('accept_reply');
  });

  test('the peer is busy', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');

    stack.agent.call.ends({ status: 486, reason: 'Busy Here' });

    await handset.hears('hangup', { code: 486, reason: 'Busy Here' });
  });
});

describe('incoming call', () => {
  test('the handset answers', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    const call = stack.agent.isCalled({ offer: 'm=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 96' });
    const news = await handset.hears('incomingcall', {
      callId: 'in-1',
      username: 'sip:1002@pbx.example',
      displayname: 'Alice',
      callee: '1001',
      audio: true,
      video: true,
      type: 'user_call_user',
    });
    expect(news.jsep?.type).toBe('offer');
    expect(news.transaction).toBeUndefined();
    expect(call.did).toEqual(['180']);

    const accept = handset.asks({ request: 'accept' }, anAnswer);
    await quiet();
    expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
    await handset.hearsNothing();
    call.acknowledges();

    await handset.hears('accept_reply', { transaction: accept, callId: 'in-1' });
    await handset.hearsNothing();
  });

  test('without offer: the handset offers, the ACK answers', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    const call = stack.agent.isCalled();
    const news = await handset.hears('incomingcall', { audio: true, video: false });
    expect(news.jsep).toBeUndefined();
    const accept = handset.asks({ request: 'accept' }, anOffer);
    await quiet();
    expect(call.did).toEqual(['180', '200 plain(handset-offer)']);
    call.acknowledges('peer-answer');

    await handset.hears('accept_reply', {
      transaction: accept,
      jsep: { type: 'answer', sdp: 'browser(peer-answer)' },
    });
  });

  test.each([
    ['*;audio;video', true],
    ['*;mobility="fixed", *;VIDEO', true],
    ['*;audio', false],
    ['*;video="FALSE"', false],
    ['*;methods="video"', false],
  ])('without offer, but the wish %s: pictures %s', async (wish, video) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isCalled({ headers: [['Accept-Contact', wish]] });

    await handset.hears('incomingcall', { audio: true, video });
  });

  test('RFC 3325 §9.1: whom the server asserts comes before whom the caller says he is; from others only From counts', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const headers = [['P-Asserted-Identity', '"Boss" <sip:1000@pbx.example>']] as const;

    const ours = stack.agent.isCalled({ headers });
    await handset.hears('incomingcall', { username: 'sip:1000@pbx.example', displayname: 'Boss' });
    ours.ends({ status: 487 });
    await handset.hears('hangup');
    stack.agent.isCalled({ headers, callId: 'in-2', isFromServer: false });

    await handset.hears('incomingcall', { username: 'sip:1002@pbx.example', displayname: 'Alice' });
  });

  test('RFC 3323 §4.2: who wants to stay unnamed stays so', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isCalled({
      headers: [
        ['P-Asserted-Identity', '"Boss" <sip:1000@pbx.example>'],
        ['Privacy', 'id'],
      ],
    });

    await handset.hears('incomingcall', {
      username: 'sip:anonymous@anonymous.invalid',
      displayname: 'Anonymous',
    });
  });

  test('RFC 5806: who has passed the call on is told, the last one first, ten at most', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const diversion = '"Desk" <sip:1005@pbx.example>;reason=no-answer, <tel:+861012>';

    const call = stack.agent.isCalled({ headers: [['Diversion', diversion]] });
    const diverted_by = [
      { username: 'sip:1005@pbx.example', displayname: 'Desk', reason: 'no-answer' },
      { username: 'tel:+861012', displayname: '+861012' },
    ];
    await handset.hears('incomingcall', { diverted_by });
    call.ends({ status: 487 });
    await handset.hears('hangup');
    stack.agent.isCalled({
      callId: 'in-2',
      headers: Array.from({ length: 40 }, () => ['Diversion', '<sip:1@h>'] as const),
    });

    await handset.hears('incomingcall', {
      diverted_by: Array.from({ length: 10 }, () => ({ username: 'sip:1@h', displayname: '1' })),
    });
  });

  test('without offer, and the ACK brings no answer: BYE and hangup 488', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled();
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept' }, anOffer);
    await quiet();

    call.acknowledges();

    await handset.hears('hangup', { code: 488 });
    expect(call.did.at(-1)).toBe('BYE');
  });

  test('the handset hangs up instead of answering', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    const hangup = handset.asks({ request: 'hangup' });

    await handset.hears('hangingup', { transaction: hangup, callId: 'in-1' });
    await handset.hearsNothing();
    expect(call.did).toEqual(['180', '486']);
  });

  test('the handset declines with a code of its own', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    const decline = handset.asks({ request: 'decline', code: 603 });

    await handset.hears('declining', { transaction: decline, code: 603 });
    await handset.hearsNothing();
    expect(call.did).toEqual(['180', '603']);
  });

  test('the peer gives up while the handset is still choosing a microphone', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    call.ends({ status: 487, reason: 'Request Terminated' });
    await handset.hears('hangup', { code: 487 });
    const accept = handset.asks({ request: 'accept' }, anAnswer);

    await handset.isRefused(447, accept);
  });

  test('the peer gives up before the handset has heard of the call: silence', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });

    call.ends({ status: 487, reason: 'Request Terminated' });

    await handset.hearsNothing();
    expect(engine.sessionCount).toBe(0);
  });

  test('nobody answers: 480 to the peer', async () => {
    const { stack, clock, registered } = gatewayOfFakes({ ringTimeoutMs: 60_000 });
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    clock.advance(60_000);

    await handset.hears('hangup', { code: 480 });
    expect(call.did).toEqual(['180', '480']);
  });

  test('an offer that the engine cannot use is 488, and the handset hears nothing', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    const call = stack.agent.isCalled({ offer: 'sdp-refused' });

    await handset.hearsNothing();
    expect(call.did).toEqual(['488']);
  });

  test('the browser has no codec of the peer: 488', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    handset.asks({ request: 'accept' }, { type: 'answer', sdp: 'no-common-codec' });

    await handset.hears('hangup', { code: 488, reason: 'No common codec' });
    expect(call.did).toEqual(['180', '488']);
  });

  test('the ACK never comes: hangup 408', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept' }, anAnswer);
    await quiet();

    call.ends({ by: 'failure', status: 408, reason: 'Request Timeout' });

    await handset.hears('hangup', { code: 408 });
  });
});

describe('in the call', () => {
  test('the handset hangs up', async () => {
    const { handset, call, counts } = await gatewayInCall();

    const hangup = handset.asks({ request: 'hangup' });

    await handset.hears('hangingup', { transaction: hangup });
    await handset.hears('close PC', { reason: 'Close PC' });
    await handset.hearsNothing();
    expect(call.did.at(-1)).toBe('BYE');
    expect(counts()).toMatchObject({ calls: 0 });
  });

  test('the peer hangs up', async () => {
    const { handset, call } = await gatewayInCall();

    call.ends();

    await handset.hears('hangup', { code: 200 });
    await handset.hears('close PC');
  });

  test('both hang up at once: the handset hears one end, and its request is refused', async () => {
    const { handset, call } = await gatewayInCall();

    call.ends();
    const hangup = handset.asks({ request: 'hangup' });

    await handset.hears('hangup');
    await handset.hears('close PC');
    await handset.isRefused(447, hangup);
    await handset.hearsNothing();
  });

  test('the PeerConnection is closed by the core request: BYE', async () => {
    const { handset, call } = await gatewayInCall();

    handset.closesPeerConnection();

    await handset.hears('hangingup');
    expect(call.did.at(-1)).toBe('BYE');
  });

  test('the handle goes: BYE', async () => {
    const { handset, call, engine } = await gatewayInCall();

    handset.leaves();

    expect(call.did.at(-1)).toBe('BYE');
    expect(engine.sessionCount).toBe(0);
  });

  test('the engine is lost: BYE with its reason, hangup 503', async () => {
    const { handset, call, engine } = await gatewayInCall();

    engine.lose();

    await handset.hears('hangup', { code: 503, reason: 'Media engine lost' });
    expect(call.did.at(-1)).toBe('BYE');
    expect([...(call.lastEnd?.headers ?? [])]).toContainEqual([
      'Reason',
      'SIP;cause=503;text="Media engine lost"',
    ]);
  });

  test('ICE fails: BYE, hangup 503', async () => {
    const { handset, call, engine } = await gatewayInCall();

    engine.session.finish('ice-failed');

    await handset.hears('hangup', { code: 503, reason: 'ICE failed' });
    expect(call.did.at(-1)).toBe('BYE');
  });

  test('afterwards the handset can call again', async () => {
    const { handset, call, stack } = await gatewayInCall();
    call.ends();
    await handset.hears('hangup');
    await handset.hears('close PC');

    handset.asks({ request: 'new_call', uri: '1002' });

    await handset.hears('calling');
    expect(stack.agent.calls).toHaveLength(2);
  });
});
