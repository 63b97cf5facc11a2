import { udpPortsOf } from '@soft-handset/parts';
import { readMetrics } from './metrics.ts';
import type { World } from './world.ts';

const counted = [
  'connections',
  'sessions',
  'handles',
  'media_sessions',
  'sip_transactions',
  'sip_sessions',
  'sip_registrations',
  'lines',
  'calls',
];

/** What a call takes and must give back, in the gateway, in the engine and in this process. */
export async function countsOf(world: World): Promise<Readonly<Record<string, number>>> {
  const metrics = await readMetrics(world.origin);
  return {
    ...Object.fromEntries(counted.map((name) => [name, metrics.get(name) ?? -1])),
    ...(await world.engine.counts()),
    // The gateway runs in this process, beside the test.
    'UDP ports here': await udpPortsOf(process.pid),
    'timers here': process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length,
  };
}
