import { describe, expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer } from '../fakes/test-handset.ts';

/** SRTP towards the peer, its keys in the SDP (RFC 4568). */
describe('SRTP towards the peer', () => {
  test.each([
    ['sdes_optional', 'optional'],
    ['sdes_mandatory', 'mandatory'],
  ])('%s of a call reaches the engine', async (srtp, wanted) => {
    const { engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'call', uri: '1002', srtp }, anOffer);
    await handset.hears('calling');

    expect(engine.session.srtpWanted).toEqual([wanted]);
  });

  test('of a return call and of an answer reaches the engine', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');
    handset.asks({ request: 'new_accept', srtp: 'sdes_mandatory' }, anAnswer);
    await handset.hears('accept_reply');
    expect(engine.session.srtpWanted).toEqual(['mandatory']);
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
    await handset.hears('close PC');

    stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept', srtp: 'sdes_optional' }, anAnswer);
    await expect.poll(() => engine.session.srtpWanted).toEqual(['optional']);
  });

  test.each([
    ['of the new_call holds', {}, 'mandatory'],
    ['of the new_accept replaces it', { srtp: 'sdes_optional' }, 'optional'],
  ])('a return call: the wish %s', async (_what, later, wanted) => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'new_call', uri: '1002', srtp: 'sdes_mandatory' });
    await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');
    handset.asks({ request: 'new_accept', ...later }, anAnswer);
    await handset.hears('accept_reply');

    expect(engine.session.srtpWanted).toEqual([wanted]);
  });

  test('a return call that begins with an offer: the INVITE has the SRTP of its new_call', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'new_call', uri: '1002', srtp: 'sdes_mandatory' });
    await handset.hears('calling');
    stack.agent.call.ends({ status: 488, reason: 'Not Acceptable Here' });
    await handset.hears('new_accepted');
    handset.asks({ request: 'new_accept' }, anAnswer);
    await expect.poll(() => engine.session.srtpWanted).toEqual(['mandatory']);
  });

  test('its profile reaches the engine with it', async () => {
    const { engine, registered } = gatewayOfFakes();
    const handset = await registered();
    const srtp_profile = 'AES_CM_128_HMAC_SHA1_32';

    handset.asks({ request: 'call', uri: '1002', srtp: 'sdes_optional', srtp_profile }, anOffer);
    await handset.hears('calling');

    expect(engine.session.srtpProfiles).toEqual([srtp_profile]);
  });

  test('a profile that we do not have is refused with 444, one without srtp with 443', async () => {
    const { registered } = gatewayOfFakes();
    const handset = await registered();
    const wish = { request: 'new_call', uri: '1002' };

    const unknown = { ...wish, srtp: 'sdes_optional', srtp_profile: 'AEAD_AES_256_GCM' };
    await handset.isRefused(444, handset.asks(unknown));
    const alone = { ...wish, srtp_profile: 'AES_CM_128_HMAC_SHA1_80' };
    await handset.isRefused(443, handset.asks(alone));
  });

  test('nobody asks for it: the engine does as the peer does', async () => {
    const { engine, registered } = gatewayOfFakes();
    const handset = await registered();

    handset.asks({ request: 'call', uri: '1002' }, anOffer);
    await handset.hears('calling');

    expect(engine.session.srtpWanted).toEqual([]);
  });

  test('is mandatory and the peer that is called has none: the call ends with 488', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002', srtp: 'sdes_mandatory' }, anOffer);
    await handset.hears('calling');
    engine.session.peerHasSrtp = false;

    stack.agent.call.answers('peer-answer');

    await handset.hears('hangup', { code: 488 });
    expect(stack.agent.call.did).toEqual(['BYE']);
  });

  test('is mandatory and the peer of a return call offers none: the handset hears why, and may take the call without', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002', srtp: 'sdes_mandatory' });
    await handset.hears('calling');
    stack.agent.call.answers('peer-offer');
    await handset.hears('new_accepted');
    engine.session.peerHasSrtp = false;

    await handset.isRefused(444, handset.asks({ request: 'new_accept' }, anAnswer));
    handset.asks({ request: 'new_accept', srtp: 'sdes_optional' }, anAnswer);

    await handset.hears('accept_reply');
    expect(engine.session.srtpWanted).toEqual(['mandatory', 'optional']);
  });

  test('is mandatory and the peer that calls has none: the handset may accept without', async () => {
    const { stack, engine, registered } = gatewayOfFakes();
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');
    engine.session.peerHasSrtp = false;

    await handset.isRefused(444, handset.asks({ request: 'accept', srtp: 'sdes_mandatory' }, anAnswer));
    handset.asks({ request: 'accept', srtp: 'sdes_optional' }, anAnswer);

    await expect.poll(() => call.state).toBe('accepted');
  });

  test.each([
    ['RTP/SAVP', 'sdes_mandatory'],
    ['RTP/AVP', 'sdes_optional'],
  ])('an offer of %s with keys is an incomingcall with %s', async (protocol, srtp) => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.isCalled({
      offer: `v=0\r\nm=audio 4000 ${protocol} 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}\r\n`,
    });

    await handset.hears('incomingcall', { srtp });
  });

  test('another word is refused with 444', async () => {
    const { registered } = gatewayOfFakes();
    const handset = await registered();

    await handset.isRefused(444, handset.asks({ request: 'call', uri: '1002', srtp: 'dtls' }, anOffer));
  });
});
