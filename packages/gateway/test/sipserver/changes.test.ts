import { describe, expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet } from '../fakes/test-handset.ts';

const peerSdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\nm=audio 4000 RTP/AVP 0\r\n';
const peerSdp2 = 'v=0\r\no=- 1 2 IN IP4 192.0.2.5\r\nm=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 96\r\n';
const ourSdp = {
  type: 'answer',
  sdp: 'v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n',
} as const;
/** What the peer hears of it, so many changes later. */
const edition = (version: number): string => `plain(${ourSdp.sdp.replace('7 1', `7 ${version}`)})`;

async function established(wishes: object = {}) {
  const gateway = gatewayOfFakes();
  const handset = await gateway.registered();
  const call = gateway.stack.agent.isCalled({ offer: peerSdp });
  await handset.hears('incomingcall');
  handset.asks({ request: 'accept', ...wishes }, ourSdp);
  await quiet();
  call.acknowledges();
  await handset.hears('accept_reply');
  call.did.length = 0;
  gateway.engine.session.crossed.length = 0;
  return { ...gateway, handset, call };
}

describe('the handset changes the call', () => {
  test('the peer agrees', async () => {
    const { handset, call } = await established();

    const update = handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating', { transaction: update });
    await quiet();
    expect(call.did).toEqual(['re-INVITE plain(handset-offer)']);
    call.answersChange({ sdp: peerSdp2 });

    await handset.hears('updated', {
      transaction: update,
      jsep: { type: 'answer', sdp: `browser(${peerSdp2})` },
    });
  });

  test.each([
    ['refuses', { status: 488, reason: 'Not Acceptable Here' }],
    ['answers without SDP', { status: 200 }],
  ])('the peer %s: an error, the engine goes back, the call goes on', async (_, result) => {
    const { handset, call, engine } = await established();
    const update = handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating');
    await quiet();

    call.answersChange(result);

    await handset.isRefused(449, update);
    expect(engine.session.crossed.at(-1)).toBe('rollback');
    handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating');
    expect(call.state).toBe('confirmed');
  });

  test('the stack cannot send it now: an error, the call goes on', async () => {
    const { handset, call } = await established();
    const update = handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating');
    await quiet();

    call.cannotChange();

    await handset.isRefused(449, update);
  });

  test('its SDP cannot be read: 444, the call goes on', async () => {
    const { handset, call } = await established();

    const update = handset.asks({ request: 'update' }, { type: 'offer', sdp: 'sdp-refused' });

    await handset.hears('updating');
    await handset.isRefused(444, update);
    expect(call.did).toEqual([]);
  });

  test('a second change while one is under way is 447', async () => {
    const { handset } = await established();
    handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating');

    await handset.isRefused(447, handset.asks({ request: 'update' }, anOffer));
  });

  test('an answer where nothing was offered is 447', async () => {
    const { handset } = await established();

    await handset.isRefused(447, handset.asks({ request: 'update' }, anAnswer));
  });
});

