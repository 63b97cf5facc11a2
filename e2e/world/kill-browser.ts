import { readdir, readFile } from 'node:fs/promises';
import { startBrowser, type Browser } from './browser.ts';

/** A Chromium of its own that can be killed as by the kernel: with all its processes, without a last word. */
export async function startMortalBrowser(
  frequency: number,
): Promise<Browser & { readonly kill: () => Promise<void> }> {
  const mark = `--soft-handset-mark=${process.pid}-${Date.now()}`;
  const browser = await startBrowser(frequency, { args: [mark] });
  return {
    ...browser,
    kill: async () => {
      const pids = await processesWith(mark);
      if (pids.length === 0) throw new Error('there is no browser to kill');
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await browser.close().catch(() => undefined);
    },
  };
}

/** The browser's main process carries its arguments; the others end with it. */
async function processesWith(argument: string): Promise<readonly number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      return line.includes(argument) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}
