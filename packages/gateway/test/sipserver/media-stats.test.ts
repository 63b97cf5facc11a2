import type { LineStats } from '@soft-handset/media';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { MediaMetrics } from '../../src/ops/media-metrics.ts';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, quiet } from '../fakes/test-handset.ts';

const sound: LineStats = {
  mid: '0',
  type: 'audio',
  codec: 'opus',
  fromHandset: {
    received: { packets: 500, lost: 3, jitterMs: 2.5 },
    sent: { packets: 500, lost: 7 },
    mos: 4.3,
  },
  fromPeer: { received: { packets: 490 }, sent: { packets: 490, roundTripMs: 31 }, mos: 3.9 },
};
const picture: LineStats = {
  mid: '1',
  type: 'video',
  fromHandset: { received: {}, sent: {} },
  fromPeer: { received: { lost: 2 }, sent: {} },
};

test('the end of a call leaves one line about its media in the log', async () => {
  const gateway = gatewayOfFakes();
  const handset = await gateway.registered();
  const call = gateway.stack.agent.isCalled({ offer: 'peer-offer' });
  await handset.hears('incomingcall');
  handset.asks({ request: 'accept' }, anAnswer);
  await quiet();
  call.acknowledges();
  gateway.engine.session.counts = [sound];

  call.ends();
  await quiet();

  const { fromHandset, fromPeer } = sound;
  expect(gateway.log.lines.filter(({ text }) => text === 'media of the call')).toMatchObject([
    { level: 'info', facts: { lines: [{ type: 'audio', codec: 'opus', fromHandset, fromPeer }] } },
  ]);
});

test('metrics count packets and losses by stretch, and the MOS at each ear', async () => {
  const registry = new Registry();
  const metrics = new MediaMetrics(registry);

  metrics.add([sound, picture]);

  const text = await registry.metrics();
  for (const line of [
    'soft_handset_media_packets_total{stretch="from_handset"} 500',
    'soft_handset_media_lost_total{stretch="to_peer"} 7',
    'soft_handset_media_lost_total{stretch="from_peer"} 2',
    'soft_handset_call_mos_sum{ear="handset"} 3.9',
    'soft_handset_call_mos_count{ear="peer"} 1',
  ]) {
    expect(text).toContain(line);
  }
});
