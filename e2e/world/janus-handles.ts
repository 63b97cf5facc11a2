import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Handles in all sessions, by Janus's Admin API. */
export async function janusHandles(adminUrl: string): Promise<number> {
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
