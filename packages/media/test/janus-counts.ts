import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

interface KernelSocket {
  readonly local: string;
  readonly state: string;
}

/** Sockets that a process has open, of one of the kernel's tables. */
async function socketsOf(pid: number, table: 'udp' | 'tcp'): Promise<KernelSocket[]> {
  const lines = (await readFile(`/proc/net/${table}`, 'utf8')).split('\n').slice(1);
  const byInode = new Map<string, KernelSocket>(
    lines.map((line) => {
      const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
      return [`socket:[${inode}]`, { local, state }];
    }),
  );
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  return links.flatMap((link) => byInode.get(link) ?? []);
}

export async function udpSockets(pid: number): Promise<number> {
  return (await socketsOf(pid, 'udp')).length;
}

/** `address:port` of each listening TCP socket. */
export async function tcpListeners(pid: number): Promise<string[]> {
  const listening = (await socketsOf(pid, 'tcp')).filter(({ state }) => state === '0A');
  return listening.map(({ local }) => {
    const [address = '', port = ''] = local.split(':');
    const bytes =
      address
        .match(/../g)
        ?.map((byte) => Number.parseInt(byte, 16))
        .reverse() ?? [];
    return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
  });
}

/** Handles in all sessions, by Janus's Admin API. */
export async function janusHandles(adminUrl: string, secret: string): Promise<number> {
  const socket = new WebSocket(adminUrl, 'janus-admin-protocol');
  try {
    await once(socket, 'open');
    const ask = async (fields: object): Promise<Record<string, number[]>> => {
      socket.send(JSON.stringify({ ...fields, transaction: 't', admin_secret: secret }));
      const [data] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(data.toString()) as Record<string, number[]>;
    };
    let count = 0;
    const { sessions = [] } = await ask({ janus: 'list_sessions' });
    for (const session_id of sessions) {
      const { handles = [] } = await ask({ janus: 'list_handles', session_id });
      count += handles.length;
    }
    return count;
  } finally {
    socket.terminate();
  }
}

/** Waits until the same numbers come twice in a row. */
export async function settled<T>(count: () => Promise<T>): Promise<T> {
  let last = await count();
  for (let tries = 0; tries < 50; tries += 1) {
    await pause(100);
    const now = await count();
    if (JSON.stringify(now) === JSON.stringify(last)) return now;
    last = now;
  }
  return last;
}
