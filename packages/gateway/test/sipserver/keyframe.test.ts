import { expect, test } from 'vitest';
import { gatewayInCall, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';

const keyframe = { request: 'keyframe', user: true, peer: '0' };

test('a key frame is asked for by the engine', async () => {
  const { handset, engine } = await gatewayInCall();

  const transaction = handset.asks(keyframe);

  await handset.hears('keyframesent', { transaction, callId: 'in-1' });
  expect(engine.session.keyframes).toEqual([{ handset: true, peer: false }]);
});

test('without pictures, or where the engine cannot, it is 451, and the call goes on', async () => {
  const { handset, engine, call } = await gatewayInCall();
  engine.session.hasPictures = false;

  await handset.isRefused(451, handset.asks(keyframe));

  expect(call.state).toBe('confirmed');
});

test('without a call it is 447, of another call 454, and with a flag that is none 444', async () => {
  const idle = await gatewayOfFakes().registered();
  const { handset } = await gatewayInCall();

  await idle.isRefused(447, idle.asks(keyframe));
  await handset.isRefused(454, handset.asks({ ...keyframe, call_id: 'another' }));
  await handset.isRefused(444, handset.asks({ ...keyframe, peer: 'maybe' }));
});
