import { once } from 'node:events';
import { udpPortsOf } from '@soft-handset/parts';
import { WebSocket } from 'ws';
import { readMetrics } from './metrics.ts';
import type { World } from './world.ts';

/** What a call takes and must give back, in the gateway, in Janus and in this process. */
export async function countsOf(world: World): Promise<Readonly<Record<string, number>>> {
  const metrics = await readMetrics(world.origin);
  const gateway = [
    'connections',
    'sessions',
    'handles',
    'media_sessions',
    'sip_transactions',
    'sip_sessions',
    'sip_registrations',
    'lines',
    'calls',
  ].map((name) => [name, metrics.get(name) ?? -1] as const);
  return {
    ...Object.fromEntries(gateway),
    'Janus handles': await janusHandles(world.janus.adminUrl!),
    'UDP ports of Janus': await udpPortsOf(world.janus.pid),
    // The gateway runs in this process, beside the test.
    'UDP ports here': await udpPortsOf(process.pid),
    'timers here': process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length,
  };
}

/** Handles in all sessions, by Janus's Admin API. */
async function janusHandles(adminUrl: string): Promise<number> {
  const socket = new WebSocket(adminUrl, 'janus-admin-protocol');
  try {
    await once(socket, 'open');
    const ask = async (request: object): Promise<Record<string, number[]>> => {
      socket.send(JSON.stringify({ ...request, transaction: 'count', admin_secret: 'admin' }));
      const [data] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(data.toString()) as Record<string, number[]>;
    };
    const { sessions = [] } = await ask({ janus: 'list_sessions' });
    let count = 0;
    for (const session_id of sessions)
      count += (await ask({ janus: 'list_handles', session_id }))['handles']?.length ?? 0;
    return count;
  } finally {
    socket.terminate();
  }
}
