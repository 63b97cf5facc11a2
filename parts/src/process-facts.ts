import { readdir, readFile, readlink } from 'node:fs/promises';

/** Resident memory of a process in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no resident memory`);
  return Number(kilobytes) * 1024;
}

/** Processor time a process has used so far, in milliseconds; Linux counts in hundredths of a second. */
export async function processorMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; user and system time are the 12th and 13th field behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
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

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Its arguments, with a blank between. */
  readonly command: string;
}

/** All processes of this machine that run; one that has ended and waits for its parent's look does not. */
export async function runningProcesses(): Promise<readonly ProcessFacts[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (stat === '' || state === 'Z') return [];
      return [{ pid: Number(pid), parent: Number(parent), command: command.replaceAll('\0', ' ').trim() }];
    }),
  );
  return found.flat();
}
