import { MediaError } from '@soft-handset/media';
import { describe, expect, test } from 'vitest';
import { gatewayInCall, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';

async function established() {
  const world = await gatewayInCall();
  return { ...world, media: world.engine.session };
}

const start = { request: 'recording', action: 'start', audio: true, peer_audio: '1', filename: 'talk' };

describe('recording', () => {
  test('is started and stopped by the engine, and the handset hears the names of the files', async () => {
    const { handset, media } = await established();
    media.recordsAs = ['/var/recordings/talk.opus'];

    const started = handset.asks(start);
    await handset.hears('recordingupdated', { transaction: started, files: ['talk.opus'] });
    const stopped = handset.asks({ request: 'recording', action: 'stop', audio: true, video: false });
    await handset.hears('recordingupdated', { transaction: stopped });

    expect(media.recorded).toEqual([
      { audio: true, peerAudio: true, filename: 'talk' },
      { stop: { audio: true, video: false } },
    ]);
  });

  test.each([
    ['unsupported', 451],
    ['recording-failed', 451],
    ['timeout', 450],
  ] as const)('that is %s is refused with %i, and the call goes on', async (code, number) => {
    const { handset, call, media } = await established();
    media.recordsAs = new MediaError(code, 'not today');

    const asked = handset.asks(start);

    await handset.isRefused(number, asked);
    expect(call.state).toBe('confirmed');
  });

  test('outside a call, and before the handset has media, is 447', async () => {
    const gateway = gatewayOfFakes();
    const handset = await gateway.registered();

    await handset.isRefused(447, handset.asks(start));
    gateway.stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    await handset.isRefused(447, handset.asks(start));
  });

  test('of another call is 454, and with fields that cannot be is 443 or 444', async () => {
    const { handset } = await established();

    await handset.isRefused(454, handset.asks({ ...start, call_id: 'another' }));
    await handset.isRefused(443, handset.asks({ request: 'recording', audio: true }));
    await handset.isRefused(444, handset.asks({ ...start, action: 'pause' }));
    await handset.isRefused(444, handset.asks({ ...start, filename: 7 }));
  });

  test('whose call ends meanwhile is told to nobody', async () => {
    const { handset, call, media } = await established();
    media.recordsAs = ['/talk.opus'];

    handset.asks(start);
    call.ends();

    await handset.hears('hangup');
    await handset.hears('close PC');
    await handset.hearsNothing();
  });
});