describe('the handset holds the peer', () => {
  const held = (version: number, direction: string) =>
    `v=0\r\no=- 7 ${version} IN IP4 192.0.2.9\r\nm=audio 5000 RTP/AVP 0\r\na=${direction}\r\n`;
  const peerHears = async (direction?: string) => {
    const world = await established();
    const hold = world.handset.asks({ request: 'hold', ...(direction && { direction }) });
    await world.handset.hears('holding', { transaction: hold });
    return { ...world, hold };
  };

  test.each([
    [undefined, 'sendonly'],
    ['sendonly', 'sendonly'],
    ['recvonly', 'recvonly'],
    ['inactive', 'inactive'],
  ])('hold %s: a re-INVITE that is %s, and no word to the browser', async (asked, direction) => {
    const { handset, call, engine } = await peerHears(asked);

    expect(call.did).toEqual([`re-INVITE ${edition(2)}a=${direction}`]);
    call.answersChange({ sdp: held(2, 'recvonly') });
    await quiet();

    await handset.hearsNothing();
    expect(engine.session.crossed).toEqual([`toHandset answer ${held(2, 'recvonly')}`]);
  });

  test('unhold says what was said before, as a later edition', async () => {
    const { handset, call } = await peerHears();
    call.answersChange({ sdp: held(2, 'recvonly') });
    await quiet();
    call.did.length = 0;

    const unhold = handset.asks({ request: 'unhold' });
    await handset.hears('resuming', { transaction: unhold });

    expect(call.did).toEqual([`re-INVITE ${edition(3)}`]);
    call.answersChange({ sdp: held(3, 'sendrecv') });
    await quiet();
    await handset.hearsNothing();
  });

  test('asked for twice it is said twice and done once', async () => {
    const { handset, call } = await peerHears();
    call.answersChange({ sdp: held(2, 'recvonly') });
    await quiet();
    call.did.length = 0;

    const again = handset.asks({ request: 'hold' });

    await handset.hears('holding', { transaction: again });
    expect(call.did).toEqual([]);
  });

  test('a peer that refuses leaves the call as it was', async () => {
    const { handset, call, engine, hold } = await peerHears();

    call.answersChange({ status: 488, reason: 'Not Acceptable Here' });
    await quiet();

    await handset.isRefused(449, hold);
    expect(engine.session.crossed).toEqual([]);
    await handset.hears('resuming', { transaction: handset.asks({ request: 'unhold' }) });
    expect(call.state).toBe('confirmed');
  });

  test('what is agreed with a held peer stays held', async () => {
    const { handset, call } = await peerHears('inactive');
    call.answersChange({ sdp: held(2, 'inactive') });
    await quiet();

    const change = call.offersChange(peerSdp2);
    await handset.hears('updatingcall');
    handset.asks({ request: 'update' }, { type: 'answer', sdp: 'v=0\r\nm=audio 9 x\r\n' });
    await handset.hears('updated');

    expect(change.did).toEqual(['200 plain(v=0\r\nm=audio 9 x\r\n)a=inactive\r\n']);
  });

  test('who thinks better of it before the peer has answered is not kept waiting', async () => {
    const { handset, call } = await peerHears();

    const unhold = handset.asks({ request: 'unhold' });
    await handset.hearsNothing();
    call.answersChange({ sdp: held(2, 'recvonly') });
    await handset.hears('resuming', { transaction: unhold });
    await quiet();

    expect(call.did).toEqual([`re-INVITE ${edition(2)}a=sendonly`, `re-INVITE ${edition(3)}`]);
  });

  test('a peer that refuses to be held need not be resumed', async () => {
    const { handset, call, hold } = await peerHears();

    const unhold = handset.asks({ request: 'unhold' });
    call.answersChange({ status: 488, reason: 'Not Acceptable Here' });

    await handset.isRefused(449, hold);
    await handset.hears('resuming', { transaction: unhold });
    expect(call.did).toHaveLength(1);
  });

  test('one wish may wait, not two', async () => {
    const { handset } = await peerHears();
    handset.asks({ request: 'unhold' });

    await handset.isRefused(447, handset.asks({ request: 'hold' }));
  });

  test('during another change it is 447', async () => {
    const { handset } = await established();
    handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating');

    await handset.isRefused(447, handset.asks({ request: 'hold' }));
  });

  test('a direction that is none is 444', async () => {
    const { handset } = await established();

    await handset.isRefused(444, handset.asks({ request: 'hold', direction: 'sideways' }));
  });
});

