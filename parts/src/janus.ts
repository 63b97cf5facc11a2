import { readdir, readFile, readlink } from 'node:fs/promises';
import { startLocalJanus, type LocalJanus, type LocalJanusOptions } from '@soft-handset/media';
import { requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { makeTempDir } from './temp-dir.ts';

export interface JanusPart extends Part, LocalJanus {
  close(): Promise<void>;
}

export type JanusPartOptions = Omit<LocalJanusOptions, 'dataDir'>;

/** The two plugins that are compared: ours stands on the first, the second is the stock one. */
export const nosipOnly = ['janus.plugin.nosip'];
export const nosipAndStockSip = ['janus.plugin.nosip', 'janus.plugin.sip'];

/** A Janus of this machine with its own configuration folder, on loopback, gone after `close`. */
export async function startJanus(options: JanusPartOptions = {}): Promise<JanusPart> {
  const binary = requirePart('janus');
  const directory = await makeTempDir('janus');
  try {
    const janus = await startLocalJanus({ binary, ...options, dataDir: directory.path });
    return {
      ...janus,
      close: async () => {
        await janus.close();
        await directory.close();
      },
    };
  } catch (cause) {
    await directory.close();
    throw cause;
  }
}

/** Resident memory of a process in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no resident memory`);
  return Number(kilobytes) * 1024;
}

/** UDP ports that a process holds: what is left of a call after it has ended shows here. */
export async function udpPortsOf(pid: number): Promise<number> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
  );
  const inodes = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const tables = await Promise.all(['udp', 'udp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8')));
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .filter((row) => inodes.has(row.trim().split(/\s+/)[9] ?? '')).length;
}
