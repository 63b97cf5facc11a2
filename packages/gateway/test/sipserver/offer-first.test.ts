import { describe, expect, test } from 'vitest';
import { gatewayOfFakes, servers } from '../fakes/gateway-of-fakes.ts';
import type { FakeSession } from '../fakes/fake-stack.ts';
import { anAnswer, quiet } from '../fakes/test-handset.ts';

const handsetSdp = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\na=rtpmap:8 PCMA/8000\r\n';
const peerSdp = (payloads = '8 0') => `v=0\r\nc=IN IP4 192.0.2.5\r\nm=audio 4000 RTP/AVP ${payloads}\r\n`;

/** What our own offer looks like when it comes to the browser. */
const ownOffer = expect.stringMatching(
  /^browser\(v=0\r\no=.*\r\ns=-\r\nc=IN IP4 127\.0\.0\.1\r\nt=0 0\r\nm=audio \d+ RTP\/AVP 8 0 9 111 101\r\n/,
) as string;

async function dials(options: Parameters<typeof gatewayOfFakes>[0] = {}, more: object = {}) {
  const world = gatewayOfFakes(options);
  const handset = await world.registered();
  const newCall = handset.asks({ request: 'new_call', uri: '1002', ...more });
  const { callId } = await handset.hears('calling', { transaction: newCall });
  return { ...world, handset, newCall, callId };
}
type World = Awaited<ReturnType<typeof dials>>;

/** The handset is brought in; the second INVITE is on its way. */
async function enlisted({ handset, newCall, callId, stack }: World, sdp = handsetSdp) {
  await handset.hears('new_accepted', {
    transaction: newCall,
    callId,
    jsep: { type: 'offer', sdp: ownOffer },
  });
  const newAccept = handset.asks({ request: 'new_accept' }, { type: 'answer', sdp });
  await quiet();
  expect(stack.agent.call.inviteOptions).toMatchObject({ callId, sdp: `plain(${sdp})` });
  return newAccept;
}

const refusals: readonly [string, (peer: FakeSession) => void, string[]][] = [
  ...[400, 406, 415, 488, 500, 501, 606].map(
    (status) =>
      [`${status}`, (peer: FakeSession) => peer.ends({ status, reason: 'No' }), []] as [
        string,
        (peer: FakeSession) => void,
        string[],
      ],
  ),
  ['488 after it rang', (peer) => (peer.rings(), peer.ends({ status: 488, reason: 'No' })), []],
  ['200 without SDP', (peer) => peer.answers(undefined), ['BYE']],
  ['200 with an SDP of no use', (peer) => peer.answers('sdp-refused'), ['BYE']],
];

describe('a peer that takes no INVITE without offer', () => {
  test.each(refusals)('%s: it is called again with the offer of the handset', async (how, refuse, did) => {
    const world = await dials();
    const { handset, stack, engine } = world;
    const first = stack.agent.call;
    expect(first.inviteOptions).not.toHaveProperty('sdp');

    refuse(first);
    if (how.includes('rang')) await handset.hears('ringing');
    const newAccept = await enlisted(world);
    const second = stack.agent.call;
    second.rings();
    await handset.hears('ringing', { code: 180 });
    second.answers(peerSdp());

    await handset.hears('accept_reply', { transaction: newAccept });
    await quiet();
    expect(first.did).toEqual(did);
    expect(engine.session.crossed.at(-1)).toBe(`toHandset answer ${peerSdp()}`);
    second.ends();
    await handset.hears('hangup', { code: 200 });
  });

  test('8 s without a word: CANCEL, and the same', async () => {
    const world = await dials();
    const first = world.stack.agent.call;

    world.clock.advance(8000);

    await enlisted(world);
    expect(first.did).toEqual(['CANCEL']);
  });

  test('one that rings is waited for', async () => {
    const { stack, handset, clock } = await dials();
    stack.agent.call.rings();
    await handset.hears('ringing');

    clock.advance(60_000);

    await handset.hearsNothing();
    expect(stack.agent.calls).toHaveLength(1);
  });

  test.each([404, 408, 480, 486, 487, 503, 603])('%i is no such refusal', async (status) => {
    const { stack, handset } = await dials();

    stack.agent.call.ends({ status, reason: 'No' });

    await handset.hears('hangup', { code: status });
    expect(stack.agent.calls).toHaveLength(1);
  });

  test('refused with an offer as well, the call ends with the second refusal', async () => {
    const world = await dials();
    world.stack.agent.call.ends({ status: 488, reason: 'No' });
    await enlisted(world);

    world.stack.agent.call.ends({ status: 488, reason: 'Still no' });

    await world.handset.hears('hangup', { code: 488, reason: 'Still no' });
    expect(world.counts()).toMatchObject({ calls: 0, timers: 0 });
  });

  test('the next return call to it begins with the offer, one to somebody else does not', async () => {
    const world = await dials();
    const { stack, handset } = world;
    stack.agent.call.ends({ status: 488, reason: 'No' });
    await enlisted(world);
    stack.agent.call.ends({ status: 486, reason: 'Busy' });
    await handset.hears('hangup', { code: 486 });
    await handset.hears('close PC');
    const before = stack.agent.calls.length;

    const newCall = handset.asks({ request: 'new_call', uri: '1002' });
    const { callId } = await handset.hears('calling');
    expect(stack.agent.calls).toHaveLength(before);
    await enlisted({ ...world, newCall, callId });
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
    await handset.hears('close PC');
    handset.asks({ request: 'new_call', uri: '1005' });
    await handset.hears('calling');

    expect(stack.agent.call.inviteOptions).not.toHaveProperty('sdp');
  });

  test('after an hour it is asked for an offer again', async () => {
    const world = await dials();
    const { stack, handset, clock } = world;
    stack.agent.call.ends({ status: 488, reason: 'No' });
    await handset.hears('new_accepted');
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');

    clock.advance(3_600_001);
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    expect(stack.agent.call.inviteOptions).not.toHaveProperty('sdp');
    expect(stack.agent.calls).toHaveLength(2);
  });
});

describe('while the handset is brought in first', () => {
  const offers = { servers: [{ ...servers[0]!, returnCall: 'offer' as const }] };

  test('a server may be set to that: no INVITE goes out before the handset has answered', async () => {
    const world = await dials(offers);
    expect(world.stack.agent.calls).toHaveLength(0);

    await enlisted(world);

    expect(world.stack.agent.calls).toHaveLength(1);
  });

  test('a video call is offered video', async () => {
    const { handset } = await dials(offers, { video: true });

    const { jsep } = await handset.hears('new_accepted');

    expect(jsep?.sdp).toMatch(/^m=video \d+ RTP\/AVP 97 98\r$/m);
  });

  test('a hang-up before the INVITE ends it without one', async () => {
    const { handset, stack, counts } = await dials(offers);
    await handset.hears('new_accepted');

    handset.asks({ request: 'hangup' });

    await handset.hears('hangingup');
    expect(stack.agent.calls).toHaveLength(0);
    expect(counts()).toMatchObject({ calls: 0, timers: 0 });
  });

  test('a hang-up while the peer rings cancels', async () => {
    const world = await dials(offers);
    await enlisted(world);
    world.stack.agent.call.rings();
    await world.handset.hears('ringing');

    world.handset.asks({ request: 'hangup' });

    await world.handset.hears('hangingup');
    expect(world.stack.agent.call.did).toEqual(['CANCEL']);
  });

  test('a handset that does not answer in time: hangup 408', async () => {
    const { handset, clock } = await dials(offers);
    await handset.hears('new_accepted');

    clock.advance(20_000);

    await handset.hears('hangup', { code: 408 });
  });

  test('an answer that nobody can read is 444, and may be sent again', async () => {
    const world = await dials(offers);
    await world.handset.hears('new_accepted');

    const broken = world.handset.asks({ request: 'new_accept' }, { type: 'answer', sdp: 'sdp-refused' });
    await world.handset.isRefused(444, broken);
    world.handset.asks({ request: 'new_accept' }, anAnswer);
    await quiet();

    expect(world.stack.agent.calls).toHaveLength(1);
  });

  test('early media of the peer goes to the engine, another answer in the 200 replaces it', async () => {
    const world = await dials(offers);
    await enlisted(world);
    const peer = world.stack.agent.call;

    peer.rings(183, peerSdp('8'));
    await world.handset.hears('ringing', { code: 183 });
    peer.answers(peerSdp());
    await world.handset.hears('accept_reply');
    await quiet();

    expect(world.engine.session.crossed.slice(-2)).toEqual([
      `toHandset answer ${peerSdp('8')}`,
      `toHandset answer ${peerSdp()}`,
    ]);
  });

  test('a peer that chose another codec than the browser would send: the browser is asked once more', async () => {
    const world = await dials(offers);
    await enlisted(world);
    const { handset, stack } = world;

    stack.agent.call.answers(peerSdp('0'));

    await handset.hears('accept_reply');
    await handset.hears('updatingcall', { jsep: { type: 'offer', sdp: `browser(${peerSdp('0')})` } });
    const update = handset.asks({ request: 'update' }, anAnswer);
    await handset.hears('updated', { transaction: update });
    expect(stack.agent.call.did).toEqual([]);
  });
});
