import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { createEmbeddedEngine, createNosipEngine, type MediaEngine } from '@soft-handset/media';
import { loopback, nosipOnly, startJanus, until, type Parts } from '@soft-handset/parts';

/** One of the two engines that are compared, running. */
export interface MediaSide {
  readonly engine: MediaEngine;
  /** The process that moves the packets: its processor time and memory count. */
  readonly pid: number;
}

export type StartMediaSide = (parts: Parts) => Promise<MediaSide>;

const engineCore = 0;
export const loadCore = 1;

export const startOurMedia: StartMediaSide = async (parts) => {
  const engine = await parts.use(createEmbeddedEngine({ iceAddress: ownIPv4() }));
  await until('the embedded engine is up', () => engine.isUp);
  if (engine.pid === undefined) throw new Error('the embedded engine has no process');
  await pin(engine.pid);
  return { engine, pid: engine.pid };
};

export const startTheirMedia: StartMediaSide = async (parts) => {
  const janus = await parts.use(startJanus({ plugins: nosipOnly, mediaHost: loopback, mediaIp: loopback }));
  await pin(janus.pid);
  const engine = await parts.use(createNosipEngine({ url: janus.url }));
  await until('Janus is up', () => engine.isUp);
  return { engine, pid: janus.pid };
};

/** Where Janus, which has no IPv6 here, is for browsers. */
function ownIPv4(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? loopback;
}

/** All its threads; those that are made later inherit it. */
async function pin(pid: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-c', '-p', `${engineCore}`, `${pid}`]);
  await goFirst(pid);
}

/** Before other work of a shared machine, as far as we may; where autogroups are not in use it changes nothing. */
export async function goFirst(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/autogroup`, '-15').catch(() => undefined);
}