describe('the peer changes the call', () => {
  test('the handset agrees', async () => {
    const { handset, call } = await established();

    const change = call.offersChange(peerSdp2);
    const news = await handset.hears('updatingcall', {
      jsep: { type: 'offer', sdp: `browser(${peerSdp2})` },
    });
    expect(news.transaction).toBeUndefined();
    const update = handset.asks({ request: 'update' }, anAnswer);

    await handset.hears('updated', { transaction: update });
    expect(change.did).toEqual(['200 plain(handset-answer)']);
  });

  test('the same SDP again, as session timers send it, disturbs no browser', async () => {
    const { handset, call, engine } = await established();

    const change = call.offersChange(peerSdp);

    expect(change.did).toEqual([`200 plain(${ourSdp.sdp})`]);
    expect(engine.session.crossed).toEqual([]);
    await handset.hearsNothing();
  });

  test('no offer: what holds is offered; an answer that is new goes to the engine', async () => {
    const { handset, call, engine } = await established();

    const change = call.offersChange();
    expect(change.did).toEqual([`200 plain(${ourSdp.sdp})`]);
    change.acknowledges(peerSdp2);

    await handset.hearsNothing();
    expect(engine.session.crossed).toEqual([`toHandset answer ${peerSdp2}`]);
  });

  test('no offer, and an answer that changes nothing: the engine is left in peace', async () => {
    const { call, engine } = await established();

    const change = call.offersChange();
    change.acknowledges(peerSdp);
    call.offersChange().acknowledges(undefined);

    await quiet();
    expect(engine.session.crossed).toEqual([]);
  });

  test('its SDP cannot be used: 488, the handset hears nothing, the call goes on', async () => {
    const { handset, call } = await established();

    const change = call.offersChange('sdp-refused');

    await handset.hearsNothing();
    expect(change.did).toEqual(['488']);
    expect(call.state).toBe('confirmed');
  });

  test('the handset does not answer in time: 488, the call goes on', async () => {
    const { handset, call, clock, engine } = await established();
    const change = call.offersChange(peerSdp2);
    await handset.hears('updatingcall');

    clock.advance(20_000);

    expect(change.did).toEqual(['488']);
    await quiet();
    expect(engine.session.crossed.at(-1)).toBe('rollback');
    await handset.isRefused(447, handset.asks({ request: 'update' }, anAnswer));
    expect(call.state).toBe('confirmed');
  });

  test('the answer of the handset cannot be read: 488 to the peer, 444 to the handset', async () => {
    const { handset, call, engine } = await established();
    const change = call.offersChange(peerSdp2);
    await handset.hears('updatingcall');

    const update = handset.asks({ request: 'update' }, { type: 'answer', sdp: 'sdp-refused' });

    await handset.isRefused(444, update);
    expect(change.did).toEqual(['488']);
    expect(engine.session.crossed.at(-1)).toBe('rollback');
  });

  test('it takes the change back', async () => {
    const { handset, call, counts, engine } = await established();
    const change = call.offersChange(peerSdp2);
    await handset.hears('updatingcall');

    change.isCancelled();

    await quiet();
    expect(engine.session.crossed.at(-1)).toBe('rollback');

    await handset.isRefused(447, handset.asks({ request: 'update' }, anAnswer));
    expect(change.did).toEqual([]);
    expect(counts()).toMatchObject({ calls: 1, timers: 0 });
  });

  test('while ours is under way: 491', async () => {
    const { handset, call } = await established();
    handset.asks({ request: 'update' }, anOffer);
    await handset.hears('updating');

    expect(call.offersChange(peerSdp2).did).toEqual(['491']);
  });

  test('a second one before the first is answered: 491', async () => {
    const { handset, call } = await established();
    call.offersChange(peerSdp2);
    await handset.hears('updatingcall');

    expect(call.offersChange(peerSdp2).did).toEqual(['491']);
  });

  test('the handset hangs up instead', async () => {
    const { handset, call } = await established();
    call.offersChange(peerSdp2);
    await handset.hears('updatingcall');

    handset.asks({ request: 'hangup' });

    await handset.hears('hangingup');
    expect(call.did).toEqual(['BYE']);
  });

  test('the handset offers at the same time: 447', async () => {
    const { handset, call } = await established();
    call.offersChange(peerSdp2);
    await handset.hears('updatingcall');

    await handset.isRefused(447, handset.asks({ request: 'update' }, anOffer));
  });
});

describe('the handset leaves the answers to the server', () => {
  const later = (version: number, direction: string): string =>
    `${peerSdp.replace('o=- 1 1', `o=- 1 ${version}`)}a=${direction}\r\n`;
  const heard = (version: number, direction: string): string => `${edition(version)}a=${direction}\r\n`;
  const autoaccept = { autoaccept_reinvites: true };

  test('the peer holds and comes back: no browser is asked, the engine knows', async () => {
    const { handset, call, engine } = await established(autoaccept);

    const hold = call.offersChange(later(2, 'sendonly'));
    const resume = call.offersChange(later(3, 'sendrecv'));
    await quiet();

    await handset.hearsNothing();
    expect([...hold.did, ...resume.did]).toEqual([
      `200 ${heard(2, 'recvonly')}`,
      `200 ${heard(3, 'sendrecv')}`,
    ]);
    expect(engine.session.crossed).toEqual([
      `toHandset answer ${later(2, 'sendonly')}`,
      `toHandset answer ${later(3, 'sendrecv')}`,
    ]);
  });

  test('what only the browser can answer it is asked', async () => {
    const { handset, call } = await established(autoaccept);

    call.offersChange('v=0\r\no=- 1 2 IN IP4 192.0.2.5\r\nm=audio 4000 RTP/AVP 8\r\n');

    await handset.hears('updatingcall');
  });

  test('a handset that dials says it in call', async () => {
    const { registered, stack } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'call', uri: '1002', ...autoaccept }, { ...ourSdp, type: 'offer' });
    await handset.hears('calling');
    await quiet();
    stack.agent.call.answers(peerSdp);
    await handset.hears('accepted');
    await handset.hears('accept_reply');

    const hold = stack.agent.call.offersChange(later(2, 'inactive'));

    expect(hold.did).toEqual([`200 ${heard(2, 'inactive')}`]);
    await handset.hearsNothing();
  });
});
